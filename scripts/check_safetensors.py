"""Compares BatchUpFiles with the library `safetensors`, through the program of Tests/SafetensorsFixture.

    python check_safetensors.py PATH_TO_FIXTURE

Each check returns how much it has compared; comparing nothing is a failure, too.
"""

import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import safetensors
import safetensors.numpy

TYPES = {
    "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8, "U16": np.uint16, "I16": np.int16, "U32": np.uint32,
    "I32": np.int32, "U64": np.uint64, "I64": np.int64, "F16": np.float16, "F32": np.float32, "F64": np.float64,
}
SHAPES = [(), (3,), (2, 3), (2, 1, 3), (1, 2, 3, 2), (2, 1, 2, 1, 3), (0,), (2, 0), (0, 2, 3)]
MUTATIONS = 4000


def patterned(dtype, shape, step=167, start=129):
    """An array whose bytes are a known sequence."""
    count = math.prod(shape) * np.dtype(dtype).itemsize
    numbers = [i % 3 % 2 if dtype is np.bool_ else (i * step + start) % 256 for i in range(count)]
    return np.frombuffer(bytes(numbers), dtype).reshape(shape)


def metadata_of(path):
    with safetensors.safe_open(path, "np") as file:
        return file.metadata()


def require_equal(found, expected, what):
    """Both are arrays by name; NaNs are compared by their bits."""
    if found.keys() != expected.keys():
        sys.exit(f"{what}: other names: {sorted(found.keys() ^ expected.keys())}")
    for name, array in expected.items():
        other = found[name]
        if (other.dtype, other.shape, other.tobytes()) != (array.dtype, array.shape, array.tobytes()):
            sys.exit(f"{what}: tensor {name} is {other!r}, not {array!r}")
    return len(expected)


def check_what_swift_writes(fixture, folder):
    path = folder / "swift"
    subprocess.run([fixture, "write", path], check=True)
    expected = {
        f"{name}.{i}": patterned(dtype, shape) for name, dtype in TYPES.items() for i, shape in enumerate(SHAPES)}
    if metadata_of(path) != {"writer": "Swift", "ü \"\\\n": "\U0001F600"}:
        sys.exit(f"the metadata that Swift wrote are {metadata_of(path)}")
    return require_equal(safetensors.numpy.load_file(path), expected, "written by Swift")


def check_what_swift_reads(fixture, folder):
    """Swift writes what it has read; how it writes is known from the check above."""
    count = 0
    texts = [None, {}, {"a": "b"}, {"": "ü \"\\/\n", "\u0000": "\U0001F600"}]
    for i, metadata in enumerate(texts):
        path, copy = folder / "python", folder / "copy"
        arrays = {
            f"{name} {shape} ü\"": patterned(dtype, shape, step=2 * i + 1, start=i)
            for name, dtype in TYPES.items() for shape in SHAPES}
        safetensors.numpy.save_file(arrays, path, metadata)
        subprocess.run([fixture, "rewrite", path, copy], check=True)
        if (metadata_of(copy) or {}) != (metadata or {}):
            sys.exit(f"of the metadata {metadata} Swift makes {metadata_of(copy)}")
        count += require_equal(safetensors.numpy.load_file(copy), arrays, "read by Swift")
    safetensors.numpy.save_file({}, folder / "empty")
    subprocess.run([fixture, "rewrite", folder / "empty", copy], check=True)
    return count + 1 + require_equal(safetensors.numpy.load_file(copy), {}, "the empty file")


def header_and_data(rng):
    """A header, as a dictionary, and its data, for a few small tensors."""
    sizes = {"BOOL": 8, "U8": 8, "I16": 16, "BF16": 16, "F32": 32, "I64": 64, "F8_E4M3": 8, "F8_E5M2": 8}
    header = {"__metadata__": {"key": "value"}} if rng.random() < 0.3 else {}
    offset = 0
    for i in range(rng.randrange(4)):
        name = rng.choice(sorted(sizes))
        shape = [rng.choice([0, 1, 2, 3]) for _ in range(rng.randrange(3))]
        end = offset + math.prod(shape) * sizes[name] // 8
        header[f"t{i}"] = {"dtype": name, "shape": shape, "data_offsets": [offset, end]}
        offset = end
    return header, bytes(offset)


