"""Fails every system call of each command once, and looks at what is left.

    python3 check_faults.py SHIM FOLDER_OF_EXECUTABLES [--only TEXT] [--verbose]

For each command and each kind of call that it makes, the n-th of them fails, for every n and for each error that such a
call can give; the disk is full from the n-th write on; reads and writes are short or interrupted; and the process is
killed at the n-th call. A run may end with its results, whole, or with one line that says what is wrong, and then its
results are absent, or what they were before. It must not crash, hang, or leave partial files that no later run uses.
Where a run was killed, or can be resumed, the same command runs again without faults: it must end with the bytes of an
undisturbed run, and leave no partial files of the killed one.
"""

import argparse
import concurrent.futures
import dataclasses
import errno
import gzip
import http.server
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib

SECONDS = 60  # After so long, a run hangs.
FULL = "full from then on"
KILLED = "killed"
LOCK = ".batchup-lock"  # Stays where the system could not lock it, for the next run.

# What a call of each kind can fail with.
ERRORS = {
    "open": ("EMFILE", "EIO"), "read": ("EIO",), "write": ("ENOSPC", "EIO"), "sync": ("EIO",), "truncate": ("EIO",),
    "allocate": ("ENOSPC",), "rename": ("EACCES",), "remove": ("EACCES",), "stat": ("ESTALE",), "mkdir": ("EACCES",),
    "map": ("ENOMEM",), "lock": ("ENOLCK",), "list": ("EIO",), "resolve": ("EIO",), "close": ("EIO",), "seek": ("EIO",),
    "connect": ("ECONNREFUSED",), "send": ("EPIPE",), "receive": ("ECONNRESET",),
}
# What no call may be bothered by: 0 is a short transfer.
HARMLESS = {"open": ("EINTR",), "read": ("EINTR", 0), "write": ("EINTR", 0), "sync": ("EINTR",), "lock": ("EINTR",),
            "allocate": ("EOPNOTSUPP",)}
# The calls that change what is on the disk, before which the process is killed.
CHANGES = ("open", "write", "truncate", "allocate", "rename", "remove", "mkdir", "sync")


@dataclasses.dataclass
class Command:
    name: str
    arguments: list
    outputs: list
    # Puts the input files into a folder.
    prepare: object
    # Given again, it resumes from what is left.
    is_resumable: bool = False
    # Other libraries open or lock some of its files, and may give up where that is interrupted.
    has_foreign_files: bool = False


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def floats(count, seed=1):
    generator = random.Random(seed)
    return struct.pack(f"<{count}f", *(generator.random() for _ in range(count)))


def idx(shape, data):
    return bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", length) for length in shape) + data


def image_bytes(count, seed=2):
    return random.Random(seed).randbytes(count)


