#!/usr/bin/env python3
"""Makes the files that fuzzing starts from; needs NumPy, SciPy and Pillow. What fuzzing has found is beside them, under
names that begin with `found-`, and stays."""

import gzip
import io
import json
import pathlib
import struct

import numpy as np
import scipy.io
from PIL import Image

CORPUS = pathlib.Path(__file__).parent / "Corpus"
INT_MAX = 2**63 - 1


def put(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def npy_header(text, version=1):
    text = text.encode()
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text


def npy(descriptor, shape, data=b"", is_fortran=False, version=1):
    return npy_header(f"{{'descr': '{descriptor}', 'fortran_order': {is_fortran}, 'shape': {shape}, }}\n", version) + data


def make_npy():
    for name, array in {
        "float32": np.arange(6, dtype="<f4").reshape(2, 3),
        "int16-swapped": np.arange(6, dtype=">i2").reshape(3, 2),
        "float64-fortran": np.asfortranarray(np.arange(12.0).reshape(2, 3, 2)),
        "bool": np.array([True, False, True]),
        "scalar": np.array(7, dtype="u8"),
        "empty": np.zeros((0, 3), dtype="i1"),
        "rows-of-nothing": np.zeros((3, 0), dtype="f2"),
    }.items():
        file = io.BytesIO()
        np.save(file, array)
        put("npy", name, file.getvalue())
    put("npy", "version2", npy("<i4", "(2,)", bytes(8), version=2))
    put("npy", "version3", npy("|u1", "(1L, 2L)", bytes(2), version=3))
    put("npy", "size-int-max", npy("|u1", f"({INT_MAX},)"))
    put("npy", "size-overflows", npy("<f8", "(4294967296, 4294967296)"))
    put("npy", "size-overflows-but-0", npy("<f8", f"({INT_MAX}, {INT_MAX}, 0)"))
    put("npy", "length-overflows", npy("<f8", "(99999999999999999999,)"))
    put("npy", "many-rows-of-nothing", npy("<f4", f"({INT_MAX // 4}, 0)"))
    put("npy", "header-size-lies", npy("|u1", "(1,)", b"x", version=2)[:8] + b"\xff\xff\xff\xff{")
    put("npy", "object", npy_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"))


def npz(arrays, method=0):
    file = io.BytesIO()
    (np.savez_compressed if method else np.savez)(file, **arrays)
    return file.getvalue()


def changed(content, offset, new):
    return content[:offset] + new + content[offset + len(new) :]


def make_npz():
    small = {"x": np.arange(3, dtype="<i2")}
    put("npz", "two", npz({"x": np.arange(3, dtype="<f4"), "y": np.array([True, False])}))
    put("npz", "compressed", npz({"x": np.arange(6.0).reshape(2, 3)}, method=8))
    put("npz", "swapped-fortran", npz({"x": np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3))}))
    put("npz", "nothing", npz({}))
    stored = npz(small)
    directory = stored.index(b"PK\x01\x02")
    end = stored.index(b"PK\x05\x06")
    put("npz", "crc-lies", changed(stored, directory + 16, b"\1\2\3\4"))
    put("npz", "size-lies", changed(stored, directory + 24, b"\xff\xff\xff\x7f"))
    put("npz", "both-sizes-lie", changed(stored, directory + 20, b"\xff\xff\xff\x7f" * 2))
    put("npz", "offset-lies", changed(stored, directory + 42, b"\xff\xff\xff\x7f"))
    put("npz", "method-lies", changed(stored, directory + 10, b"\x08\0"))
    put("npz", "count-lies", changed(stored, end + 8, b"\xff\xff\xff\xff"))
    put("npz", "directory-lies", changed(stored, end + 16, b"\xff\xff\xff\xff"))
    put("npz", "name-length-lies", changed(stored, directory + 28, b"\xff\xff"))
    compressed = npz({"x": np.zeros(2000, dtype="<i2")}, method=8)
    directory = compressed.index(b"PK\x01\x02")
    put("npz", "inflates-to-less", changed(compressed, directory + 24, b"\0\0\1\0"))


