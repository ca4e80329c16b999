"""predict_large.py BATCHUP GIBIBYTES: what predict-large.sh says."""
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
PIXELS = 784


def write_images(path, count):
    """Float32 numbers from 0 to 1, as numpy.save would write them."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {PIXELS}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    block = struct.pack(f"<{PIXELS}f", *(i % 255 / 255 for i in range(PIXELS))) * 1024
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for first in range(0, count, 1024):
            file.write(block[:min(1024, count - first) * PIXELS * 4])


def write_idx(path, shape, values):
    path.write_bytes(bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape) + bytes(values))


def read_whole(path):
    """Seconds to read the file, by pieces that stay in a processor's cache."""
    buffer = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        start = time.perf_counter()
        while file.readinto(buffer):
            pass
        return time.perf_counter() - start


def run(command):
    """Seconds, and the peak of resident memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"{command} failed")
    return seconds, usage.ru_maxrss / 1024


def main(batchup, gibibytes):
    with tempfile.TemporaryDirectory(dir=".build") as folder:
        folder = pathlib.Path(folder)
        # One hidden unit and two classes, so that reading is the work.
        write_idx(folder / "i", [200, 28, 28], random.Random(1).randbytes(200 * PIXELS))
        write_idx(folder / "l", [200], [i % 2 for i in range(200)])
        run([batchup, "train", "--images", folder / "i", "--labels", folder / "l", "--hidden", "1", "--epochs", "1",
             "--save", folder / "model"])
        write_images(folder / "images.npy", int(gibibytes * 2**30) // (4 * PIXELS))
        read_whole(folder / "images.npy")
        print(f"{gibibytes:g} GiB of Float32 images, {os.cpu_count()} processors; medians of {ROUNDS} rounds (least … largest)")
        options = {(workers, size): [] for size in (256, 1024) for workers in (0, 1, 2)}
        reads = []
        for _ in range(ROUNDS):
            reads.append(read_whole(folder / "images.npy"))
            for (workers, size), results in options.items():
                results.append(run([batchup, "predict", "--model", folder / "model", "--images", folder / "images.npy",
                                    "--output", folder / "scores.npy", "--batch-size", str(size), "--workers", str(workers)]))
                (folder / "scores.npy").unlink()
        gigabytes = os.path.getsize(folder / "images.npy") / 1e9
        print(f"reading from the page cache: {gigabytes / statistics.median(reads):.1f} GB/s")
        for (workers, size), results in options.items():
            shares = [read / seconds for read, (seconds, _) in zip(reads, results)]
            seconds = statistics.median(s for s, _ in results)
            print(f"batches of {size:4}, {workers} workers: {gigabytes / seconds:4.1f} GB/s, "
                  f"{100 * statistics.median(shares):.0f} % of reading ({100 * min(shares):.0f} … {100 * max(shares):.0f}), "
                  f"peak {max(m for _, m in results):.0f} MiB resident")


main(sys.argv[1], float(sys.argv[2]))
