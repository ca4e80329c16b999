"""Writes .npy files with NumPy for NumPyFilesTests, and compares what that test has written from them.

check_numpy.py write FOLDER     files in FOLDER/numpy
check_numpy.py compare FOLDER   FOLDER/swift with FOLDER/numpy
check_numpy.py predict FOLDER BATCHUP
                                the scores of `batchup predict` with NumPy's, also after SIGKILL in the middle
"""
import json
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
from numpy.lib import format as npy

NAMES = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
SHAPES = [(), (0,), (1,), (7,), (3, 4), (0, 4), (4, 0), (1, 5), (5, 1), (2, 3, 4), (2, 0, 4), (2, 1, 3, 2),
          (3, 2, 2, 0), (2, 3, 1, 2, 2), (1, 1, 1, 1, 1), (100, 1000)]
VERSIONS = [(1, 0), (2, 0), (3, 0)]


def pattern(name, shape):
    """The elements of PatternScalar.swift."""
    positions = np.arange(np.prod(shape, dtype=np.int64), dtype=np.uint64) + np.uint64(1)
    bits = positions * np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    if name == "b1":
        elements = (bits & np.uint64(1)) == 1
    elif name[0] == "f":
        elements = ((bits & np.uint64(0x7FF)).astype(np.int64) - 1024) / 16
    else:
        elements = bits
    return elements.astype(name).reshape(shape)


def cases():
    for name in NAMES:
        for shape in SHAPES:
            for mark in "<>":
                for order in "CF":
                    for version in VERSIONS:
                        file = f"{name}-{'x'.join(map(str, shape))}-{'le' if mark == '<' else 'be'}-{order}-{version[0]}.npy"
                        array = np.asarray(pattern(name, shape).astype(mark + name), order=order)
                        yield file, array, version


def write(folder):
    (folder / "numpy").mkdir(parents=True)
    (folder / "swift").mkdir()
    for file, array, version in cases():
        with open(folder / "numpy" / file, "wb") as stream:
            npy.write_array(stream, array, version=version, allow_pickle=False)


def compare(folder):
    count = same = 0
    for file, array, version in cases():
        written = folder / "swift" / file
        read = np.load(written, allow_pickle=False)
        assert read.dtype == array.dtype.newbyteorder("=") and read.shape == array.shape, file
        assert np.array_equal(read, array), file
        assert np.array_equal(np.load(written, mmap_mode="r") if array.size else read, array), file
        count += 1
        original = folder / "numpy" / file
        np.save(folder / "saved.npy", np.ascontiguousarray(read).reshape(read.shape))
        assert written.read_bytes() == (folder / "saved.npy").read_bytes(), file
        if version == (1, 0) and array.dtype.isnative and array.flags.c_contiguous:
            assert written.read_bytes() == original.read_bytes(), file
            same += 1
    assert count == len(NAMES) * len(SHAPES) * 2 * 2 * 3
    print(f"NumPy {np.__version__}: {count} files read equal both ways, all as numpy.save writes them, "
          f"{same} the same bytes as the originals")


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    path.write_bytes(header + array.tobytes())


def read_safetensors(path):
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = json.loads(data[8:start])
    tensors.pop("__metadata__", None)
    return {name: np.frombuffer(data[start + t["data_offsets"][0]:start + t["data_offsets"][1]], "<f4").reshape(t["shape"])
            for name, t in tensors.items()}


def scores(model, images):
    """In float64; with them, how far float32 sums may be off: the number of terms times their magnitude."""
    weights = {name: tensor.astype(np.float64) for name, tensor in model.items()}
    x = images.reshape(len(images), -1).astype(np.float64)
    hidden = np.maximum(x @ weights["hidden.weight"].T + weights["hidden.bias"], 0)
    magnitude = np.abs(x) @ np.abs(weights["hidden.weight"]).T + np.abs(weights["hidden.bias"])
    bound = (x.shape[1] + hidden.shape[1] + 4) * 2.0**-24 * (
        magnitude @ np.abs(weights["output.weight"]).T + np.abs(weights["output.bias"]))
    return hidden @ weights["output.weight"].T + weights["output.bias"], bound


def predict(folder, batchup):
    random = np.random.RandomState(1)
    images = random.randint(0, 256, (5000, 12, 13)).astype(np.uint8)
    write_idx(folder / "images.idx", images)
    write_idx(folder / "labels.idx", random.randint(0, 7, 5000).astype(np.uint8))
    model, output, partial = folder / "model", folder / "scores.npy", folder / "scores.npy.partial"
    subprocess.run([batchup, "train", "--images", folder / "images.idx", "--labels", folder / "labels.idx", "--hidden",
                    "9", "--epochs", "1", "--save", model], check=True, stdout=subprocess.DEVNULL)

    np.save(folder / "bytes.npy", images)
    numbers = (images / np.float32(255)).astype(np.float32)
    np.save(folder / "numbers.npy", numbers)
    np.save(folder / "swapped.npy", numbers.astype(">f4"))
    expected, bound = scores(read_safetensors(model), images / 255.0)
    runs = 0
    for name in ["images.idx", "bytes.npy", "numbers.npy", "swapped.npy"]:
        for batch_size in [1, 7, 256, 5000]:
            for workers in [0, 2]:
                subprocess.run([batchup, "predict", "--model", model, "--images", folder / name, "--output", output,
                                "--batch-size", str(batch_size), "--workers", str(workers)],
                               check=True, stdout=subprocess.DEVNULL)
                found = np.load(output, allow_pickle=False)
                assert found.dtype == np.float32 and found.shape == (5000, 7), name
                assert (np.abs(found - expected) <= bound).all(), (name, batch_size, np.abs(found - expected).max())
                runs += 1

    np.save(folder / "many.npy", np.tile(images, (40, 1, 1)))
    command = [batchup, "predict", "--model", model, "--images", folder / "many.npy", "--output", output,
               "--batch-size", "1"]
    output.unlink()
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - start
    expected = output.read_bytes()
    killed = 0
    for share in [0.2, 0.5, 0.8]:
        output.unlink()
        interrupted = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while interrupted.poll() is None and not partial.exists():
            time.sleep(0.001)
        try:
            interrupted.wait(share * whole)
        except subprocess.TimeoutExpired:
            interrupted.kill()
            # Where it has ended by itself just now, there is nothing to go on from.
            if interrupted.wait() == -signal.SIGKILL and not output.exists():
                assert partial.exists()
                killed += 1
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        assert output.read_bytes() == expected and not partial.exists(), share
    assert killed > 0
    print(f"{runs} predictions within the rounding of float32 of NumPy's; {killed} killed ones, run again, the same bytes")


{"write": write, "compare": compare, "predict": predict}[sys.argv[1]](pathlib.Path(sys.argv[2]), *sys.argv[3:])
