"""Exchanges .npz and CSV files with NumPy and Python through `batchup convert` and `batchup inspect`.

    python check_npz.py PATH_TO_BATCHUP

Each check returns how much it has compared; comparing nothing is a failure, too.
"""

import csv
import io
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

TYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
NAMES = {
    "?": "Bool", "u1": "UInt8", "i1": "Int8", "u2": "UInt16", "i2": "Int16", "u4": "UInt32", "i4": "Int32",
    "u8": "UInt64", "i8": "Int64", "f2": "Float16", "f4": "Float", "f8": "Double"}
SHAPES = [(), (0,), (3,), (2, 3), (2, 0), (2, 1, 3), (1, 2, 3, 2), (2, 1, 2, 1, 3)]
MUTATIONS = 600


class Stream(io.RawIOBase):
    """A file that cannot be read or gone back in, so that sizes are written behind the data."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


def patterned(dtype, shape, order):
    """An array whose bytes are a known sequence."""
    dtype = np.dtype(dtype)
    count = math.prod(shape) * dtype.itemsize
    numbers = [i % 3 % 2 if dtype.kind == "b" else (i * 167 + 129) % 256 for i in range(count)]
    return np.array(np.frombuffer(bytes(numbers), dtype).reshape(shape), order=order)


def all_arrays():
    return {
        f"{mark}{name} {shape} {order} ü": patterned(mark + name, shape, order)
        for name in TYPES for mark in "<>" for shape in SHAPES for order in "CF"}


def require_equal(found, expected, what):
    """Both are arrays by name, in any byte order; NaNs are compared by their bits."""
    if set(found.keys()) != set(expected.keys()):
        sys.exit(f"{what}: other names: {sorted(set(found.keys()) ^ set(expected.keys()))}")
    for name, array in expected.items():
        other, native = found[name], array.astype(array.dtype.newbyteorder("="), order="C")
        # A conversion may quiet a NaN: the bytes are swapped instead.
        if array.dtype.byteorder == ">":
            native = array.byteswap().view(array.dtype.newbyteorder("="))
        if (other.dtype, other.shape, other.tobytes()) != (native.dtype, native.shape, native.tobytes()):
            sys.exit(f"{what}: {name} is {other!r}, not {native!r}")
    return len(expected)


def run(batchup, *arguments, status=0):
    result = subprocess.run([batchup, *arguments], capture_output=True, text=True)
    if result.returncode != status:
        sys.exit(f"{arguments} ended with {result.returncode}, not {status}: {result.stderr}")
    return result


def require_aligned(path):
    """The .npy headers, and so the data, of stored members begin at a multiple of 64."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        for info in file.infolist():
            name, extra = (int.from_bytes(data[info.header_offset + i:][:2], "little") for i in (26, 28))
            start = info.header_offset + 30 + name + extra
            if start % 64 or data[start:start + 6] != b"\x93NUMPY":
                sys.exit(f"{info.filename} begins at byte {start}")


def check_npz(batchup, folder):
    """What NumPy writes, written again by Swift, and read by NumPy."""
    arrays, count = all_arrays(), 0
    original, copy = folder / "original.npz", folder / "copy.npz"
    for save in ("savez", "savez_compressed", "stream"):
        if save == "stream":
            with Stream(original) as stream:
                np.savez(stream, **arrays)
        else:
            getattr(np, save)(original, **arrays)
        for options in ([], ["--compress"]):
            run(batchup, "convert", original, copy, "--force", *options)
            with zipfile.ZipFile(copy) as file:
                if file.testzip() is not None:
                    sys.exit(f"{save}, {options}: {file.testzip()} is damaged")
            if not options:
                require_aligned(copy)
            with np.load(copy) as found:
                count += require_equal(found, arrays, f"{save}, {options}")
    np.savez(original)
    run(batchup, "inspect", original)
    return count


def check_formats(batchup, folder):
    """From .npz to .npy and safetensors and back; bare elements; other types."""
    arrays = {"x": patterned("<f4", (3, 4), "F"), "y": patterned(">i2", (5,), "C")}
    np.savez(folder / "in.npz", **arrays)
    run(batchup, "convert", folder / "in.npz", folder / "out.safetensors")
    run(batchup, "convert", folder / "out.safetensors", folder / "back.npz")
    with np.load(folder / "back.npz") as found:
        count = require_equal(found, arrays, "by way of safetensors")
    for name, array in arrays.items():
        run(batchup, "convert", folder / "in.npz", folder / "out.npy", "--dataset", name, "--force")
        count += require_equal({name: np.load(folder / "out.npy")}, {name: array}, "an .npy file")
    big = arrays["y"]
    (folder / "bare").write_bytes(b"12345" + big.tobytes())
    run(batchup, "convert", folder / "bare", folder / "out.npy", "--force", "--shape", "5", "--type", "int16",
        "--offset", "5", "--big-endian")
    count += require_equal({"": np.load(folder / "out.npy")}, {"": big}, "bare elements")
    run(batchup, "convert", folder / "in.npz", folder / "out.npy", "--dataset", "y", "--to", "float64", "--force")
    return count + require_equal(
        {"": np.load(folder / "out.npy")}, {"": big.astype("<f8")}, "another type")