def png(side, seed):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + image_bytes(side, seed + row) for row in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Inputs:
    """The files that commands read, made once."""

    def __init__(self, folder, batchup, port):
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}/numbers.dat"
        folder.mkdir()
        self.write("a.npy", npy("<f4", (500, 16), floats(8000)))
        with zipfile.ZipFile(folder / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", npy("<f4", (500, 16), floats(8000)))
            archive.writestr("y.npy", npy("|u1", (500,), image_bytes(500)))
        self.write("a.csv", "".join(f"{i},{i * 0.5},{'ab'[i % 2]}\n" for i in range(200)).encode())
        images, labels = image_bytes(60 * 64), bytes(i % 3 for i in range(60))
        self.write("images.idx", idx((60, 8, 8), images))
        self.write("images.idx.gz", gzip.compress(idx((60, 8, 8), images), mtime=0))
        self.write("labels.idx", idx((60,), labels))
        self.write("images.npy", npy("|u1", (60, 8, 8), images))
        self.write("numbers.dat", image_bytes(70_000))
        for kind in ("cats", "dogs"):
            for i in range(2):
                self.write(f"photos/{kind}/{i}.png", png(12, 10 * i))
        for part, count in (("train", 12), ("t10k", 5)):
            self.write(f"mnist/{part}-images.gz", gzip.compress(idx((count, 28, 28), image_bytes(count * 784)), mtime=0))
            self.write(f"mnist/{part}-labels.gz", gzip.compress(idx((count,), bytes(9 - i % 10 for i in range(count))), mtime=0))
        self.run(batchup, "convert", "a.npz", "a.h5", "--compress")
        train = ("train", "--images", "images.idx", "--labels", "labels.idx", "--hidden", "4", "--batch-size", "16")
        self.run(batchup, *train, "--epochs", "1", "--save", "model")
        self.run(batchup, *train, "--epochs", "1", "--checkpoint", "first.checkpoint")

    def run(self, *command):
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def copying(self, *names):
        def prepare(folder):
            for name in names:
                source, target = (name if isinstance(name, tuple) else (name, name))
                target = folder / target
                target.parent.mkdir(parents=True, exist_ok=True)
                source = self.folder / source
                if source.is_dir():
                    shutil.copytree(source, target)
                else:
                    shutil.copyfile(source, target)
        return prepare


class Server(http.server.BaseHTTPRequestHandler):
    """Hands out files by ranges, with a validator."""

    protocol_version = "HTTP/1.1"
    folder = None

    def do_GET(self):
        data = (self.folder / self.path.lstrip("/")).read_bytes()
        first = int(self.headers["Range"].removeprefix("bytes=").split("-")[0]) if self.headers["Range"] else 0
        self.send_response(206 if first else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(data) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        try:
            self.wfile.write(data[first:])
        except OSError:
            pass

    def log_message(self, *_):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients go away where a call of theirs has failed."""


def commands(inputs, executables):
    batchup, fetch, conversion = (
        str(executables / name) for name in ("batchup", "FetchFixture", "ConversionFixture"))
    digest = subprocess.run(
        ["sha256sum", inputs.folder / "numbers.dat"], check=True, capture_output=True, text=True).stdout.split()[0]
    copying = inputs.copying
    train = [batchup, "train", "--images", "images.idx", "--labels", "labels.idx", "--hidden", "4", "--batch-size", "16",
             "--epochs", "2", "--checkpoint", "checkpoint", "--checkpoint-every", "3", "--save", "saved"]
    sources = [f"mnist/{part}-{kind}.gz" for part in ("train", "t10k") for kind in ("images", "labels")]

    def convert(source, target, *options, over=None):
        return Command(
            " ".join(["convert", source, target, *options]), [batchup, "convert", source, target, *options], [target],
            copying(source, *([(over, target)] if over else [])), has_foreign_files="h5" in source + target)

    def predict(images, *options):
        return Command(
            " ".join(["predict", images, *options]),
            [batchup, "predict", "--model", "model", "--images", images, "--output", "s.npy", "--batch-size", "16",
             *options],
            ["s.npy"], copying("model", images, "labels.idx"), is_resumable=True)

    return [
        convert("a.npy", "o.h5"), convert("a.npz", "o.h5", "--compress"),
        convert("a.h5", "o.npz", "--compress"), convert("a.h5", "o.npy", "--dataset", "/x"),
        convert("a.csv", "o.safetensors"), convert("images.idx.gz", "o.npy", "--force", over="a.npy"),
        convert("a.npy", "o.h5", "--force", over="a.h5"),
        predict("images.npy"), predict("images.idx.gz", "--labels", "labels.idx"),
        Command("train --checkpoint", train, ["saved"], copying("images.idx", "labels.idx"), is_resumable=True),
        Command(
            "train --checkpoint, resumed", train, ["saved"],
            copying("images.idx", "labels.idx", ("first.checkpoint", "checkpoint")), is_resumable=True),
        Command(
            "view FOLDER", [batchup, "view", "photos", "--size", "16", "--output", "sheet.png"], ["sheet.png"],
            copying("photos")),
        Command(
            "view FILE", [batchup, "view", "images.idx.gz", "--labels", "labels.idx", "--size", "8", "--output", "sheet.png"],
            ["sheet.png"], copying("images.idx.gz", "labels.idx")),
        Command(
            "fetch, downloading", [fetch, "data", inputs.address, digest], ["data/numbers.bin"], copying(),
            is_resumable=True, has_foreign_files=True),
        Command(
            "fetch, converting", [conversion, "fetch", "mnist", "data", *sources], ["data/mnist.h5"], copying("mnist"),
            is_resumable=True, has_foreign_files=True),
    ]


@dataclasses.dataclass
class Fault:
    kind: str
    number: int
    error: object
    is_sticky: bool = False

    def is_harmless(self, command):
        if command.has_foreign_files and self.kind in ("open", "lock"):
            return False
        return self.error in HARMLESS.get(self.kind, ())

    def environment(self):
        code = {0: 0, KILLED: -1}.get(self.error) if self.error in (0, KILLED) else getattr(errno, self.error)
        variables = {"FAULT_CALL": self.kind, "FAULT_AT": str(self.number), "FAULT_ERROR": str(code)}
        return variables | ({"FAULT_STICKY": "1"} if self.is_sticky else {})

    def __str__(self):
        error = "short" if self.error == 0 else self.error
        return f"{self.kind} {self.number}: {error}{' ' + FULL if self.is_sticky else ''}"


@dataclasses.dataclass
class Run:
    status: object  # None where it hangs.
    lines: list
    files: dict

    def said(self):
        return self.lines[-1] if self.lines else ""


class Checker:
    def __init__(self, shim, scratch):
        self.shim, self.scratch = shim, scratch

    def run(self, command, folder, fault=None, counts=None):
        environment = dict(os.environ, LD_PRELOAD=str(self.shim), FAULT_ROOT=str(folder), SWIFT_BACKTRACE="enable=no")
        environment.pop("BATCHUP_HOME", None)
        if fault:
            environment.update(fault.environment())
        if counts:
            environment["FAULT_COUNTS"] = str(counts)
        try:
            process = subprocess.run(
                command.arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return Run(None, [], {})
        said = process.stderr or (process.stdout if process.returncode else "")
        lines = [line for line in said.splitlines() if not line.startswith("batchup: note: ")]
        return Run(process.returncode, lines, self.files(command, folder))

    def files(self, command, folder):
        return {name: (folder / name).read_bytes() for name in command.outputs if (folder / name).exists()}

    def fresh(self, command):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch)).resolve()
        command.prepare(folder)
        return folder

    def whole(self, command):
        """What an undisturbed run leaves, and how many calls of each kind it makes."""
        folder, counts = self.fresh(command), self.scratch / "counts"
        run = self.run(command, folder, counts=counts)
        if run.status != 0 or set(run.files) != set(command.outputs):
            sys.exit(f"{command.name}: ends with {run.status} without any fault: {run.said()}")
        shutil.rmtree(folder)
        found = dict(line.split() for line in counts.read_text().splitlines())
        return run.files, {kind: int(count) for kind, count in found.items() if int(count) > 0}

    def verdict(self, command, fault, expected):
        """What is wrong, or None; and whether the run has failed."""
        folder = self.fresh(command)
        try:
            before = self.files(command, folder)
            run = self.run(command, folder, fault)
            if run.status is None:
                return f"hangs for {SECONDS} s", False
            if run.status == 0:
                return (None if run.files == expected else "ends well, with other results"), False
            if run.files not in (before, expected):
                return f"ends with {run.status} ({run.said()}), and has changed its results", True
            if run.status == -signal.SIGKILL and fault.error == KILLED:
                return self.problem_of_rerun(command, folder, expected), True
            return self.problem_of_failure(command, fault, folder, run, expected), True
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def problem_of_failure(self, command, fault, folder, run, expected):
        if run.status != 1:
            return f"ends with {run.status}: {run.said()}"
        if fault.is_harmless(command):
            return f"gives up: {run.said()}"
        if len(run.lines) != 1:
            return f"says {len(run.lines)} lines: {run.lines}"
        left = partial_files(folder)
        if left and fault.kind != "remove" and not fault.is_sticky:
            return f"gives up ({run.said()}), and leaves {left}"
        return self.problem_of_rerun(command, folder, expected) if command.is_resumable else None

    def problem_of_rerun(self, command, folder, expected):
        if not command.is_resumable and self.files(command, folder) == expected:
            return None  # It would refuse to replace them.
        again = self.run(command, folder)
        if again.status != 0 or again.files != expected:
            return f"run again, it ends with {again.status}: {again.said()}"
        left = [str(path.relative_to(folder)) for path in folder.rglob(".batchup-*")]
        return f"run again, it leaves {left}" if left else None


def partial_files(folder):
    return [str(path.relative_to(folder)) for path in folder.rglob(".batchup-*") if path.name != LOCK]


def faults(counts):
    for kind, count in counts.items():
        for error in ERRORS[kind] + HARMLESS.get(kind, ()):
            for number in range(1, count + 1):
                yield Fault(kind, number, error)
        for number in range(1, count + 1):
            if kind in ("write", "allocate"):
                yield Fault(kind, number, "ENOSPC", is_sticky=True)
            if kind in CHANGES:
                yield Fault(kind, number, KILLED)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shim", type=pathlib.Path)
    parser.add_argument("executables", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp()).resolve()
    server = QuietServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    executables = options.executables.resolve()
    inputs = Inputs(scratch / "inputs", executables / "batchup", server.server_port)
    Server.folder = inputs.folder
    checker = Checker(options.shim.resolve(), scratch)
    problems, total = [], 0
    print(f"{'command':44} {'calls':>6} {'runs':>6} {'errors':>6} {'wrong':>6}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command in commands(inputs, executables):
            if options.only not in command.name:
                continue
            expected, counts = checker.whole(command)
            cases = list(faults(counts))
            verdicts = list(pool.map(lambda fault: checker.verdict(command, fault, expected), cases))
            wrong = [(fault, problem) for fault, (problem, _) in zip(cases, verdicts) if problem]
            problems += [f"{command.name}: {fault}: {problem}" for fault, problem in wrong]
            gave_up = sum(has_failed for _, has_failed in verdicts)
            total += len(cases)
            print(f"{command.name:44} {sum(counts.values()):6} {len(cases):6} {gave_up:6} {len(wrong):6}", flush=True)
            if options.verbose:
                print("   ", counts)
                print("\n".join("    " + problem for problem in problems[-len(wrong):]) if wrong else "")
    shutil.rmtree(scratch)
    if problems:
        sys.exit("\n".join(problems))
    if total == 0:
        sys.exit("no command was tried")
    print(f"{total} runs with a fault: each ended with its results, whole, or with an error and without any")


if __name__ == "__main__":
    main()
