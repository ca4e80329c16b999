"""What `batchup` reads of files, for scripts that compare it with other libraries."""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image


class Refused(Exception):
    """The error of `batchup` in one line."""


class Tool:
    def __init__(self, path):
        self.path = path
        self.owner = tempfile.TemporaryDirectory()
        self.folder = self.owner.name

    def __getstate__(self):
        return {"path": self.path, "folder": self.folder}

    def run(self, *arguments):
        """The standard output. A status but 0 and 1, or an error of other than one line, is a fault of the tool."""
        run = subprocess.run([self.path, *arguments], capture_output=True, timeout=600)
        errors = run.stderr.decode(errors="backslashreplace").rstrip()
        if run.returncode not in (0, 1):
            raise AssertionError(f"status {run.returncode}: {arguments}: {errors}")
        if run.returncode == 1:
            if "\n" in errors or not errors.startswith("batchup: "):
                raise AssertionError(f"not one line: {errors!r}")
            raise Refused(errors.removeprefix("batchup: "))
        return run.stdout.decode(errors="backslashreplace")

    def members(self, path):
        """What is in a file, as `inspect` tells it."""
        return json.loads(self.run("inspect", "--json", path))["files"][0]["members"]

    def array(self, path, *options):
        """The only array, or that of `--dataset`."""
        output = os.path.join(self.folder, "array.npy")
        self.run("convert", path, output, "--force", *options)
        return numpy.load(output)

    def all_arrays(self, path):
        """All arrays of a file, by name; None where one of them cannot be converted."""
        output = os.path.join(self.folder, "arrays.npz")
        try:
            self.run("convert", path, output, "--force")
        except Refused:
            return None
        with numpy.load(output) as file:
            return {name: file[name] for name in file}

    def arrays(self, path):
        """All that can be arrays, by name, and the refusals of the others."""
        arrays, refusals = {}, {}
        for member in self.members(path):
            name = member["name"]
            # A name that starts as an option does.
            options = [f"--dataset={name}"] if (name or "").startswith("-") else ["--dataset", name]
            try:
                arrays[name] = self.array(path, *(options if name is not None else []))
            except Refused as error:
                refusals[name] = str(error)
        return arrays, refusals

    def pixels(self, path, width, height):
        """Red, green and blue of an image of that size, as it is shown: a sheet of it alone, on which it has its size."""
        side = max(width, height)
        folder = tempfile.mkdtemp(dir=self.folder)
        # Content tells the format.
        os.symlink(pathlib.Path(path).resolve(), os.path.join(folder, "image.png"))
        sheet = os.path.join(self.folder, "sheet.png")
        self.run("view", folder, "--count", "1", "--size", str(side), "--output", sheet)
        left, top = 6 + (side - width) // 2, 6 + (side - height) // 2
        return numpy.asarray(Image.open(sheet))[top:top + height, left:left + width]


def same(found, expected):
    """Equal elements of the same type and shape, whatever the byte order; NaNs are equal to each other."""
    expected = numpy.asarray(expected)
    if found.shape != expected.shape or found.dtype != expected.dtype.newbyteorder("="):
        return False
    return numpy.array_equal(found, expected, equal_nan=found.dtype.kind == "f")


def same_classes(found, expected):
    """Labels that tell the same texts apart."""
    if found.ndim != 1:
        return False
    pairs = set(zip(found.tolist(), expected))
    return len(found) == len(expected) and len(pairs) == len(set(found.tolist())) == len(set(expected))
