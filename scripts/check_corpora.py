"""Reads the test files of other libraries with `batchup` and with these libraries, and prints a table.

    python check_corpora.py PATH_TO_BATCHUP [--list] NAME=FOLDER…

Each array, image or table counts once, or the file where nothing of it is read. Wrong values fail; `--list` names
everything that is not equal.
"""

import collections
import concurrent.futures
import pathlib
import sys
import warnings

import h5py
import numpy
import pandas
import scipy.io
from PIL import Image, ImageOps

from batchup_tool import Refused, Tool, same, same_classes

EQUAL = "equal"
BOTH_REFUSE = "refused by both"
KIND = "kind that is not read"
WRONGLY = "refused wrongly"
WRONG = "WRONG VALUE"
MORE = "read, refused by the other"
UNCOMPARED = "not compared"
COLUMNS = [EQUAL, BOTH_REFUSE, KIND, WRONGLY, WRONG, MORE, UNCOMPARED]

# Errors of a library that reads a damaged file are of any type.
LIBRARY_ERRORS = (Exception,)


# What the documentation says is not read.
UNREAD = ["it is virtual", "it is in other files", "is of type complex"]
SIZE_LIMIT = 1 << 26


class TooLarge(Exception):
    pass


def is_number(dtype):
    return dtype.kind in "biuf" and dtype.itemsize <= 8 and dtype.names is None and dtype.subdtype is None


def outcome(expected, found, refusal):
    """`expected` is the array of the reference or its error; `found` the tool's array, None where it refused."""
    if isinstance(expected, Exception):
        return (BOTH_REFUSE, refusal) if found is None else (MORE, str(expected))
    if not isinstance(expected, numpy.ndarray) or not is_number(expected.dtype):
        return (KIND, refusal) if found is None else (UNCOMPARED, "")
    if found is None:
        return KIND if any(text in refusal for text in UNREAD) else WRONGLY, refusal
    return (EQUAL, "") if same(found, expected) else (WRONG, f"{found.dtype} {found.shape} for {expected.dtype} {expected.shape}")


def tried(read):
    try:
        return read()
    except LIBRARY_ERRORS as error:
        return error


def named_outcomes(tool, path, references, canonical=lambda name: name):
    """Those of all arrays that the reference names; `references` is its error where it cannot open the file."""
    try:
        arrays = tool.all_arrays(path)
        refusals = {}
        if arrays is None:
            arrays, refusals = tool.arrays(path)
    except Refused as error:
        if isinstance(references, Exception):
            return [("", BOTH_REFUSE, str(error))]
        return [(name, *outcome(expected, None, str(error))) for name, expected in references.items()]
    if isinstance(references, Exception):
        return [("", MORE, str(references))] if arrays else [("", BOTH_REFUSE, str(refusals))]
    outcomes = []
    for name, expected in references.items():
        name = canonical(name)
        if name not in arrays and name not in refusals:
            try:
                arrays[name] = tool.array(path, "--dataset", name)
            except Refused as error:
                refusals[name] = str(error)
        outcomes.append((name, *outcome(expected, arrays.get(name), refusals.get(name))))
    return outcomes


def hdf5(tool, path):
    def read():
        found = {}
        with h5py.File(path) as file:
            def visit(name, node):
                if isinstance(node, h5py.Dataset):
                    found["/" + name] = tried(lambda: value(node))
            file.visititems(visit)
        return found

    def value(dataset):
        # The fill value may stand for any number of elements.
        if dataset.size and dataset.size * dataset.dtype.itemsize > SIZE_LIMIT:
            raise TooLarge
        found = dataset[()]
        # Elements that are arrays themselves.
        if dataset.dtype.subdtype is not None:
            return None
        return numpy.asarray(found) if isinstance(found, (numpy.ndarray, numpy.generic)) else found
    references = tried(read)
    if isinstance(references, dict) and any(isinstance(value, TooLarge) for value in references.values()):
        return [("", UNCOMPARED, "too large")]
    return named_outcomes(tool, path, references)


def matlab(tool, path):
    def read():
        return {name: value for name, value in scipy.io.loadmat(path, mat_dtype=True).items() if not name.startswith("__")}
    if h5py.is_hdf5(path):
        return hdf5(tool, path)
    outcomes = named_outcomes(tool, path, tried(read))
    is_version_4 = tried(lambda: scipy.io.matlab.matfile_version(path))
    if isinstance(is_version_4, tuple) and is_version_4[0] == 0:
        return [(name, KIND if kind == WRONGLY else kind, text) for name, kind, text in outcomes]
    return outcomes


def numpy_file(tool, path):
    loaded = tried(lambda: numpy.load(path, allow_pickle=False))
    if isinstance(loaded, numpy.lib.npyio.NpzFile):
        return named_outcomes(tool, path, {name: tried(lambda name=name: loaded[name]) for name in loaded})
    try:
        found, refusal = tool.array(path), None
    except Refused as error:
        found, refusal = None, str(error)
    return [("", *outcome(loaded, found, refusal))]


def separator(path):
    """The one that the first line has most of."""
    with open(path, "rb") as file:
        line = file.readline()
    return max(",;\t", key=lambda separator: line.count(separator.encode()))


