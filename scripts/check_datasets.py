"""Compares the files of BatchUpDatasets with those of Python's BatchUp, through the program of Tests/ConversionFixture.

    python check_datasets.py PATH_TO_FIXTURE [PLUGIN…]

The plugins are those that libhdf5 must have here.

Small source files of all data sets are made by the libraries that make the published ones. Each library makes its file of
a data set from them, and both open both files: all arrays, names and folds must be equal.
"""

import collections
import collections.abc
import contextlib
import gzip
import importlib
import io
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tarfile
import tempfile
import warnings

collections.Iterator = collections.abc.Iterator  # BatchUp 0.2.3 is older than Python 3.10.

import numpy as np
import safetensors.numpy
import scipy.io
import tables

FIXTURE = sys.argv[1]
PLUGINS = sys.argv[2:]
# Python's BatchUp never closes a file, and tells what it does.
warnings.simplefilter("ignore", tables.UnclosedFileWarning)
SILENCE = contextlib.redirect_stdout(io.StringIO())
LOWER, UPPER = -1.0, 2.0
RANDOM = np.random.RandomState(7)


def images(count, *shape):
    return RANDOM.randint(0, 256, (count, *shape)).astype(np.uint8)


def labels(count, class_count=10):
    found = RANDOM.randint(0, class_count, count)
    found[0] = class_count - 1
    return found


class Sources:
    """The source files of a data set for each of the two libraries, in the same order."""

    def __init__(self, folder):
        self.swift, self.python = [], []
        self.folder = folder
        folder.mkdir()

    def add(self, name, data, swift=True, python=True):
        (self.folder / name).write_bytes(data)
        for is_wanted, names in ((swift, self.swift), (python, self.python)):
            if is_wanted:
                names.append(name)


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes())


def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        folders = {name.split("/")[0] for name in members}
        for folder in folders:
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def records(*columns):
    return b"".join(b"".join(np.asarray(part, np.uint8).tobytes() for part in row) for row in zip(*columns))


def mnist_sources(folder):
    sources = Sources(folder)
    for part, count in (("train", 12), ("t10k", 5)):
        sources.add(f"{part}-images-idx3-ubyte.gz", idx(images(count, 28, 28)))
        sources.add(f"{part}-labels-idx1-ubyte.gz", idx(labels(count)))
    return sources


def cifar10_sources(folder):
    sources = Sources(folder)
    binary, pickled = {}, {}
    names = [(f"data_batch_{i}", i + 1) for i in range(1, 6)] + [("test_batch", 4)]
    RANDOM.shuffle(names)
    for name, count in names:
        count = int(count)
        pixels, classes = images(count, 3, 32, 32), labels(count)
        binary[f"cifar-10-batches-bin/{name}.bin"] = records(classes, pixels)
        batch = {"data": pixels.reshape(count, 3072), "labels": classes.tolist()}
        pickled[f"cifar-10-batches-py/{name}"] = pickle.dumps(batch, 2)
    binary["cifar-10-batches-bin/batches.meta.txt"] = b"airplane\n"
    sources.add("cifar-10-binary.tar.gz", tar(binary), python=False)
    sources.add("cifar-10-python.tar.gz", tar(pickled), swift=False)
    return sources


def cifar100_sources(folder):
    sources = Sources(folder)
    binary, pickled = {}, {}
    names = [f"fine_{'x' * (i % 7)}{i}" for i in range(100)], [f"coarse{i}" for i in range(20)]
    for name, count in (("train", 15), ("test", 6)):
        pixels, fine, coarse = images(count, 3, 32, 32), labels(count, 100), labels(count, 20)
        binary[f"cifar-100-binary/{name}.bin"] = records(coarse, fine, pixels)
        pickled[f"cifar-100-python/{name}"] = pickle.dumps(
            {"data": pixels.reshape(count, 3072), "fine_labels": fine.tolist(), "coarse_labels": coarse.tolist()}, 2)
    for kind, texts in zip(("fine", "coarse"), names):
        binary[f"cifar-100-binary/{kind}_label_names.txt"] = ("\n".join(texts) + "\n").encode()
    pickled["cifar-100-python/meta"] = pickle.dumps({"fine_label_names": names[0], "coarse_label_names": names[1]}, 2)
    sources.add("cifar-100-binary.tar.gz", tar(binary), python=False)
    sources.add("cifar-100-python.tar.gz", tar(pickled), swift=False)
    return sources


def mat(count):
    out = io.BytesIO()
    classes = labels(count) + 1
    scipy.io.savemat(
        out, {"X": images(32, 32, 3, count), "y": classes.astype(np.uint8)[:, None]}, do_compression=True)
    return out.getvalue()


