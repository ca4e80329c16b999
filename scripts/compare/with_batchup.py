"""Python's BatchUp, as its README uses it."""
import collections
import collections.abc
import itertools

import numpy as np
from contender import (
    BATCH, EPOCHS, WEIGHTED, byte_pattern, cross_entropy_sum, drained, labels, layer, pattern, task, timed, weights)

collections.Iterator = collections.abc.Iterator  # BatchUp 0.2.3 is from before Python 3.10
from batchup import data_source, sampling, work_pool  # noqa: E402
from batchup.image.utils import ImageArrayUInt8ToFloat32  # noqa: E402


def epochs(setting, x, y, batch=BATCH):
    source, state = data_source.ArrayDataSource([x, y]), np.random.RandomState(1)
    if setting.workers:
        source = work_pool.WorkerThreadPool(processes=setting.workers).parallel_data_source(source)
    return lambda: drained(lambda: source.batch_iterator(batch_size=batch, shuffle=state))


@task(*EPOCHS)
def epoch(setting):
    """ArrayDataSource.batch_iterator; workers: WorkerThreadPool"""
    x = pattern(*EPOCHS[setting.name])
    return epochs(setting, x, labels(len(x)))


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """ImageArrayUInt8ToFloat32 in an ArrayDataSource; workers: WorkerThreadPool"""
    return epochs(setting, ImageArrayUInt8ToFloat32(byte_pattern(50_000, 3072)), labels(50_000))


@task("mapped-60000x784")
def mapped(setting):
    """ArrayDataSource over np.load(mmap_mode="r"); workers: WorkerThreadPool"""
    return epochs(setting, np.load(setting.path("60000x784.npy"), mmap_mode="r"), labels(60_000))


class LoadedFromDisk:
    """The array-like of the README."""

    def __init__(self, paths):
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, indices):
        from photographs import loaded

        return np.stack([loaded(self.paths[i]) for i in indices])


@task("images-224")
def images(setting):
    """an array-like that loads by Pillow; workers: WorkerThreadPool"""
    from photographs import listed

    paths, y = listed(setting.path("photographs"))
    return epochs(setting, LoadedFromDisk(paths), y, batch=32)


@task(*WEIGHTED)
def weighted(setting):
    """WeightedSampler"""
    if setting.workers:
        return None
    count = WEIGHTED[setting.name]
    source = data_source.ArrayDataSource(
        [pattern(count, 1), labels(count)], sampler=sampling.WeightedSampler(weights=weights(count)))
    state = np.random.RandomState(1)
    return lambda: drained(lambda: source.batch_iterator(batch_size=64, shuffle=state), batch_count=10)


@task("prediction-60000x784")
def prediction(setting):
    """batch_map_concat"""
    if setting.workers:
        return None
    source, w = data_source.ArrayDataSource([pattern(60_000, 784)]), layer()
    return lambda: timed(
        lambda: source.batch_map_concat(lambda x: x @ w, batch_size=BATCH), 60_000,
        lambda outputs: outputs[0].mean(dtype=np.float64))


@task("mean-loss-100000x10")
def mean_loss(setting):
    """batch_map_mean, the loss by hand"""
    if setting.workers:
        return None
    source = data_source.ArrayDataSource([pattern(100_000, 10), labels(100_000)])
    return lambda: timed(
        lambda: source.batch_map_mean(cross_entropy_sum, batch_size=BATCH), 100_000, lambda means: means[0])


@task("resume-1000000x16")
def resume(setting):
    """has no state: the batches before are made again"""
    if setting.workers:
        return None
    source = data_source.ArrayDataSource([pattern(1_000_000, 16), labels(1_000_000)])

    def next_batch():
        batches = source.batch_iterator(batch_size=BATCH, shuffle=np.random.RandomState(1))
        return next(itertools.islice(batches, 2000, None))

    return lambda: timed(next_batch, 1)
