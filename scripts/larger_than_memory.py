"""larger_than_memory.py BATCHUP MEBIBYTES: what larger-than-memory.sh says. Fails where a target is missed."""
import os
import pathlib
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile

ROUNDS = 3
BATCH_SIZE = 64
COLUMNS = 784
RESIDENCY_LIMIT = 8  # MiB of the file in the process
PROGRAM = 48  # MiB that the process may have besides: code, libraries, lists of samples and batches
SPEEDUP = 5


def make_limited(folder, name, limit):
    folder.mkdir()
    try:
        (folder / name).write_text(str(limit))
    except OSError:
        folder.rmdir()
        raise


class Version1:
    """A memory control group of version 1, such as /sys/fs/cgroup/memory."""

    def __init__(self, limit):
        self.folder = pathlib.Path(f"/sys/fs/cgroup/memory/batchup-{os.getpid()}")
        make_limited(self.folder, "memory.limit_in_bytes", limit)

    def peak(self):
        return int((self.folder / "memory.max_usage_in_bytes").read_text())

    def reset(self):
        (self.folder / "memory.max_usage_in_bytes").write_text("0")


class Version2:
    """A control group of the unified hierarchy, where this process may make one."""

    def __init__(self, limit):
        self.folder = pathlib.Path(f"/sys/fs/cgroup/batchup-{os.getpid()}")
        make_limited(self.folder, "memory.max", limit)
        self.file = self.folder / "memory.peak"

    def peak(self):
        return int(self.file.read_text()) if self.file.exists() else 0

    def reset(self):
        pass


def make_group(limit):
    """The first kind that works here; None where there is none."""
    for kind in (Version1, Version2):
        try:
            return kind(limit)
        except OSError:
            continue
    return None


def prefix(group, limit):
    """What comes before a command so that it has no more than `limit` bytes, its part of the page cache included."""
    if group:
        return ["sh", "-c", f'echo $$ > {group.folder}/cgroup.procs && exec "$@"', "sh"]
    scope = ["systemd-run", "--quiet", "--scope", "-p", f"MemoryMax={limit}", "-p", "MemorySwapMax=0"]
    if shutil.which(scope[0]) and subprocess.run(scope + ["true"], capture_output=True).returncode == 0:
        return scope
    print("no control group can be made here: the page cache is not limited, only empty at the start")
    return []


def write_file(path, row_count, columns):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({row_count}, {columns}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        left = row_count * columns * 4
        while left:
            # Random, lest a disk that compresses is faster than it should be.
            left -= file.write(os.urandom(min(left, 1 << 20)))


def forget(path):
    """Takes the file out of the page cache."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


# Rows in a random order, each read when it is its turn: what a loader does that does not know what comes.
RANDOM_ACCESS = """
import array, os, random, sys, time
path, row_byte_count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
file = os.open(path, os.O_RDONLY)
os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
count = os.fstat(file).st_size // row_byte_count
order = array.array("l", range(count))
random.Random(seed).shuffle(order)
row = bytearray(row_byte_count)
start = time.perf_counter()
for place in order:
    os.preadv(file, [row], place * row_byte_count)
print(f"{time.perf_counter() - start} s, 0 MB/s, peak 0 MiB resident")
"""


def epoch(command, path):
    """Seconds, the process's peak in MiB, and what else is printed."""
    forget(path)
    output = subprocess.run(command, capture_output=True, text=True)
    if output.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{output.stderr}")
    *words, last = output.stdout.splitlines()
    seconds, peak = re.fullmatch(r"(\S+) s, \S+ MB/s, peak (\S+) MiB resident", last).groups()
    return float(seconds), float(peak), words


def measure(batchup, group, start, path, limit, row_byte_count):
    name = f"rows of {row_byte_count} bytes"
    base = start + [batchup, "epoch", path, "--batch-size", str(BATCH_SIZE)]
    capped = ["--residency-limit", str(RESIDENCY_LIMIT)]
    ways = {"plain": capped, "blocks": capped + ["--window-memory", str(limit >> 20)]}
    results = {way: [] for way in ["random access", *ways]}
    if group:
        group.reset()
    for seed in range(ROUNDS):
        random_access = start + [sys.executable, "-c", RANDOM_ACCESS, path, str(row_byte_count), str(seed)]
        results["random access"].append(epoch(random_access, path))
        for way, options in ways.items():
            results[way].append(epoch(base + options + ["--seed", str(seed)], path))
    print(f"{name}: {results['blocks'][0][2][0]}")
    for way, runs in results.items():
        peak = f", peak {max(r[1] for r in runs):.0f} MiB resident" if way in ways else ""
        print(f"  {way}: {statistics.median(r[0] for r in runs):.2f} s{peak}")
    for way in ways:
        ratios = [a[0] / b[0] for a, b in zip(results["random access"], results[way])]
        print(f"  {way}: {statistics.median(ratios):.1f} times as fast as random access ({min(ratios):.1f} … {max(ratios):.1f})")
    if group and group.peak():
        print(f"  peak of the group, page cache included: {group.peak() >> 20} MiB of {limit >> 20}")
    peak = max(r[1] for r in results["blocks"])
    return statistics.median(ratios) >= SPEEDUP and peak <= RESIDENCY_LIMIT + PROGRAM


def main(batchup, mebibytes):
    limit = mebibytes << 20
    group = make_group(limit)
    try:
        start = prefix(group, limit)
        with tempfile.TemporaryDirectory(dir=".build") as folder:
            path = pathlib.Path(folder) / "samples.npy"
            write_file(path, 3 * limit // (4 * COLUMNS), COLUMNS)
            succeeded = measure(batchup, group, start, path, limit, 4 * COLUMNS)
    finally:
        if group:
            group.folder.rmdir()
    if not succeeded:
        sys.exit(f"blocks are not {SPEEDUP} times as fast, or more than {RESIDENCY_LIMIT + PROGRAM} MiB are resident")


main(sys.argv[1], int(sys.argv[2]))