def make_csv():
    for name, content in {
        "header": b"a,b\n1,2\n3,4\n",
        "numbers": b"1;2.5;-3e4\r\n4;;NA\r\n",
        "quotes": b'a,"b ""c"" d",e\n"1",2,"3\n4"\n',
        "tabs": b"\xef\xbb\xbfx\ty\n0x1p-3\tinf\n",
        "ragged": b"1,2\n3\n",
        "open-quote": b'a,"b\n1,2\n',
        "zero-byte": b"1,2\0,3\n",
        "huge-number": b"1e999,-1e-999,9999999999999999999999\n",
        "no-line-end": b"1,2",
        "empty-lines": b"\n\n1,2\n\n3,4\n\n",
    }.items():
        put("csv", name, content)


def checked(words):
    sum = 0xCBF29CE484222325
    for word in words:
        sum = (sum ^ word) * 0x100000001B3 & (2**64 - 1)
    return words + [sum]


def trailer(fingerprint, *records):
    words = checked([0x3170556863746142, len(fingerprint)] + fingerprint)
    for record in records:
        words += checked(list(record))
    return struct.pack(f"<{len(words)}Q", *words)


def make_partial_output():
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (3, 2)})
    front = header.getvalue() + np.arange(6, dtype="<f4").tobytes()
    for name, content in {
        "begun": front + trailer([1, 2], (0, 0), (0, 0)),
        "two-rows": front + trailer([1, 2], (2, 2), (1, 1)),
        "all-rows": front + trailer([1, 2], (2, 2), (3, 3)),
        "too-many-rows": front + trailer([1, 2], (0, 0), (1, 4)),
        "huge-row-count": front + trailer([1, 2], (0, 0), (1, 2**64 - 1)),
        "last-sequence-number": front + trailer([1, 2], (0, 0), (2**64 - 1, 1)),
        "other-fingerprint": front + trailer([1, 3, 5], (0, 0), (1, 1)),
        "no-trailer": front,
        "trailer-of-zeros": front + bytes(88),
        "no-header": bytes(len(front)) + trailer([1, 2], (0, 0), (1, 1)),
        "other-shape": npy("<f4", "(2, 1)", bytes(8)) + trailer([1], (1, 1), (2, 2)),
        "other-size-int-max": npy("|u1", f"({INT_MAX},)", bytes(8)),
        "trailer-alone": trailer([1, 2], (2, 2), (1, 1)),
        "trailer-without-fingerprint": trailer([], (2, 2), (1, 1)),
        "trailer-fingerprint-lies": struct.pack("<5Q", 0x3170556863746142, 64, 0, 0, 0),
    }.items():
        put("partial-output", name, content)


def idx(code, shape, data=b""):
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


def make_idx():
    for code, size in ((0x08, 1), (0x09, 1), (0x0B, 2), (0x0C, 4), (0x0D, 4), (0x0E, 8)):
        put("idx", f"type-{code}", idx(code, (2, 3), bytes(range(6 * size))))
    whole = idx(0x0B, (2, 3), bytes(range(12)))
    put("idx", "gzip", gzip.compress(whole, mtime=0))
    put("idx", "gzip-members", gzip.compress(whole[:9], mtime=0) + gzip.compress(whole[9:], mtime=0))
    put("idx", "gzip-stored", gzip.compress(whole, 0, mtime=0))
    put("idx", "gzip-of-zeros", gzip.compress(idx(0x08, (300, 300), bytes(90_000)), mtime=0))
    put("idx", "gzip-size-lies", gzip.compress(idx(0x08, (2**32 - 1, 2**20)), mtime=0))
    put("idx", "empty", idx(0x08, (0, 2**32 - 1)))
    put("idx", "size-overflows", idx(0x0E, (2**32 - 1,) * 3))
    put("idx", "size-overflows-but-0", idx(0x0E, (2**32 - 1,) * 3 + (0,)))
    put("idx", "rank-255", idx(0x08, (1,) * 255, b"x"))


def safetensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype, shape, start, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def make_safetensors():
    put("safetensors", "nothing", safetensors({}))
    put("safetensors", "two", safetensors(
        {"__metadata__": {"a": "b"}, "x": tensor("F32", [2, 1], 0, 8), "ü": tensor("BOOL", [2], 8, 10)}, bytes(9) + b"\1"))
    put("safetensors", "scalar", safetensors({"x": tensor("F64", [], 0, 8)}, bytes(8)))
    put("safetensors", "empty", safetensors({"x": tensor("I8", [0, 3], 0, 0), "y": tensor("U16", [1], 0, 2)}, bytes(2)))
    put("safetensors", "unknown-type", safetensors({"x": tensor("Q9", [3], 0, 5)}, bytes(5)))
    put("safetensors", "part-of-a-byte", safetensors({"x": tensor("F4", [2], 0, 1)}, bytes(1)))
    put("safetensors", "escapes", safetensors(b'{"\\u00e9\\ud83d\\ude00\\n":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} ', b"x"))
    put("safetensors", "length-lies", safetensors({}, length=2**64 - 1))
    put("safetensors", "length-is-the-limit", safetensors({}, length=100_000_000))
    put("safetensors", "size-overflows", safetensors({"x": tensor("F32", [2**62, 4], 0, 8)}, bytes(8)))
    put("safetensors", "size-overflows-but-0", safetensors({"x": tensor("F32", [INT_MAX, INT_MAX, 0], 0, 0)}))
    put("safetensors", "offset-overflows", safetensors({"x": tensor("Q9", [1], 0, INT_MAX)}))
    put("safetensors", "same-name-twice", safetensors(b'{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":1}'))
    put("safetensors", "deep", safetensors(b'{"x":' + b"[" * 300 + b"]" * 300 + b"}"))


def mat_element(code, content):
    return struct.pack("<II", code, len(content)) + content + bytes(-len(content) % 8)


def mat_variable(flags, shape, *rest):
    content = mat_element(6, struct.pack("<II", flags, 0)) + mat_element(5, struct.pack(f"<{len(shape)}i", *shape))
    return mat_element(14, content + mat_element(1, b"x") + b"".join(rest))


def make_mat():
    arrays = {
        "double": np.arange(6.0).reshape(2, 3),
        "logical": np.array([[True, False]]),
        "int16": np.arange(6, dtype="i2").reshape(1, 2, 3),
        "complex": np.array([[1 + 2j]]),
        "text": "abc",
        "cell": np.array([1.0, "b"], dtype=object),
        "struct": {"a": 1.0, "b": np.arange(2)},
        "empty": np.zeros((0, 3)),
    }
    for name, array in arrays.items():
        for is_compressed in (False, True):
            file = io.BytesIO()
            scipy.io.savemat(file, {"x": array}, do_compression=is_compressed)
            put("mat", name + ("-compressed" if is_compressed else ""), file.getvalue())
    file = io.BytesIO()
    scipy.io.savemat(file, {"first": {"a": 1.0}, "x": np.arange(3, dtype="u1")})
    put("mat", "several", file.getvalue())
    front = file.getvalue()[:128]
    put("mat", "stored-as-bytes", front + mat_variable(6, (1, 2), mat_element(2, b"\1\2")))
    put("mat", "size-overflows", front + mat_variable(6, (2**31 - 1,) * 3, mat_element(9, bytes(8))))
    put("mat", "size-overflows-but-0", front + mat_variable(6, (2**31 - 1,) * 3 + (0,), mat_element(9, b"")))
    put("mat", "size-of-numbers-lies", front + mat_variable(6, (1, 1), struct.pack("<II", 9, 2**32 - 8)))
    put("mat", "size-of-variable-lies", front + struct.pack("<II", 14, 2**32 - 8))


