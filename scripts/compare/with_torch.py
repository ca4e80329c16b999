"""PyTorch's DataLoader, with the batch sampler that its documentation advises where samples come in batches."""
import itertools

import numpy as np
import torch
from contender import (
    BATCH, EPOCHS, PERMUTATIONS, WEIGHTED, byte_pattern, drained, labels, layer, pattern, task, timed, weights)
from torch.utils.data import (
    BatchSampler, DataLoader, Dataset, RandomSampler, SequentialSampler, TensorDataset, WeightedRandomSampler)

torch.set_num_threads(1)
torch.manual_seed(1)


def tensors(x):
    return TensorDataset(torch.from_numpy(x), torch.from_numpy(labels(len(x)).astype(np.int64)))


def batched(dataset, sampler, setting, batch=BATCH):
    return DataLoader(
        dataset, batch_size=None, sampler=BatchSampler(sampler, batch, drop_last=False), num_workers=setting.workers)


@task(*EPOCHS)
def epoch(setting):
    """DataLoader(batch_size=None, sampler=BatchSampler(RandomSampler)) over a TensorDataset"""
    dataset = tensors(pattern(*EPOCHS[setting.name]))
    loader = batched(dataset, RandomSampler(dataset), setting)
    return lambda: drained(lambda: loader)


class NormalisedImages(Dataset):
    def __init__(self, images, classes):
        self.images, self.classes = images, classes

    def __len__(self):
        return len(self.images)

    def __getitem__(self, indices):
        return self.images[indices].float().div_(255), self.classes[indices]


@task("epoch-50000x3072-bytes")
def bytes_epoch(setting):
    """the same, with float().div_(255) in the dataset"""
    dataset = NormalisedImages(torch.from_numpy(byte_pattern(50_000, 3072)), torch.from_numpy(labels(50_000)))
    loader = batched(dataset, RandomSampler(dataset), setting)
    return lambda: drained(lambda: loader)


@task("mapped-60000x784")
def mapped(setting):
    """the same over torch.from_numpy(np.load(mmap_mode="c"))"""
    dataset = tensors(np.load(setting.path("60000x784.npy"), mmap_mode="c"))
    loader = batched(dataset, RandomSampler(dataset), setting)
    return lambda: drained(lambda: loader)


@task("images-224")
def images(setting):
    """torchvision's ImageFolder, Resize and ToTensor; DataLoader(batch_size=32, shuffle=True)"""
    from torchvision import datasets, transforms

    transform = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])
    dataset = datasets.ImageFolder(setting.path("photographs"), transform=transform)
    loader = DataLoader(dataset, batch_size=32, shuffle=True, num_workers=setting.workers)
    return lambda: drained(lambda: loader)


@task(*PERMUTATIONS)
def permutation(setting):
    """torch.randperm"""
    if setting.workers:
        return None
    count = PERMUTATIONS[setting.name]
    return lambda: timed(lambda: torch.randperm(count), count)


@task(*WEIGHTED)
def weighted(setting):
    """WeightedRandomSampler, 1,000 batches drawn at once"""
    if setting.workers:
        return None
    count = WEIGHTED[setting.name]
    dataset = tensors(pattern(count, 1))
    loader = batched(dataset, WeightedRandomSampler(torch.from_numpy(weights(count)), 64_000), setting, batch=64)
    return lambda: drained(lambda: loader, batch_count=1000)


@task("prediction-60000x784")
def prediction(setting):
    """DataLoader in order, matmul in inference_mode, cat"""
    dataset = TensorDataset(torch.from_numpy(pattern(60_000, 784)))
    loader, w = batched(dataset, SequentialSampler(dataset), setting), torch.from_numpy(layer())

    def predict():
        with torch.inference_mode():
            return torch.cat([x @ w for x, in loader])

    return lambda: timed(predict, 60_000, lambda outputs: outputs.double().mean())


@task("mean-loss-100000x10")
def mean_loss(setting):
    """DataLoader in order, cross_entropy(reduction="sum")"""
    dataset = tensors(pattern(100_000, 10))
    loader = batched(dataset, SequentialSampler(dataset), setting)

    def mean():
        with torch.inference_mode():
            losses = [torch.nn.functional.cross_entropy(x, y, reduction="sum") for x, y in loader]
            return torch.stack(losses).double().sum() / 100_000

    return lambda: timed(mean, 100_000, float)


@task("resume-1000000x16")
def resume(setting):
    """torchdata's StatefulDataLoader.load_state_dict"""
    if setting.workers:
        return None
    from torchdata.stateful_dataloader import StatefulDataLoader

    dataset = tensors(pattern(1_000_000, 16))

    def loader():
        sampler = RandomSampler(dataset, generator=torch.Generator().manual_seed(1))
        return StatefulDataLoader(dataset, batch_size=None, sampler=BatchSampler(sampler, BATCH, drop_last=False))

    stopped = loader()
    for _ in itertools.islice(stopped, 2000):
        state = stopped.state_dict()

    def next_batch():
        resumed = loader()
        resumed.load_state_dict(state)
        return next(iter(resumed))

    return lambda: timed(next_batch, 1)