def is_number_text(text):
    return not isinstance(tried(lambda: float(text)), Exception)


def csv(tool, path):
    def read():
        table = pandas.read_csv(path, sep=separator(path))
        # pandas takes the first row for a header whatever it says; here, one of numbers alone is none.
        has_header = not all(is_number_text(name) for name in table.columns)
        return table if has_header else pandas.read_csv(path, sep=separator(path), header=None)
    table = tried(read)
    try:
        found, refusals = tool.arrays(path)
    except Refused as error:
        return [("", BOTH_REFUSE if isinstance(table, Exception) else WRONGLY, str(error))]
    if isinstance(table, Exception):
        return [("", MORE, str(table))]
    numbers = table.select_dtypes("number")
    texts = table[[name for name in table if name not in numbers]]
    if numbers.size:
        array = found.pop("numbers", None)
        if array is None or not same(array, numbers.to_numpy(float)):
            return [("", WRONG, f"numbers {None if array is None else array.shape}, not {numbers.shape}")]
    if len(found) != texts.shape[1]:
        return [("", WRONG, f"{len(found)} columns of texts, not {texts.shape[1]}")]
    for labels, (name, column) in zip(found.values(), texts.items()):
        if not same_classes(labels, column.fillna("").tolist()):
            return [("", WRONG, f"column {name}")]
    return [("", EQUAL, "")]


def rgb(path):
    """Pillow's pixels, and by how much they may differ."""
    image = Image.open(path)
    image.load()
    # Orientations count in Exif data, not in XMP.
    for key in ("xmp", "XML:com.adobe.xmp"):
        image.info.pop(key, None)
    if image.mode.startswith("I"):
        deep = numpy.asarray(ImageOps.exif_transpose(image)).astype(numpy.int64)
        gray = ((deep * 255 * 2 + 65535) // (2 * 65535)).astype(numpy.uint8)
        return numpy.stack([gray] * 3, axis=2), 0
    # Pillow cuts off what more than 8 bits have, and may come with another build of libjpeg.
    tolerance = 2 if image.format in ("JPEG", "MPO") else 1
    return numpy.asarray(ImageOps.exif_transpose(image).convert("RGB")), tolerance


def image(tool, path):
    expected = tried(lambda: rgb(path))
    try:
        if isinstance(expected, Exception):
            tool.members(path)
            return [("", MORE, str(expected))]
        pixels, tolerance = expected
        height, width = pixels.shape[:2]
        if max(width, height) > 2048:
            tool.members(path)
            return [("", UNCOMPARED, "")]
        difference = numpy.abs(tool.pixels(path, width, height).astype(int) - pixels).max()
    except Refused as error:
        return [("", BOTH_REFUSE if isinstance(expected, Exception) else WRONGLY, str(error))]
    return [("", EQUAL, "")] if difference <= tolerance else [("", WRONG, f"differs by up to {difference}")]


READERS = {
    ".h5": hdf5, ".hdf5": hdf5, ".he5": hdf5, ".nc": hdf5, ".mat": matlab, ".npy": numpy_file, ".npz": numpy_file,
    ".csv": csv, ".jpg": image, ".jpeg": image, ".png": image,
}


class Isolated:
    """Reads files in a process of its own, since some crash the library that is compared with."""

    def __init__(self, tool):
        self.tool = tool
        self.executor = None

    def outcomes(self, reader, path):
        self.executor = self.executor or concurrent.futures.ProcessPoolExecutor(max_workers=1)
        try:
            return self.executor.submit(reader, self.tool, str(path)).result()
        except concurrent.futures.process.BrokenProcessPool:
            self.executor = None
            return [("", UNCOMPARED, "the library crashes")]
        except (AssertionError, UnicodeDecodeError) as error:
            return [("", WRONG, f"fault of the tool: {error}")]


def main():
    warnings.simplefilter("ignore")
    # Some of Pillow's files are such as are refused by default.
    Image.MAX_IMAGE_PIXELS = None
    arguments = sys.argv[1:]
    lists = "--list" in arguments
    arguments = [argument for argument in arguments if argument != "--list"]
    tool = Tool(arguments[0])
    isolated = Isolated(tool)
    totals = collections.defaultdict(collections.Counter)
    for argument in arguments[1:]:
        corpus, folder = argument.split("=", 1)
        for path in sorted(pathlib.Path(folder).rglob("*")):
            reader = READERS.get(path.suffix.lower())
            if reader is None or not path.is_file():
                continue
            row = totals[f"{corpus}, {path.suffix.lower()}"]
            row["files"] += 1
            for name, kind, text in isolated.outcomes(reader, path):
                row[kind] += 1
                if lists and kind != EQUAL or kind == WRONG:
                    print(f"{kind}: {path} {name}: {text}", flush=True)
    print("| corpus | files | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 2) + "|")
    for corpus, row in sorted(totals.items()):
        print(f"| {corpus} | {row['files']} | " + " | ".join(str(row[column]) for column in COLUMNS) + " |")
    if not totals or any(row[WRONG] for row in totals.values()):
        sys.exit("there are wrong values" if totals else "there are no files")


main()