def encoded(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def exif_bytes(orientation, order="<"):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def make_images():
    pixels = (np.add.outer(np.arange(9) * 20, np.arange(13) * 7)[:, :, None] + np.array([0, 30, 60])).astype("u1")
    rgb = Image.fromarray(pixels)
    exif = b"Exif\0\0" + exif_bytes(6)
    for name, image, options in (
        ("rgb.jpg", rgb, {"format": "JPEG", "quality": 30, "exif": exif}),
        ("progressive.jpg", rgb, {"format": "JPEG", "quality": 30, "progressive": True}),
        ("gray.jpg", rgb.convert("L"), {"format": "JPEG", "quality": 30}),
        ("inks.jpg", rgb.convert("CMYK"), {"format": "JPEG", "quality": 30}),
        ("restarts.jpg", rgb, {"format": "JPEG", "quality": 30, "restart_marker_rows": 1}),
        ("rgb.png", rgb, {"format": "PNG", "exif": exif}),
        ("gray.png", rgb.convert("L"), {"format": "PNG"}),
        ("alpha.png", rgb.convert("RGBA"), {"format": "PNG"}),
        ("palette.png", rgb.convert("P", palette=Image.Palette.ADAPTIVE, colors=8), {"format": "PNG", "transparency": 1}),
        ("bits.png", rgb.convert("1"), {"format": "PNG"}),
        ("gray16.png", Image.fromarray(pixels[:, :, 0].astype("u2") * 257), {"format": "PNG"}),
    ):
        put("image", name, encoded(image, **options))
    huge = bytearray(encoded(rgb, format="PNG"))
    huge[16:24] = struct.pack(">II", 2**31 - 1, 2**31 - 1)
    put("image", "huge.png", bytes(huge))
    jpeg = encoded(rgb, format="JPEG", quality=30)
    frame = jpeg.index(b"\xff\xc0")
    put("image", "huge.jpg", jpeg[: frame + 5] + b"\xff\xff\xff\xff" + jpeg[frame + 9 :])


def make_exif():
    for orientation in (0, 1, 6, 8, 9):
        put("exif", f"little-endian-{orientation}", exif_bytes(orientation))
    put("exif", "big-endian", exif_bytes(3, ">"))
    put("exif", "directory-lies", b"II*\0" + struct.pack("<I", 2**32 - 1) + bytes(8))
    put("exif", "count-lies", b"II*\0" + struct.pack("<IH", 8, 2**16 - 1) + bytes(30))
    put("exif", "second-entry", b"MM\0*" + struct.pack(">IHHHIIHHIHHI", 8, 2, 0x010F, 2, 1, 0, 0x0112, 3, 1, 5, 0, 0))


def make_random_state():
    simple = {"key": [2**31] + [0] * 623, "position": 624}
    put("random-state", "simple", json.dumps(simple, separators=(",", ":")).encode())
    put("random-state", "normal", json.dumps({**simple, "position": 3, "cachedNormal": -0.5}, separators=(",", ":")).encode())
    for name, changes in {
        "only-zeros": {"key": [0] * 624},
        "too-few-words": {"key": [1, 2]},
        "position": {"position": 625},
        "negative-position": {"position": -1},
        "large-word": {"key": [2**32]},
    }.items():
        put("random-state", name, json.dumps({**simple, **changes}, separators=(",", ":")).encode())


def make_iteration_state():
    """Damaged ones; the others are written by the test of the corpus, with BATCHUP_MAKE_CORPUS=1."""
    state = json.loads((CORPUS / "iteration-state" / "endless-blocks").read_bytes())
    for name, changes in {
        "place-int-max": {"place": INT_MAX},
        "batches-int-max": {"batchCount": INT_MAX},
        "samples-int-max": {"sampleCount": INT_MAX},
        "negative-place": {"place": -1},
        "empty-batches": {"batchSize": 0},
        "no-order": {"order": {}},
        "other-version": {"version": 2},
        "empty-blocks": {"order": {"shuffled": {
            "seed": 1, "epoch": 0, "memory": {"blocks": {"_0": {"length": 0, "window": 1}}}}}},
        "blocks-int-max": {"order": {"shuffled": {
            "seed": 1, "epoch": 0, "memory": {"blocks": {"_0": {"length": INT_MAX, "window": INT_MAX}}}}}},
    }.items():
        put("iteration-state", name, json.dumps({**state, **changes}, separators=(",", ":")).encode())


def make_configuration():
    for name, text in {
        "paths": "[paths]\ndata_dir = /data\n",
        "colons-and-comments": "# a\n; b\n[paths]\n data_dir: /a\n  # between\n  b\n\n\n[other]\r\nx =\r\n",
        "default": "[DEFAULT]\ndata_dir=/a\n[DEFAULT]\nb=\n[paths]\n",
        "capitals": "[Paths]\nDATA_DIR = /x\n\u00c4 = \u0130\n",
        "many-lines": "[a]\nb = 1\n\t2\n\n   3\n  c = 4\n",
        "section-twice": "[a]\n[b]\n[a]\n",
        "option-twice": "[a]\nb=1\nB:2\n",
        "no-section": "data_dir = /x\n",
        "no-option": "[a]\nnothing\n= x\n",
        "brackets": "[a]b]c\n[]\n[\nx = [y]\n",
        "other-spaces": "[a]\n\u00a0b\u2003=\u3000c\x0b\n\x1c d\n",
    }.items():
        put("configuration", name, text.encode())
    put("configuration", "not-utf8", b"[a]\nb = \xff\n")


def message(*parts):
    content = b""
    for part in parts:
        content += struct.pack("<q", part) if isinstance(part, int) else struct.pack("<q", len(part)) + part
    return content


def make_worker_message():
    for name, parts in {
        "request-open": (0, 1, b"images", 2, b"a", b""),
        "request-load": (1, 1, 1, 7, 4096, 0, 3, 9),
        "request-load-without-region": (1, 1, 0, 0, 0, 0),
        "request-provide": (2, 7, 4096),
        "request-forget": (3, 2, 7, 8),
        "reply-ready": (0, 1),
        "reply-opened": (1, 100, 1, 2, b"Float", 4, b"Int32", 4),
        "reply-unknown-loader": (2, 2, b"a", b"bc"),
        "reply-failed": (3, b"\xff no"),
        "reply-too-small": (4, 4096),
        "reply-loaded": (5, 2, 2, 3, 2, 0, 1, 5, 64, 100, 0),
        "reply-loaded-nothing": (5, 1, 2, 0, 3, 0, 0, 1),
        "reply-loaded-outside": (5, 1, 1, 1024, 64, 0, 0),
        "reply-loaded-negative": (5, 1, 2, -2, -2, 0, 0, 0),
        "reply-loaded-size-overflows": (5, 1, 2, 2**62, 4, 0, 0, 0),
        "reply-loaded-size-overflows-but-0": (5, 1, 3, 2**62, 4, 0, 0, 0, 0),
        "count-lies": (2, INT_MAX),
        "negative-count": (3, -1),
        "reversed-run": (1, 1, 0, 0, 9, 3),
        "huge-run": (1, 1, 0, 0, -(2**63), INT_MAX),
    }.items():
        put("worker-message", name, message(*parts))
    put("worker-message", "request-load-narrow", message(1, 1, 0, 1, 3) + struct.pack("<3I", 5, 2, 2**32 - 1))
    put("worker-message", "request-load-wide", message(1, 1, 0, 2, 2) + struct.pack("<2Q", 5, 2**64 - 1))
    put("worker-message", "list-size-overflows", message(1, 1, 0, 2, 2**61))


if __name__ == "__main__":
    make_npy()
    make_npz()
    make_csv()
    make_partial_output()
    make_idx()
    make_safetensors()
    make_mat()
    make_images()
    make_exif()
    make_random_state()
    make_iteration_state()
    make_worker_message()
    make_configuration()
