"""Prints a Markdown table: each aim for a kernel, and the median ratio that was reached.

    python kernel_targets.py PATH_TO_BATCHUP [--rounds N] [--filter TEXT]

In each round a benchmark of `batchup bench` runs right after its peer in Python, so that both meet the same machine; a
ratio is the peer's least time over our median, and the table gives the median of the rounds' ratios with the least and the largest.
"""

import argparse
import collections
import collections.abc
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch

collections.Iterator = collections.abc.Iterator  # BatchUp 0.2.3 predates Python 3.10
from batchup import data_source, sampling  # noqa: E402

DRAM = 256 << 20
BATCH = 256


def best(work, repeats=3):
    """The least time of one call, in nanoseconds."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e9)
    return min(times)


class Bench:
    """Medians of `batchup bench`, with the share of the limit."""

    def __init__(self, command, seconds):
        self.command, self.seconds = command, seconds

    def __call__(self, name):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.json")
            subprocess.run(
                [self.command, "bench", "--filter", name, "--seconds", str(self.seconds), "--json", path],
                check=True, stdout=subprocess.DEVNULL)
            with open(path) as file:
                return {result["name"]: result for result in json.load(file)["results"]}


def rows_of(size):
    """A source that is larger than the caches, as the benchmark has it, and its rows in random order."""
    count = DRAM // size
    source = np.ones((count, max(size // 4, 1)), np.float32)
    return source, np.random.default_rng(1).permutation(count)


def gather(numpy_like, source, order):
    def epoch():
        for start in range(0, len(order), BATCH):
            numpy_like(source, order[start:start + BATCH])
    return epoch


class Peers:
    """Nanoseconds that the same work takes in Python, for each row of the table."""

    def __init__(self):
        self.weights = np.random.default_rng(1).random(1_000_000)
        self.probabilities = self.weights / self.weights.sum()
        self.values = np.random.default_rng(1).random(10_000_000, np.float32)

    def gather(self, size, package):
        source, order = rows_of(size)
        if package == "numpy":
            work = gather(lambda s, i: s.take(i, axis=0), source, order)
        else:
            work = gather(
                lambda s, i: torch.index_select(s, 0, i), torch.from_numpy(source), torch.from_numpy(order))
        return best(work) / len(order)

    def permutation(self, count, package):
        if package == "numpy":
            generator = np.random.default_rng(1)
            return best(lambda: generator.permutation(count), 1 if count > 10**7 else 3) / count
        return best(lambda: torch.randperm(count), 1 if count > 10**7 else 3) / count

    def random_state_permutation(self, count):
        state = np.random.RandomState(1)
        return best(lambda: state.permutation(count)) / count

    def draw(self, package):
        if package == "numpy":
            generator = np.random.default_rng(1)
            return best(lambda: generator.choice(10**6, 10**6, p=self.probabilities), 1) / 1e6
        weights = torch.from_numpy(self.weights)
        return best(lambda: torch.multinomial(weights, 10**6, replacement=True), 1) / 1e6

    def draw_batch(self, package):
        if package == "batchup":
            batches = sampling.WeightedSampler(self.weights).shuffled_indices_batch_iterator(
                64, np.random.RandomState(1))
            return best(lambda: next(batches), 10)
        weights = torch.from_numpy(self.weights)
        return best(lambda: torch.multinomial(weights, 64, replacement=True), 10)

    def draw_without_replacement(self):
        weights = torch.from_numpy(self.weights.astype(np.float32))
        return best(lambda: torch.multinomial(weights, 10**5, replacement=False)) / 1e6

    def mean(self, package):
        if package == "numpy":
            return best(lambda: self.values.mean(), 10) / 1e7
        tensor = torch.from_numpy(self.values)
        return best(lambda: tensor.mean(), 10) / 1e7

    def epoch(self, rows, columns):
        x, y = np.full((rows, columns), 0.5, np.float32), np.ones(rows, np.int32)
        source, state = data_source.ArrayDataSource([x, y]), np.random.RandomState(1)

        def iterate():
            for _ in source.batch_iterator(batch_size=256, shuffle=state):
                pass
        return best(iterate)

    def cross_entropy(self, rows, classes):
        logits = torch.rand(rows, classes)
        labels = torch.arange(rows) % classes
        return best(lambda: torch.nn.functional.cross_entropy(logits, labels), 5)


def on_threads(count, work):
    torch.set_num_threads(count)
    return work()


def nanoseconds(result, size=None):
    """Of one row, item or run, whatever the unit."""
    if result["unit"] == "GB/s":
        return size / result["median"]
    return result["median"] * (1e6 if result["unit"] == "ms" else 1)


def table(bench, peers, threads):
    """Rows of (work, against what, aim, function that measures one ratio)."""

    def ratio(name, peer, size=None):
        return lambda: peer() / nanoseconds(bench(name)[name], size)

    def own(name, other, size):
        def measure():
            results = bench(name if len(name) < len(other) else other)
            return nanoseconds(results[other], size) / nanoseconds(results[name], size)
        return measure

    def of_limit(name):
        return lambda: bench(name)[name]["of_limit"]

    def limit_of(name, bound):
        return lambda: bound / nanoseconds(bench(name)[name])

    rows = []
    for name, shape, aim in (("mnist-f32", (60_000, 784), 1 / 0.55), ("tabular-f32x16", (1_000_000, 16), 8)):
        rows.append(("epoch of shuffled batches of 256, %d x %d Float32" % shape, "Python BatchUp", aim, ratio(
            f"epoch/{name}/256", lambda s=shape: peers.epoch(*s))))
    for size, aims in ((3072, (1.2, 1.7, 1.7)), (64, (1.4, None, 4))):
        name = f"gather/rows-{size}/dram"
        work = f"gather of rows of {size} bytes from DRAM"
        rows.append((work, "memcpy of each row", aims[0], own(name, name + "/memcpy-loop", size)))
        if aims[1]:
            rows.append((work, "numpy take", aims[1], ratio(name, lambda s=size: peers.gather(s, "numpy"), size)))
        rows.append((work, "torch index_select, 1 thread", aims[2], ratio(
            name, lambda s=size: on_threads(1, lambda: peers.gather(s, "torch")), size)))
    if threads > 1:
        name = "gather/rows-3072/dram"
        rows.append((f"the same of 3072 bytes, {threads} threads", "1 thread", 1.6,
                     own(f"{name}/threads-{threads}", name, 3072)))
    rows.append(("bytes to Float32 while gathering, 3072 a row", "plain gather, by bytes written", 0.85, lambda: (
        bench("convert/u8-channels-first/dram")["convert/u8-channels-first/dram"]["median"]
        / bench("gather/rows-3072/dram")["gather/rows-3072/dram"]["median"])))
    for size, count, aim in (("1e6", 10**6, 10), ("1e7", 10**7, 18), ("1e8", 10**8, 14)):
        for package in ("numpy", "torch"):
            rows.append((f"permutation of {size}", f"{package} permutation", aim, ratio(
                f"permute/{size}", lambda c=count, p=package: on_threads(1, lambda: peers.permutation(c, p)))))
    for size, count in (("1e6", 10**6), ("1e7", 10**7)):
        rows.append((f"RandomState.permutation of {size}, bit for bit", "numpy", 3, ratio(
            f"permute-numpy/{size}", lambda c=count: peers.random_state_permutation(c))))
    rows.append(("constant-memory order, in runs", "2.5 ns an index", 1, limit_of("constant-order/1e7", 2.5)))
    rows.append(("constant-memory order, alone", "60 ns an index", 1, limit_of("constant-order/1e7/alone", 60)))
    rows.append(("weighted draw from 1e6", "numpy choice", 60, ratio("draw/1e6", lambda: peers.draw("numpy"))))
    rows.append(("weighted draw from 1e6", "torch multinomial", 60, ratio(
        "draw/1e6", lambda: on_threads(1, lambda: peers.draw("torch")))))
    rows.append(("weighted batch of 64 from 1e6", "Python BatchUp", 10_000, ratio(
        "draw/1e6/batch-64", lambda: peers.draw_batch("batchup"))))
    rows.append(("weighted batch of 64 from 1e6, NumPy's draws", "Python BatchUp", 100, ratio(
        "weighted-batches-numpy/1e6/64", lambda: peers.draw_batch("batchup"))))
    rows.append(("weighted batch of 64 from 1e6", "torch multinomial", 2_000, ratio(
        "draw/1e6/batch-64", lambda: on_threads(1, lambda: peers.draw_batch("torch")))))
    rows.append(("1e5 of 1e6 without replacement", "torch multinomial", 5, ratio(
        "draw-without-replacement/1e6", lambda: on_threads(1, peers.draw_without_replacement))))
    rows.append(("mean of 1e7 Float32", "reading the memory", 0.9, of_limit("mean/f32/1e7")))
    rows.append(("mean of 1e7 Float32", "numpy", 1, ratio("mean/f32/1e7", lambda: peers.mean("numpy"))))
    if threads > 1:
        rows.append((f"mean of 1e7 Float32, {threads} threads", f"torch, {threads} threads", 1, ratio(
            f"mean/f32/1e7/threads-{threads}", lambda: on_threads(threads, lambda: peers.mean("torch")))))
    for count, classes in ((100_000, 10), (20_000, 1_000)):
        rows.append((f"softmax cross-entropy, {count} x {classes}", "torch, 1 thread", 3, ratio(
            f"softmax-cross-entropy/{count}x{classes}",
            lambda r=count, c=classes: on_threads(1, lambda: peers.cross_entropy(r, c)))))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("batchup")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filter", default="", help="only the rows whose work contains this")
    parser.add_argument("--seconds", type=float, default=0.3)
    options = parser.parse_args()
    rows = table(Bench(options.batchup, options.seconds), Peers(), os.cpu_count() or 1)
    print("| work | against | aim | reached (least … largest of %d rounds) |" % options.rounds)
    print("|---|---|---|---|", flush=True)
    for work, against, aim, measure in rows:
        if options.filter not in work:
            continue
        ratios = [measure() for _ in range(options.rounds)]
        reached = statistics.median(ratios)
        mark = "" if reached >= aim else " **not reached**"
        print(f"| {work} | {against} | {whole(aim)} x | {brief(reached)} x "
              f"({brief(min(ratios))} … {brief(max(ratios))}){mark} |", flush=True)


def whole(aim):
    return f"{aim:,.0f}" if aim >= 100 else f"{aim:.3g}"


def brief(ratio):
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


if __name__ == "__main__":
    main()
