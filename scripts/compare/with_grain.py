"""Grain's MapDataset, whose samples come one at a time."""
import grain
import numpy as np
from contender import BATCH, byte_pattern, drained, labels, layer, pattern, task, timed


class Samples:
    def __init__(self, *arrays):
        self.arrays = arrays

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, index):
        return tuple(array[index] for array in self.arrays)


def iterated(dataset, setting):
    options = grain.ReadOptions(num_threads=setting.workers, prefetch_buffer_size=16 if setting.workers else 0)
    return dataset.to_iter_dataset(options)


def epochs(setting, samples, batch=BATCH, convert=None):
    seed = 0

    def run():
        nonlocal seed
        seed += 1
        dataset = grain.MapDataset.source(samples).shuffle(seed=seed).batch(batch)
        if convert:
            dataset = dataset.map(convert)
        return drained(lambda: iterated(dataset, setting))

    return run


@task("epoch-60000x784", "epoch-10000x5")
def epoch(setting):
    """MapDataset.source.shuffle.batch.to_iter_dataset; workers: its read threads"""
    x = pattern(*{"epoch-60000x784": (60_000, 784), "epoch-10000x5": (10_000, 5)}[setting.name])
    return epochs(setting, Samples(x, labels(len(x))))


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """the same, and a map of the batches"""
    return epochs(
        setting, Samples(byte_pattern(50_000, 3072), labels(50_000)),
        convert=lambda batch: (batch[0].astype(np.float32) * np.float32(1 / 255), batch[1]))


@task("mapped-60000x784")
def mapped(setting):
    """the same over np.load(mmap_mode="r")"""
    return epochs(setting, Samples(np.load(setting.path("60000x784.npy"), mmap_mode="r"), labels(60_000)))


class Images:
    def __init__(self, folder):
        from photographs import listed

        self.paths, self.labels = listed(folder)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        from photographs import loaded

        return loaded(self.paths[index]), self.labels[index]


@task("images-224")
def images(setting):
    """the same over a source that loads by Pillow"""
    return epochs(setting, Images(setting.path("photographs")), batch=32)


@task("prediction-60000x784")
def prediction(setting):
    """MapDataset in order, NumPy's matmul and concatenate"""
    dataset, w = grain.MapDataset.source(Samples(pattern(60_000, 784))).batch(BATCH), layer()
    return lambda: timed(
        lambda: np.concatenate([x @ w for x, in iterated(dataset, setting)]), 60_000,
        lambda outputs: outputs.mean(dtype=np.float64))


@task("resume-1000000x16")
def resume(setting):
    """the iterator's get_state and set_state"""
    if setting.workers:
        return None
    samples = Samples(pattern(1_000_000, 16), labels(1_000_000))
    dataset = iterated(grain.MapDataset.source(samples).shuffle(seed=1).batch(BATCH), setting)
    stopped = iter(dataset)
    for _ in range(2000):
        next(stopped)
    state = stopped.get_state()

    def next_batch():
        resumed = iter(dataset)
        resumed.set_state(state)
        return next(resumed)

    return lambda: timed(next_batch, 1)