def check_inspect(batchup, folder):
    arrays = all_arrays()
    arrays["nan"] = np.array([[1, np.nan], [np.inf, np.nan]], ">f8")
    np.savez(folder / "in.npz", **arrays, text=np.array(["a", "b"]))
    output = run(batchup, "inspect", "--json", "--values", "3", folder / "in.npz").stdout
    members = {member["name"]: member for member in json.loads(output)["files"][0]["members"]}
    if members.pop("text")["element_type"] != "other" or members.keys() != arrays.keys():
        sys.exit(f"the members are {sorted(members)}")
    for name, array in arrays.items():
        member, dtype = members[name], array.dtype
        order = None if dtype.itemsize == 1 else "big" if dtype.byteorder == ">" else "little"
        expected = [NAMES[dtype.str[1:] if dtype.kind != "b" else "?"], list(array.shape), order, array.nbytes]
        found = [member[key] for key in ("element_type", "shape", "byte_order", "byte_count")]
        nan = int(np.isnan(array).sum()) if dtype.kind == "f" else None
        if found != expected or member["nan_count"] != nan:
            sys.exit(f"{name}: {member}, not {expected} with {nan} NaN")
        if dtype.kind in "iu" and [int(text) for text in member["first_values"]] != array.flatten()[:3].tolist():
            sys.exit(f"{name}: the first values are {member['first_values']}")
    return len(arrays)


def check_csv(batchup, folder):
    rng, count = random.Random(8), 0
    texts = ["plain", "with, comma", 'with "quotes"', "of two\nlines", "é", "; and\ttab"]
    for delimiter in ",;\t":
        for ending in ("\n", "\r\n"):
            for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC):
                rows = [[rng.uniform(-1, 1) * 10.0 ** rng.randint(-30, 30), rng.randint(-9**9, 9**9), rng.choice(texts),
                         rng.choice([round(rng.uniform(-100, 100), rng.randint(0, 6)), math.nan])] for _ in range(300)]
                with open(folder / "in.csv", "w", newline="") as file:
                    writer = csv.writer(file, delimiter=delimiter, lineterminator=ending, quoting=quoting)
                    writer.writerows([["a", "b", "class", "c"]] + rows)
                run(batchup, "convert", folder / "in.csv", folder / "out.npz", "--force")
                names = sorted({row[2] for row in rows}, key=str.encode)
                labels = np.array([names.index(row[2]) for row in rows], "<i4")
                numbers = np.array([row[:2] + row[3:] for row in rows], "<f8")
                with np.load(folder / "out.npz") as found:
                    np.testing.assert_array_equal(found["numbers"], numbers)
                    np.testing.assert_array_equal(found["class"], labels)
                count += numbers.size + labels.size
    return count


def mutated(rng, seed):
    """The file with a few bytes otherwise, cut off, or with a part of it twice."""
    data = bytearray(seed)
    kind = rng.randrange(4)
    if kind < 2:
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 0x50, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    elif kind == 2:
        del data[rng.randrange(len(data)):]
    else:
        start, length = rng.randrange(len(data)), rng.randrange(1, 40)
        data[start:start] = data[start:start + length]
    return bytes(data)


def check_damage(batchup, folder):
    """Damaged files are errors; where one is none, its arrays are those that were written."""
    rng = random.Random(7)
    array = np.arange(6, dtype="<i4").reshape(2, 3)
    seeds = []
    for save in (np.savez, np.savez_compressed):
        save(folder / "seed.npz", a=array, b=array)
        seeds.append((folder / "seed.npz").read_bytes())
    paths = []
    for i in range(MUTATIONS):
        paths.append(folder / f"{i}.npz")
        paths[-1].write_bytes(mutated(rng, rng.choice(seeds)))
    result = subprocess.run([batchup, "inspect", "--json", *paths], capture_output=True, text=True)
    if result.returncode != 1:
        sys.exit(f"damaged files end with status {result.returncode}: {result.stderr[-1000:]}")
    files = json.loads(result.stdout)["files"]
    whole = [file for file in files if file["error"] is None]
    for file in whole:
        # A file that no longer begins as a zip file is of another format.
        if file["format"] == "npz":
            values = [member["first_values"] for member in file["members"]]
            if values != [[str(i) for i in range(6)]] * 2:
                sys.exit(f"{file}: these are not the arrays that were written")
    if len(files) != MUTATIONS or not 0 < len(whole) < MUTATIONS // 2:
        sys.exit(f"{len(whole)} of {len(files)} damaged files are whole: that compares nothing")
    if len(result.stderr.splitlines()) != MUTATIONS - len(whole):
        sys.exit("an error has not one line")
    return MUTATIONS


def main():
    for check in (check_npz, check_formats, check_inspect, check_csv, check_damage):
        with tempfile.TemporaryDirectory() as folder:
            count = check(sys.argv[1], pathlib.Path(folder))
        if count == 0:
            sys.exit(f"{check.__name__} has compared nothing")
        print(f"{check.__name__}: {count} compared, NumPy {np.__version__}")


main()