def svhn_sources(folder):
    sources = Sources(folder)
    sources.add("train_32x32.mat", mat(11))
    sources.add("test_32x32.mat", mat(4))
    return sources


def svhn_extra_sources(folder):
    sources = Sources(folder)
    sources.add("extra_32x32.mat", mat(13))
    return sources


def stl_sources(folder):
    sources = Sources(folder)
    folds = [RANDOM.choice(9, RANDOM.randint(2, 5), replace=False) for _ in range(4)]
    members = {
        "fold_indices.txt": "".join(" ".join(map(str, fold)) + " \n" for fold in folds).encode(),
        "class_names.txt": "\n".join(f"{i} {'n' * i}" for i in range(10)).encode() + b"\n",
        "unlabeled_X.bin": images(7, 3, 96, 96).tobytes(),
    }
    for part, count in (("train", 9), ("test", 4)):
        members[f"{part}_X.bin"] = images(count, 3, 96, 96).tobytes()
        members[f"{part}_y.bin"] = (labels(count) + 1).astype(np.uint8).tobytes()
    sources.add("stl10_binary.tar.gz", tar({f"stl10_binary/{name}": data for name, data in members.items()}))
    return sources


def usps_sources(folder):
    sources = Sources(folder)
    path = folder / "made.h5"
    with tables.open_file(path, "w") as file:
        group = file.create_group("/", "usps", "USPS data")
        for part, count in (("train", 14), ("test", 6)):
            file.create_array(group, f"{part}_X", RANDOM.uniform(-1, 1, (count, 1, 16, 16)).astype(np.float32))
            file.create_array(group, f"{part}_y", labels(count).astype(np.int32))
    sources.add("usps.h5", path.read_bytes())
    return sources


SPLIT = [f"{part}_{kind}" for part in ("train", "val", "test") for kind in ("X_u8", "X", "y")]
COARSE = [f"{part}_y_coarse" for part in ("train", "val", "test")]

# The name here, that of Python's module and class, the file, the sources, the arrays and lists to be compared, and how many
# samples or folds are for validation.
SETS = (
    ("mnist", "mnist", "MNIST", "mnist.h5", mnist_sources, SPLIT, [], (0, 1, 5)),
    ("fashion-mnist", "fashion_mnist", "FashionMNIST", "fashion-mnist.h5", mnist_sources, SPLIT, [], (0, 5)),
    ("cifar10", "cifar10", "CIFAR10", "cifar10.h5", cifar10_sources, SPLIT, ["class_names"], (0, 5)),
    ("cifar100", "cifar100", "CIFAR100", "cifar100.h5", cifar100_sources, SPLIT + COARSE,
     ["class_names", "class_names_coarse"], (0, 4)),
    ("svhn", "svhn", "SVHN", "svhn_train_test.h5", svhn_sources, SPLIT, [], (0, 3)),
    ("svhn-extra", "svhn", "SVHNExtra", "svhn_extra.h5", svhn_extra_sources, ["X_u8", "X", "y"], [], (0,)),
    ("stl10", "stl", "STL", "stl10.h5", stl_sources, SPLIT + ["unl_X_u8"], ["class_names", "tr_folds"], (0, 1, 2)),
    ("usps", "usps", "USPS", "usps.h5", usps_sources, [name for name in SPLIT if "u8" not in name], [], (0, 6)),
)
FETCHING = {
    "MNIST": "fetch_mnist", "FashionMNIST": "fetch_fashion_mnist", "CIFAR10": "fetch_cifar10", "CIFAR100": "fetch_cifar100",
    "SVHN": "fetch_svhn_train_test", "SVHNExtra": "fetch_svhn_extra", "STL": "fetch_stl", "USPS": "usps_data",
}


def python_opens(home, module, name, validation):
    """The arrays and lists that Python's class has, all of them in memory."""
    set_home(home)
    kind = getattr(importlib.import_module(f"batchup.datasets.{module}"), name)
    arguments = {} if name == "USPS" else {"val_lower": LOWER, "val_upper": UPPER}
    if name != "SVHNExtra":
        arguments["n_val_folds" if name == "STL" else "n_val"] = validation
    with SILENCE:
        found = kind(**arguments)
    values = {}
    for key, value in vars(found).items():
        is_list = key in ("class_names", "class_names_coarse", "tr_folds")
        values[key] = [np.asarray(item).tolist() for item in value] if is_list else np.asarray(value[:])
    close_files()
    return values


def set_home(home):
    """Where Python's BatchUp has its data; it looks once, and its source files when they are imported."""
    for module in [name for name in sys.modules if name.startswith("batchup")]:
        del sys.modules[module]
    os.environ["BATCHUP_HOME"] = str(home)


