"""What is compared."""
import photographs

OURS = "batchup-swift"
# As many bytes as the task delivers, in order, by memcpy.
LIMIT = "memcpy"
COPY = "copy-60000x784"
# The packages whose versions say which peer it was.
PEERS = {
    "numpy": "numpy", "batchup": "batchup", "torch": "torch", "torch_indexing": "torch", "grain": "grain",
    "mlx_data": "mlx-data", "tensorflow": "tensorflow-cpu",
}


class Task:
    """What is done, how it is counted, and the least ratios to a peer that a --check wants to see, before the noise."""

    def __init__(
            self, name, title, unit, scale, workers=(0, 2), item_bytes=None, items="samples", quick=True, floors=None):
        self.name, self.title, self.unit, self.scale, self.items = name, title, unit, scale, items
        self.workers, self.item_bytes, self.quick, self.floors = workers, item_bytes, quick, floors or {}


PER_INDEX = {"unit": "ns an index", "scale": 1e9, "items": "indices", "workers": (0,)}
PER_BATCH = {"unit": "us a batch", "scale": 1e6, "items": "batches", "workers": (0,)}
# Floors: the aims (60,000 x 784, RandomState) or, where the aims are for the kernels alone, in memory that is there
# already, and beside an older NumPy (scripts/kernel-targets.sh measures those), the least that was seen on Zen 3 and
# Zen 4 with AVX2 or AVX-512.
TASKS = [
    Task("epoch-60000x784", "Epoch of shuffled batches of 256, 60,000 x 784 Float32", "ms", 60_000e3,
         item_bytes=784 * 4, floors={"batchup": 1 / 0.55}),
    Task("epoch-50000x3072-bytes", "Epoch of shuffled batches of 256, 50,000 x 3,072 bytes to Float32 in 0...1", "ms",
         50_000e3, item_bytes=3072 * 4),
    Task("epoch-1000000x16", "Epoch of shuffled batches of 256, 1,000,000 x 16 Float32", "ms", 1_000_000e3,
         item_bytes=16 * 4, floors={"batchup": 5.4}),
    Task("epoch-10000x5", "Epoch of shuffled batches of 256, 10,000 x 5 Float32", "ms", 10_000e3, item_bytes=5 * 4),
    Task("mapped-60000x784", "The same of 60,000 x 784 from a mapped .npy file in the page cache", "ms", 60_000e3,
         item_bytes=784 * 4),
    Task("images-224", f"Epoch of {photographs.COUNT} JPEG files of 500 x 375, 32 x 3 x 224 x 224 Float32", "ms",
         photographs.COUNT * 1e3, items="images", quick=False),
    Task("permutation-1e6", "Permutation of 10^6 indices", **PER_INDEX, floors={"numpy": 3.7}),
    Task("permutation-1e7", "Permutation of 10^7 indices", **PER_INDEX, floors={"numpy": 7.5}),
    Task("permutation-1e8", "Permutation of 10^8 indices", **PER_INDEX, floors={"numpy": 10}, quick=False),
    Task("randomstate-permutation-1e6", "RandomState.permutation of 10^6, to the last bit", **PER_INDEX,
         floors={"numpy": 3}),
    Task("weighted-1e6", "Weighted batches of 64 from 10^6", **PER_BATCH, floors={"batchup": 1_950}),
    Task("weighted-2^24+1", "Weighted batches of 64 from 2^24 + 1", **PER_BATCH, quick=False),
    Task("prediction-60000x784", "Prediction by a 784 x 10 layer in batches of 256, joined", "ms", 60_000e3,
         item_bytes=784 * 4),
    Task("mean-loss-100000x10", "Mean softmax cross-entropy of 100,000 x 10 in batches of 256", "ms", 100_000e3),
    Task("resume-1000000x16", "From a stop behind 2,000 batches of 256 to the next one, 1,000,000 x 16", "ms", 1e3,
         workers=(0,), items="times"),
]
