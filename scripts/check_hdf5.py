"""Compares BatchUpFiles with h5py, PyTables and SciPy, through the program of Tests/SafetensorsFixture.

    python check_hdf5.py PATH_TO_FIXTURE PATH_TO_BATCHUP [PLUGIN…]

The plugins are those that libhdf5 must have here.

Each check returns how much it has compared; comparing nothing is a failure, too.
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import safetensors.numpy
import scipy.io
import tables

TYPES = {
    "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8, "U16": np.uint16, "I16": np.int16, "U32": np.uint32,
    "I32": np.int32, "U64": np.uint64, "I64": np.int64, "F16": np.float16, "F32": np.float32, "F64": np.float64,
}
SHAPES = [(), (3,), (2, 3), (2, 1, 3), (1, 2, 3, 2), (2, 1, 2, 1, 3), (0,), (2, 0), (0, 2, 3)]


def patterned(dtype, shape, step=167, start=129):
    """An array whose bytes are a known sequence."""
    count = math.prod(shape) * np.dtype(dtype).itemsize
    numbers = [i % 3 % 2 if dtype is np.bool_ else (i * step + start) % 256 for i in range(count)]
    return np.frombuffer(bytes(numbers), dtype).reshape(shape)


def require_equal(found, expected, what):
    """NaNs are compared by their bits."""
    if (found.dtype, found.shape, found.tobytes()) != (expected.dtype, expected.shape, expected.tobytes()):
        sys.exit(f"{what} is {found!r}, not {expected!r}")


def swift_reads(fixture, command, path):
    """The arrays that Swift reads, by name, and what it says about the others."""
    copy = path.with_name("copy.safetensors")
    run = subprocess.run([fixture, command, path, copy], check=True, capture_output=True, text=True)
    return safetensors.numpy.load_file(copy), dict(line.split(": ", 1) for line in run.stdout.splitlines())


def require_read(fixture, command, path, arrays, refused=None):
    """All of them are read, and those that are to be refused are, with that text."""
    found, errors = swift_reads(fixture, command, path)
    refused = refused or {}
    if found.keys() != arrays.keys() or errors.keys() != refused.keys():
        sys.exit(f"{path.name}: read {sorted(found.keys() ^ arrays.keys())} otherwise, and not {errors}")
    for name, array in arrays.items():
        require_equal(found[name], array.astype(array.dtype.newbyteorder("=")), f"{path.name}: {name}")
    for name, text in refused.items():
        if text not in errors[name]:
            sys.exit(f"{path.name}: {name}: {errors[name]!r} does not say {text!r}")
    return len(arrays) + len(refused)


def check_what_swift_writes(fixture, folder):
    path = folder / "swift.h5"
    subprocess.run([fixture, "write-hdf5", path], check=True)
    count = 0
    with h5py.File(path, "r") as file:
        for layout in ("contiguous", "chunked", "deflated"):
            for name, dtype in TYPES.items():
                for i, shape in enumerate(SHAPES):
                    dataset = file[f"{layout}/{name}_{i}"]
                    require_equal(np.asarray(dataset[()]), patterned(dtype, shape), dataset.name)
                    is_chunked = layout != "contiguous" and math.prod(shape) > 0 and shape != ()
                    if (dataset.chunks is not None) != is_chunked:
                        sys.exit(f"{dataset.name} has the chunks {dataset.chunks}")
                    if (dataset.compression == "gzip") != (is_chunked and layout == "deflated"):
                        sys.exit(f"{dataset.name} has the compression {dataset.compression}")
                    count += 1
    return count + check_what_pytables_reads(path)


def check_what_pytables_reads(path):
    count = 0
    with tables.open_file(path) as file:
        for layout in ("contiguous", "chunked", "deflated"):
            for name, dtype in TYPES.items():
                for i, shape in enumerate(SHAPES):
                    node = file.get_node(f"/{layout}/{name}_{i}")
                    if not isinstance(node, tables.Array):
                        sys.exit(f"PyTables takes {node} for no array")
                    array = np.asarray(node.read())
                    # It takes h5py's truth values for numbers.
                    if dtype is np.bool_:
                        array = array.astype(np.bool_)
                    require_equal(array, patterned(dtype, shape), f"PyTables: {node._v_pathname}")
                    count += 1
    return count


def check_h5py(fixture, folder):
    path = folder / "h5py.h5"
    arrays, refused = {}, {}
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, dtype in TYPES.items():
            for order in "<>":
                for i, shape in enumerate(SHAPES):
                    array = patterned(dtype, shape).astype(np.dtype(dtype).newbyteorder(order))
                    options = [{}]
                    if math.prod(shape) > 0 and shape:
                        options += [
                            {"chunks": (1,) * len(shape)}, {"compression": "gzip", "shuffle": True},
                            {"chunks": tuple(-(-length // 2) for length in shape), "fletcher32": True},
                            {"maxshape": (None,) * len(shape), "compression": "gzip"}]
                    for j, option in enumerate(options):
                        key = f"/{'little' if order == '<' else 'big'}/{j}/{name}_{i}"
                        file.create_dataset(key, data=array, **option)
                        arrays[key] = array
        large = np.arange(60000, dtype=">i4").reshape(300, 200)
        for name, option in {"gzip": {"compression": "gzip"}, "lzf": {"compression": "lzf"}, "chunks": {"chunks": (7, 3)}, "rows": {"chunks": (7, 200)}}.items():
            arrays[f"/large/{name}"] = file.create_dataset(f"large/{name}", data=large, **option)[()]
        file["empty"] = h5py.Empty("f4")
        refused["/empty"] = "no elements"
        file["text"] = "text"
        file["records"] = np.zeros(3, [("a", "i4"), ("b", "f4")])
        file["complex"] = np.zeros(3, "c8")
        refused |= {"/text": "strings", "/records": "records of 2 members", "/complex": "not elements of type Float"}
        file.create_dataset("unwritten", (4, 2), "f4", chunks=(2, 2), fillvalue=7)
        arrays["/unwritten"] = np.full((4, 2), 7, "f4")
        # These are not listed, nor are cycles followed.
        file["soft"] = h5py.SoftLink("/large")
        file["colors"] = np.array([2, 0, 1], h5py.enum_dtype({"red": 0, "green": 1, "blue": 2}, "<i2"))
        arrays["/colors"] = np.array([2, 0, 1], np.int16)
        file["large/cycle"] = file["/"]
        file["external"] = h5py.ExternalLink("other.h5", "/")
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
        file.create_virtual_dataset("virtual", layout)
        refused["/virtual"] = "virtual"
        file.create_dataset("elsewhere", (4,), "f4", external=[(str(folder / "raw"), 0, 16)])
        refused["/elsewhere"] = "in other files"
    return require_read(fixture, "read-hdf5", path, arrays, refused)


def check_newest_format(fixture, folder):
    path = folder / "latest.h5"
    arrays = {f"/{name}": patterned(dtype, (3, 5)) for name, dtype in TYPES.items()}
    with h5py.File(path, "w", libver=("v108", "v110")) as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, chunks=(2, 5), maxshape=(None, 5))
    return require_read(fixture, "read-hdf5", path, arrays)


def check_pytables(fixture, folder):
    path = folder / "tables.h5"
    arrays = {}
    with tables.open_file(path, "w") as file:
        for name, dtype in TYPES.items():
            for i, shape in enumerate(SHAPES):
                array = patterned(dtype, shape)
                if 0 not in shape:
                    arrays[f"/{name}_{i}"] = array
                    file.create_array("/", f"{name}_{i}", array)
                if 0 not in shape and shape:
                    arrays[f"/carray_{name}_{i}"] = array
                    file.create_carray("/", f"carray_{name}_{i}", obj=array, filters=tables.Filters(5, "zlib"))
        group = file.create_group("/", "stl", "STL data")
        rows = patterned(np.uint8, (50, 3, 9, 9))
        file.create_earray(group, "unlabelled", tables.UInt8Atom(), (0, 3, 9, 9)).append(rows)
        arrays["/stl/unlabelled"] = rows
    # Its truth values are bit fields of eight bits: numbers, as to h5py.
    arrays = {name: array.astype(np.uint8) if array.dtype == bool else array for name, array in arrays.items()}
    count = require_read(fixture, "read-hdf5", path, arrays)
    return count + check_blosc(fixture, folder)


def check_blosc(fixture, folder):
    """Equal where libhdf5 has the plugin, and else an error that names it; `batchup inspect` shows the file all the same."""
    path = folder / "blosc.h5"
    array = np.arange(60000).reshape(200, 300)
    with tables.open_file(path, "w") as file:
        file.create_carray("/", "a", obj=array, filters=tables.Filters(9, "blosc"))
    os.environ["HDF5_PLUGIN_PATH"] = str(folder / "no plugins")
    count = require_read(fixture, "read-hdf5", path, {}, {"/a": "needs the filter blosc"})
    require_shown(path, "a", (200, 300), "needs the filter blosc")
    del os.environ["HDF5_PLUGIN_PATH"]
    _, errors = swift_reads(fixture, "read-hdf5", path)
    if errors and "blosc" not in sys.argv[3:]:
        print("blosc: no plugin here")
        return count
    return count + require_read(fixture, "read-hdf5", path, {"/a": array})


def require_shown(path, name, shape, note):
    """What cannot be read is shown with the reason, and is no error."""
    run = subprocess.run([sys.argv[2], "inspect", "--json", path], capture_output=True, text=True)
    members = json.loads(run.stdout)["files"][0]["members"] if run.returncode == 0 else []
    found = [m for m in members if m["name"] == f"/{name}" and m["shape"] == list(shape) and note in "".join(m["notes"])]
    if len(found) != 1:
        sys.exit(f"batchup inspect shows {run.stdout or run.stderr}")


def check_scipy(fixture, folder):
    count = 0
    for is_compressed in (False, True):
        path = folder / "scipy.mat"
        arrays = {
            f"{name}_{i}": patterned(dtype, shape)
            for name, dtype in TYPES.items() if name != "F16"
            for i, shape in enumerate(SHAPES) if len(shape) != 1}
        arrays["X"] = patterned(np.uint8, (32, 32, 3, 70))
        arrays["y"] = patterned(np.uint8, (70, 1))
        others = {"text": "hello", "cells": np.array([1, "a"], object), "struct": {"a": 1}, "complex": np.array([1 + 2j])}
        scipy.io.savemat(path, arrays | others, do_compression=is_compressed)
        loaded = {name: array for name, array in scipy.io.loadmat(path).items() if name in arrays}
        # SciPy returns truth values as bytes.
        for name in loaded:
            if name.startswith("BOOL"):
                loaded[name] = loaded[name].astype(np.bool_)
        loaded = {name: np.ascontiguousarray(array) if array.ndim else array for name, array in loaded.items()}
        count += require_read(
            fixture, "read-mat", path, loaded,
            {"text": "char", "cells": "cell", "struct": "struct", "complex": "complex double"})
    return count


def main():
    fixture = sys.argv[1]
    checks = (
        check_what_swift_writes, check_h5py, check_newest_format, check_pytables, check_scipy)
    with tempfile.TemporaryDirectory() as folder:
        for check in checks:
            count = check(fixture, pathlib.Path(folder))
            if count == 0:
                sys.exit(f"{check.__name__} has compared nothing")
            print(f"{check.__name__}: {count} compared")
    print(f"h5py {h5py.__version__}, PyTables {tables.__version__}, SciPy {scipy.__version__}")


main()
