"""One contender of compare.py, in a process of its own: `python contender.py PACKAGE TASK WORKERS FOLDER`.

It prepares the task, does it once for each line that it reads, and writes what it measured as a line of JSON.
"""
import importlib
import json
import sys
import time

import numpy as np

BATCH = 256


class Setting:
    """What a task may choose: 0 workers means that the loop makes its batches itself."""

    def __init__(self, workers, folder):
        self.workers, self.folder = workers, folder

    def path(self, name):
        return f"{self.folder}/{name}"


# Numbers and labels that are easy to make again elsewhere.


def pattern(rows, columns):
    return np.resize(np.arange(251, dtype=np.float32) / np.float32(250), (rows, columns))


def byte_pattern(rows, columns):
    return np.resize(np.arange(251, dtype=np.uint8), (rows, columns))


def labels(count):
    return (np.arange(count) % 10).astype(np.int32)


def weights(count):
    return (1 + np.arange(count) % 1000).astype(np.float64)


def layer():
    return (np.arange(784 * 10) % 10).astype(np.float32).reshape(784, 10) / np.float32(784)


def cross_entropy_sum(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]).sum(dtype=np.float64)


# Ways to measure.


def drained(make_batches, batch_count=None):
    """Takes all batches of what `make_batches` makes, or so many; counts their samples."""
    start = time.perf_counter()
    first, count, batches = None, 0, 0
    for x, y in make_batches():
        if first is None:
            first = time.perf_counter() - start
        count += len(y)
        batches += 1
        if batches == batch_count:
            break
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "first_batch": first, "count": count if batch_count is None else batches}


def timed(work, count, result=None):
    """Does the work once; `result` looks at what it returns, outside of what is measured."""
    start = time.perf_counter()
    value = work()
    measured = {"seconds": time.perf_counter() - start, "count": count}
    if result:
        measured["result"] = float(result(value))
    return measured


TASKS = {}


def task(*names):
    """Marks what prepares tasks, and returns one run of them. Its first line says how the package is used."""

    def mark(prepare):
        for name in names:
            TASKS[name] = prepare
        return prepare

    return mark


EPOCHS = {
    "epoch-60000x784": (60_000, 784),
    "epoch-1000000x16": (1_000_000, 16),
    "epoch-10000x5": (10_000, 5),
}
PERMUTATIONS = {"permutation-1e6": 10**6, "permutation-1e7": 10**7, "permutation-1e8": 10**8}
WEIGHTED = {"weighted-1e6": 10**6, "weighted-2^24+1": 2**24 + 1}


def main(package, name, workers, folder):
    # That the packages' modules, when they import this one, mark their tasks in the same place.
    sys.modules["contender"] = sys.modules["__main__"]
    output = sys.stdout
    sys.stdout = sys.stderr
    try:
        importlib.import_module(f"with_{package}")
        prepare = TASKS.get(name)
        if prepare is None:
            raise LookupError("has no such task")
        setting = Setting(int(workers), folder)
        setting.name = name
        run = prepare(setting)
        if run is None:
            raise LookupError("has nothing to share among workers there")
        print(json.dumps({"ready": prepare.__doc__.strip().split("\n")[0]}), file=output, flush=True)
        for _ in sys.stdin:
            print(json.dumps(run()), file=output, flush=True)
    except Exception as error:  # The comparison goes on without it, and says why.
        print(json.dumps({"error": f"{type(error).__name__}: {error}".split("\n")[0][:200]}), file=output, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
