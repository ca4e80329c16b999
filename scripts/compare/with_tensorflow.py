"""tf.data over indices that are gathered, its fastest way for arrays in memory. Workers are its private threads."""
import numpy as np
import tensorflow as tf
from contender import BATCH, EPOCHS, byte_pattern, drained, labels, layer, pattern, task, timed

tf.config.threading.set_intra_op_parallelism_threads(1)


def with_threads(dataset, setting):
    options = tf.data.Options()
    options.threading.private_threadpool_size = max(setting.workers, 1)
    options.threading.max_intra_op_parallelism = 1
    dataset = dataset.with_options(options)
    return dataset.prefetch(8) if setting.workers else dataset


def gathered(x, setting, shuffling=True, convert=lambda x: x):
    x, y = tf.constant(x), tf.constant(labels(len(x)))
    indices = tf.data.Dataset.range(len(y))
    if shuffling:
        indices = indices.shuffle(len(y))
    batches = indices.batch(BATCH).map(
        lambda i: (convert(tf.gather(x, i)), tf.gather(y, i)), num_parallel_calls=setting.workers or None)
    return with_threads(batches, setting)


@task(*EPOCHS)
def epoch(setting):
    """Dataset.range.shuffle.batch.map(tf.gather); workers: num_parallel_calls and prefetch"""
    batches = gathered(pattern(*EPOCHS[setting.name]), setting)
    return lambda: drained(lambda: batches)


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """the same, with tf.cast and a product in the map"""
    batches = gathered(byte_pattern(50_000, 3072), setting, convert=lambda x: tf.cast(x, tf.float32) * (1 / 255))
    return lambda: drained(lambda: batches)


@task("images-224")
def images(setting):
    """read_file, decode_jpeg and tf.image.resize in a map; workers: num_parallel_calls and prefetch"""
    from photographs import listed

    paths, y = listed(setting.path("photographs"))

    def loaded(path, label):
        image = tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=3), (224, 224))
        return tf.transpose(image, (2, 0, 1)) * (1 / 255), label

    files = tf.data.Dataset.from_tensor_slices((paths, y)).shuffle(len(y))
    batches = with_threads(files.map(loaded, num_parallel_calls=setting.workers or None).batch(32), setting)
    return lambda: drained(lambda: batches)


@task("prediction-60000x784")
def prediction(setting):
    """the same in order, tf.matmul and tf.concat"""
    batches, w = gathered(pattern(60_000, 784), setting, shuffling=False), tf.constant(layer())
    return lambda: timed(
        lambda: tf.concat([tf.matmul(x, w) for x, _ in batches], axis=0), 60_000,
        lambda outputs: outputs.numpy().mean(dtype=np.float64))
