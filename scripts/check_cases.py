"""Reads the files of Tests/Fixtures/cases with `batchup`, and compares with what NumPy, h5py, SciPy, pandas and Pillow read.

    python check_cases.py PATH_TO_BATCHUP

A new file is a line of CASES.
"""

import json
import os
import pathlib
import shutil
import sys

import h5py
import numpy
import pandas
import scipy.io
from PIL import Image

from batchup_tool import Refused, Tool, same, same_classes

FOLDER = pathlib.Path(__file__).parent.parent / "Tests/Fixtures/cases"


def hdf5(*names):
    """The data sets of these names are h5py's, by each of them."""
    def check(tool, path):
        with h5py.File(path) as file:
            for name in names:
                require(same(tool.array(path, "--dataset", name), file[name][()]), f"{name} is not h5py's")
    return check


def refused(text, *options):
    def check(tool, path):
        try:
            tool.array(path, *options)
        except Refused as error:
            require(text in str(error), f"{str(error)!r} does not say {text!r}")
        else:
            require(False, "is read")
    return check


def equals(reference, *options):
    """The only array, or that of `--dataset`, is what the function reads."""
    def check(tool, path):
        require(same(tool.array(path, *options), reference(path)), "differs from the reference")
    return check


def csv(*options, gzip_may_be_refused=False, **reference):
    """Numbers are pandas' numeric columns; all others are labels that tell pandas' texts apart."""
    def check(tool, path):
        try:
            found = {member["name"]: tool.array(path, "--dataset", member["name"], *options) for member in members(tool, path)}
        except Refused as error:
            require(gzip_may_be_refused and "gzip" in str(error), f"is refused: {error}")
            return
        table = pandas.read_csv(path, **reference)
        numbers = table.select_dtypes("number")
        texts = table[[name for name in table if name not in numbers]]
        if numbers.size:
            require(same(found.pop("numbers"), numbers.to_numpy(float)), "the numbers are not pandas'")
        require(len(found) == texts.shape[1], f"has the arrays {sorted(found)}")
        for labels, (_, column) in zip(found.values(), texts.items()):
            require(same_classes(labels, column.tolist()), "the classes are not pandas'")
    def members(tool, path):
        return json.loads(tool.run("inspect", "--json", path, *options))["files"][0]["members"]
    return check


def pixels(name=None):
    """As Pillow decodes this file or the named one."""
    def check(tool, path):
        image = Image.open(FOLDER / name if name else path).convert("RGB")
        found = tool.pixels(path, *image.size)
        difference = numpy.abs(found.astype(int) - numpy.asarray(image)).max()
        # Pillow may come with another build of libjpeg; inks are multiplied with rounding here.
        require(difference <= 2, f"differs from Pillow's pixels by up to {difference}")
    return check


CASES = {
    # HDF5
    "bitfield8.h5": [hdf5("/flags")],
    "bitfields.h5": [hdf5("/b16", "/b32", "/b64", "/colors", "/truth")],
    "broken_links.h5": [
        hdf5("/b/x", "/b/near", "/chain"), refused("no data set", "--dataset", "/gone"),
        refused("64 links", "--dataset", "/one"), refused("other.h5", "--dataset", "/other")],
    "elsewhere.h5": [refused("virtual", "--dataset", "/virtual"), refused("in other files", "--dataset", "/external")],
    "links.h5": [hdf5("/latest", "/b/x", "/a/x")],
    "lzf.h5": [hdf5("/x")],
    "lzf_chunks.h5": [hdf5("/runs", "/noise")],
    "mixed.h5": [hdf5("/x"), refused("strings", "--dataset", "/names")],
    "spacepad.h5": [refused("strings of 8 bytes", "--dataset", "/s")],
    "unknown_filter.h5": [refused("the filter lz4")],
    "userblock1024.h5": [hdf5("/x")],
    "userblock8192.h5": [hdf5("/x")],
    # Images
    "cmyk_adobe.jpg": [pixels()],
    "cmyk_no_adobe.jpg": [pixels(), pixels("cmyk_adobe.jpg")],
    "good.jpg": [pixels()],
    "junk_between_segments.jpg": [pixels(), pixels("good.jpg")],
    "unknown_jfif.jpg": [pixels("good.jpg")],
    "zeros_before_end.jpg": [pixels(), pixels("good.jpg")],
    # NumPy and MATLAB
    "descr_float64.npy": [equals(numpy.load)],
    "float_0_255.npy": [equals(numpy.load)],
    "fortran.npy": [equals(numpy.load)],
    "mixed.mat": [equals(lambda path: scipy.io.loadmat(path)["X"], "--dataset", "X")],
    "mixed.npz": [equals(lambda path: numpy.load(path)["x"], "--dataset", "x")],
    # CSV
    "big_integers.csv": [equals(lambda path: pandas.read_csv(path).to_numpy(numpy.int64), "--to", "int64")],
    "control_character.csv": [csv()],
    "duplicate_text.csv": [csv()],
    "header_inf.csv": [csv()],
    "header_pandas_default.csv": [csv()],
    "header_years.csv": [csv()],
    "missing_NULL.csv": [csv()],
    "missing_hash.csv": [csv()],
    "missing_none.csv": [csv()],
    "missing_question.csv": [csv("--missing", "?", na_values="?")],
    "table.csv.gz": [csv(gzip_may_be_refused=True)],
}


class Wrong(Exception):
    pass


def require(holds, text):
    if not holds:
        raise Wrong(text)


def failure(tool, name):
    """Why a file is not read as it should be; None where it is."""
    try:
        for check in CASES[name]:
            check(tool, str(FOLDER / name))
    except (Wrong, Refused, AssertionError, KeyError) as error:
        return f"{name}: {error}"


def check_names(tool):
    """Names that are not UTF-8, of files and of what is in folders; not every file system has them."""
    folder = os.fsencode(tool.folder) + b"/classes"
    try:
        os.makedirs(folder + b"/caf\xe9")
    except OSError:
        return
    array = numpy.arange(3.0)
    with open(folder + b"/caf\xe9.npy", "wb") as file:
        numpy.save(file, array)
    require(same(tool.array(folder + b"/caf\xe9.npy"), array), "an .npy file is not read")
    with h5py.File(folder + b"/caf\xe9.h5", "w") as file:
        file["x"] = array
    require(same(tool.array(folder + b"/caf\xe9.h5"), array), "an HDF5 file is not read")
    shutil.copy(FOLDER / "good.jpg", folder + b"/caf\xe9/caf\xe9.jpg")
    tool.run("view", folder, "--output", os.path.join(tool.folder, "names.png"))


def main():
    tool = Tool(sys.argv[1])
    names = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".py")
    unknown = [name for name in names if name not in CASES]
    failures = [f"{name}: has no line in CASES" for name in unknown]
    failures += filter(None, (failure(tool, name) for name in names if name in CASES))
    try:
        check_names(tool)
    except (Wrong, Refused, AssertionError) as error:
        failures.append(f"names that are not UTF-8: {error}")
    print(f"{len(names)} files are compared with what the reference libraries read")
    if failures or not names:
        sys.exit("\n".join(failures) or "there are no files")


main()