def close_files():
    tables.file._open_files.close_all()


def python_converts(home, module, name, sources):
    """Source files that are there are not downloaded."""
    place = home / "data" / "temp"
    place.mkdir(parents=True)
    for source in sources.python:
        (place / source).write_bytes((sources.folder / source).read_bytes())
    set_home(home)
    fetch = getattr(importlib.import_module(f"batchup.datasets.{module}"), FETCHING[name])
    with SILENCE:
        path = fetch()
    if path is None:
        sys.exit(f"Python's BatchUp has not made {name}")


def swift_opens(name, path, validation, folder, environment=None):
    copy = folder / "arrays.safetensors"
    run = subprocess.run(
        [FIXTURE, "read", name, path, str(validation), copy], capture_output=True, text=True, env=environment)
    if run.returncode != 0:
        sys.exit(f"{path}: {run.stderr}")
    lists = json.loads(run.stdout)
    return lists if "error" in lists else lists | safetensors.numpy.load_file(copy)


def require_equal(swift, python, arrays, lists, what):
    count = 0
    for name in arrays:
        found, expected = swift.get(name), python[name]
        if name.endswith("y") or name.endswith("coarse"):
            expected = expected.astype(np.int32, casting="safe")
        if found is None or found.dtype != expected.dtype or found.shape != expected.shape or (found != expected).any():
            sys.exit(f"{what}: {name} is {found!r}, not {expected!r}")
        count += 1
    for name in lists:
        if swift.get(name) != python[name]:
            sys.exit(f"{what}: {name} is {swift.get(name)}, not {python[name]}")
        count += 1
    return count


def node_kinds(path):
    """What PyTables takes the nodes for."""
    with tables.open_file(path) as file:
        return {
            node._v_pathname: (type(node).__name__, str(node.atom), node.flavor, tuple(map(int, node.shape)))
            for node in file.walk_nodes("/", "Leaf")}


def require_same_nodes(swift, python):
    """The same nodes, where those that Python's BatchUp compresses are arrays here, which can be mapped."""
    found, expected = node_kinds(swift), node_kinds(python)
    expected = {name: ("Array", *kind[1:]) if kind[0] == "EArray" else kind for name, kind in expected.items()}
    if found != expected:
        sys.exit(f"{swift}: the nodes are {found}, not {expected}")
    return len(found)


def check(folder, name, module, kind, file, make_sources, arrays, lists, validations):
    sources = make_sources(folder / f"{name}-sources")
    homes = {library: folder / f"{name}-{library}" for library in ("swift", "python")}
    paths = {library: home / "data" / file for library, home in homes.items()}
    python_converts(homes["python"], module, kind, sources)
    paths["swift"].parent.mkdir(parents=True)
    subprocess.run(
        [FIXTURE, "convert", name, paths["swift"], *(sources.folder / source for source in sources.swift)], check=True)
    count = require_same_nodes(paths["swift"], paths["python"])
    for validation in validations:
        expected = python_opens(homes["python"], module, kind, validation)
        count += require_equal(
            python_opens(homes["swift"], module, kind, validation), expected, arrays, lists,
            f"{name}: Python, of what Swift made")
        count += require_equal(
            swift_opens(name, paths["swift"], validation, folder), expected, arrays, lists, f"{name}: Swift")
        if name in ("svhn-extra", "stl10"):
            count += check_blosc(name, paths["python"], validation, folder, expected, arrays, lists)
        else:
            count += require_equal(
                swift_opens(name, paths["python"], validation, folder), expected, arrays, lists,
                f"{name}: Swift, of what Python made")
    return count


def check_blosc(name, path, validation, folder, expected, arrays, lists):
    """Equal where libhdf5 has the plugin, and else an error that names it."""
    without = os.environ | {"HDF5_PLUGIN_PATH": str(folder / "no plugins")}
    error = swift_opens(name, path, validation, folder, without).get("error", "")
    if "needs the filter blosc" not in error:
        sys.exit(f"{name}: {error!r} does not say which filter is missing")
    found = swift_opens(name, path, validation, folder)
    if "error" in found and "blosc" not in PLUGINS:
        print("blosc: no plugin here")
        return 1
    return 1 + require_equal(found, expected, arrays, lists, f"{name}: Swift, of what Python compressed")


def main():
    with tempfile.TemporaryDirectory() as folder:
        for row in SETS:
            count = check(pathlib.Path(folder), *row)
            print(f"{row[0]}: {count} compared")
    print(f"BatchUp 0.2.3, NumPy {np.__version__}, PyTables {tables.__version__}, SciPy {scipy.__version__}")


main()