def mutated_file(rng):
    """A file with some damage, or none: to its numbers, its text, its lengths or its end."""
    header, data = header_and_data(rng)
    tensors = [member for name, member in header.items() if name != "__metadata__"]
    kind = rng.randrange(6)
    if kind == 1 and tensors:
        numbers = rng.choice(tensors)[rng.choice(["shape", "data_offsets"])]
        number = rng.choice([0, 1, 2, 3, 4, 8, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -1])
        if numbers and rng.random() < 0.8:
            numbers[rng.randrange(len(numbers))] = number
        else:
            numbers.insert(rng.randrange(len(numbers) + 1), number)
    if kind == 2 and tensors:
        member = rng.choice(tensors)
        key = rng.choice(sorted(member))
        value = rng.choice([None, {}, [], "F32", "F64", 1, [0], [0, 0], [0, 4], True, "delete"])
        if value == "delete":
            del member[key]
        else:
            member[key] = value
    text = json.dumps(header).encode()
    if kind == 3 and text:
        at = rng.randrange(len(text))
        pieces = [b"", bytes([rng.randrange(256)]), b"0", b"1", b",", b", ", b"}", b" ", b".0", b"e0", b"-0"]
        text = text[:at] + rng.choice(pieces) + text[at + 1 :]
    if kind == 4:
        data = rng.choice([data[:-1], data + b"\0"])
    length = len(text) if kind != 5 else max(0, len(text) + rng.choice([-len(text), -1, 1, 2, 2**27, 2**63]))
    return length.to_bytes(8, "little") + text + data


def library_verdict(contents):
    try:
        safetensors.deserialize(contents)
        return "whole"
    except safetensors.SafetensorError as error:
        return str(error)


def is_known_difference(contents, library, swift):
    """What we do otherwise on purpose: types that are not known are listed, no name may be there twice, and shapes
    whose rows cannot be counted are refused also where an axis of length 0 makes the tensor empty."""
    if swift == "whole":
        return "unknown variant" in library
    is_huge = any(str(number).encode() in contents for number in (2**63, 2**64 - 1))
    return library == "whole" and (
        swift.endswith("has the same name twice") or "has more than" in swift or is_huge and "too large" in swift)


def check_verdicts(fixture, folder):
    rng = random.Random(6)
    paths, contents = [], []
    for i in range(MUTATIONS):
        contents.append(mutated_file(rng))
        paths.append(folder / f"{i}")
        paths[-1].write_bytes(contents[-1])
    verdicts = []
    for start in range(0, MUTATIONS, 1000):
        run = subprocess.run([fixture, "verdicts", *paths[start : start + 1000]], check=True, capture_output=True)
        verdicts += run.stdout.decode().splitlines()
    if len(verdicts) != MUTATIONS:
        sys.exit(f"{len(verdicts)} verdicts on {MUTATIONS} files")
    whole = 0
    for file, swift in zip(contents, verdicts):
        library = library_verdict(file)
        whole += library == "whole"
        if (library == "whole") != (swift == "whole") and not is_known_difference(file, library, swift):
            sys.exit(f"{file!r}:\n  {library}\n  {swift}")
    if not MUTATIONS // 10 < whole < MUTATIONS * 9 // 10:
        sys.exit(f"{whole} of {MUTATIONS} files are whole: that compares nothing")
    return MUTATIONS


def main():
    fixture = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        for check in (check_what_swift_writes, check_what_swift_reads, check_verdicts):
            count = check(fixture, pathlib.Path(folder))
            if count == 0:
                sys.exit(f"{check.__name__} has compared nothing")
            print(f"{check.__name__}: {count} compared, safetensors {safetensors.__version__}")


main()
