"""mlx-data's buffers, batched before they become streams. Workers are the threads of its prefetching."""
import mlx.data as dx
import numpy as np
from contender import BATCH, EPOCHS, byte_pattern, drained, labels, layer, pattern, task, timed


def buffer(x):
    return dx.buffer_from_vector([{"x": row, "y": label} for row, label in zip(x, labels(len(x)))])


def prefetched(batches, setting):
    return batches.to_stream().prefetch(8, setting.workers) if setting.workers else batches.to_stream()


def pairs(stream):
    for batch in stream:
        yield batch["x"], batch["y"]


@task(*EPOCHS)
def epoch(setting):
    """buffer_from_vector.shuffle.batch.to_stream; workers: prefetch"""
    samples = buffer(pattern(*EPOCHS[setting.name]))
    return lambda: drained(lambda: pairs(prefetched(samples.shuffle().batch(BATCH), setting)))


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """the same, and key_transform of the batches"""
    samples = buffer(byte_pattern(50_000, 3072))

    def batches():
        normalised = samples.shuffle().batch(BATCH).key_transform(
            "x", lambda x: x.astype(np.float32) * np.float32(1 / 255))
        return pairs(prefetched(normalised, setting))

    return lambda: drained(batches)


@task("images-224")
def images(setting):
    """load_image, image_resize, and key_transform to Float32; workers: prefetch"""
    from photographs import listed

    paths, y = listed(setting.path("photographs"))
    samples = dx.buffer_from_vector([{"x": path.encode(), "y": label} for path, label in zip(paths, y)])

    def batches():
        loaded = samples.shuffle().load_image("x").image_resize("x", 224, 224).batch(32).key_transform(
            "x", lambda x: np.ascontiguousarray(x.transpose(0, 3, 1, 2)).astype(np.float32) * np.float32(1 / 255))
        return pairs(prefetched(loaded, setting))

    return lambda: drained(batches)


@task("prediction-60000x784")
def prediction(setting):
    """buffers in order, NumPy's matmul and concatenate"""
    samples, w = buffer(pattern(60_000, 784)), layer()
    return lambda: timed(
        lambda: np.concatenate([batch["x"] @ w for batch in prefetched(samples.batch(BATCH), setting)]), 60_000,
        lambda outputs: outputs.mean(dtype=np.float64))
