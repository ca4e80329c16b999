"""What one would write by hand with PyTorch: no loader, tensors that are indexed. Workers are its threads."""
import torch
from contender import BATCH, EPOCHS, byte_pattern, drained, labels, pattern, task

torch.manual_seed(1)


def epochs(setting, x, convert=lambda images: images):
    torch.set_num_threads(max(setting.workers, 1))
    x, y = torch.from_numpy(x), torch.from_numpy(labels(len(x)))

    def batches():
        for indices in torch.randperm(len(y)).split(BATCH):
            yield convert(x.index_select(0, indices)), y.index_select(0, indices)

    return lambda: drained(batches)


@task(*EPOCHS)
def epoch(setting):
    """randperm, split, index_select"""
    return epochs(setting, pattern(*EPOCHS[setting.name]))


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """randperm, split, index_select, float().div_(255)"""
    return epochs(setting, byte_pattern(50_000, 3072), lambda images: images.float().div_(255))
