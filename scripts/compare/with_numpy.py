"""What one would write by hand with NumPy."""
import numpy as np
from contender import (
    BATCH, EPOCHS, PERMUTATIONS, WEIGHTED, byte_pattern, cross_entropy_sum, drained, labels, layer, pattern, task,
    timed, weights)


def shuffled(x, y, generator, batch=BATCH):
    order = generator.permutation(len(y))
    for start in range(0, len(order), batch):
        indices = order[start:start + batch]
        yield x.take(indices, axis=0), y.take(indices)


@task(*EPOCHS)
def epoch(setting):
    """permutation, and take for each batch"""
    if setting.workers:
        return None
    x, generator = pattern(*EPOCHS[setting.name]), np.random.default_rng(1)
    y = labels(len(x))
    return lambda: drained(lambda: shuffled(x, y, generator))


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """permutation, take, astype and multiply in place"""
    if setting.workers:
        return None
    x, y, generator = byte_pattern(50_000, 3072), labels(50_000), np.random.default_rng(1)

    def batches():
        for images, classes in shuffled(x, y, generator):
            images = images.astype(np.float32)
            images *= np.float32(1 / 255)
            yield images, classes

    return lambda: drained(batches)


@task("mapped-60000x784")
def mapped(setting):
    """np.load(mmap_mode="r"), permutation, and take"""
    if setting.workers:
        return None
    x = np.load(setting.path("60000x784.npy"), mmap_mode="r")
    y, generator = labels(len(x)), np.random.default_rng(1)
    return lambda: drained(lambda: shuffled(x, y, generator))


@task("images-224")
def images(setting):
    """Pillow, in a loop"""
    if setting.workers:
        return None
    from photographs import listed, loaded

    paths, y = listed(setting.path("photographs"))
    generator = np.random.default_rng(1)

    def batches():
        order = generator.permutation(len(y))
        for start in range(0, len(order), 32):
            indices = order[start:start + 32]
            yield np.stack([loaded(paths[i]) for i in indices]), y[indices]

    return lambda: drained(batches)


@task(*PERMUTATIONS)
def permutation(setting):
    """Generator.permutation"""
    if setting.workers:
        return None
    count, generator = PERMUTATIONS[setting.name], np.random.default_rng(1)
    return lambda: timed(lambda: generator.permutation(count), count)


@task("randomstate-permutation-1e6")
def random_state_permutation(setting):
    """RandomState.permutation"""
    if setting.workers:
        return None

    def run():
        state = np.random.RandomState(1)
        return timed(lambda: state.permutation(10**6), 10**6, lambda order: order[len(order) // 2])

    return run


@task(*WEIGHTED)
def weighted(setting):
    """Generator.choice(p=) for each batch"""
    if setting.workers:
        return None
    count = WEIGHTED[setting.name]
    x, y, w, generator = pattern(count, 1), labels(count), weights(count), np.random.default_rng(1)
    probabilities = w / w.sum()

    def batches():
        while True:
            indices = generator.choice(count, 64, p=probabilities)
            yield x.take(indices, axis=0), y.take(indices)

    return lambda: drained(batches, batch_count=10)


@task("prediction-60000x784")
def prediction(setting):
    """slices, matmul, concatenate"""
    if setting.workers:
        return None
    x, w = pattern(60_000, 784), layer()

    def predict():
        return np.concatenate([x[start:start + BATCH] @ w for start in range(0, len(x), BATCH)])

    return lambda: timed(predict, len(x), lambda outputs: outputs.mean(dtype=np.float64))


@task("mean-loss-100000x10")
def mean_loss(setting):
    """slices, and the loss by hand in Float32"""
    if setting.workers:
        return None
    x, y = pattern(100_000, 10), labels(100_000)

    def mean():
        starts = range(0, len(y), BATCH)
        return sum(cross_entropy_sum(x[start:start + BATCH], y[start:start + BATCH]) for start in starts) / len(y)

    return lambda: timed(mean, len(y), float)


@task("resume-1000000x16")
def resume(setting):
    """the permutation of the same seed again, from its middle on"""
    if setting.workers:
        return None
    x, y = pattern(1_000_000, 16), labels(1_000_000)

    def next_batch():
        indices = np.random.default_rng(1).permutation(len(y))[2000 * BATCH:2001 * BATCH]
        return x.take(indices, axis=0), y.take(indices)

    return lambda: timed(next_batch, 1)
