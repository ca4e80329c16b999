"""Writes .npy files with NumPy for NumPyFilesTests, and compares what that test has written from them.

check_numpy.py write FOLDER     files in FOLDER/numpy
check_numpy.py compare FOLDER   FOLDER/swift with FOLDER/numpy
"""
import pathlib
import sys

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


{"write": write, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
