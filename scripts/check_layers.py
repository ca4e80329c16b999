"""Checks that modules, and the folders of Sources/BatchUp, know only those that stand above them.

The two lists below are the layers. A module is known by its import, a folder by the names of its types.
"""

import pathlib
import re
import sys

MODULES = """
  BatchUpSystem BatchUp BatchUpFiles BatchUpDatasets BatchUpImages BatchUpMPI BatchUpCLI
""".split()

# Kernels has functions that Arrays calls, on types of Arrays.
FOLDERS = "Progress Arrays Kernels Sampling Sources Iteration Delivery Workers Reduction".split()

# The only places that may import a module: folders, as parts of a path.
PLACES = {
    "CBatchKernels": "Kernels",
    "CBatchUpSystem": "BatchUpSystem",
    "Glibc": "BatchUpSystem",
    "Musl": "BatchUpSystem",
    "Darwin": "BatchUpSystem",
}

# What the kernels may include besides their own headers: nothing about files, processes or signals.
KERNEL_HEADERS = """
  arm_neon.h cblas.h float.h immintrin.h limits.h math.h stdatomic.h stdbool.h stddef.h stdint.h stdlib.h string.h
""".split()

IMPORT = re.compile(r"^\s*(?:@\w+ +|\w+ +)*import +(?:\w+ +)?(\w+)", re.MULTILINE)
INCLUDE = re.compile(r"^#include <(.+)>", re.MULTILINE)
MODIFIERS = r"(?:@\w+(?:\([^)]*\))?\s+|(?:public|package|internal|final|indirect)\s+)*"
DECLARATION = re.compile(rf"^{MODIFIERS}(?:struct|class|enum|protocol|actor|typealias) +(\w+)", re.MULTILINE)
TYPE_NAME = re.compile(r"(?<![.\w])[A-Z]\w*")


def code(path):
    """The text of a Swift file without comments, and without the literal parts of strings."""
    text = re.sub(r"//.*", "", path.read_text())
    return re.sub(r'"(?:\\.|[^"\\\n])*"', lambda m: " ".join(re.findall(r"\\\(([^()]*)\)", m[0])), text)


def module_violations(sources):
    for i, module in enumerate(MODULES):
        for path in sorted((sources / module).rglob("*.swift")):
            for name in IMPORT.findall(code(path)):
                if name in MODULES[i + 1 :]:
                    yield f"{path}: imports {name}, which stands below {module}"
                if name in PLACES and PLACES[name] not in path.parts:
                    yield f"{path}: imports {name}, which only {PLACES[name]} may"


def header_violations(kernels):
    for path in sorted(p for p in kernels.rglob("*") if p.suffix in (".c", ".h")):
        for name in INCLUDE.findall(path.read_text()):
            if name not in KERNEL_HEADERS:
                yield f"{path}: includes {name}, which is nothing for kernels"


def folder_violations(root):
    files = {path: code(path) for path in sorted(root.rglob("*.swift"))}
    folder = {path: path.relative_to(root).parts[0] for path in files}
    for unknown in sorted({f for f in folder.values() if f not in FOLDERS}):
        yield f"{root / unknown}: is none of the layers {' '.join(FOLDERS)}"
    declared = {name: folder[path] for path, text in files.items() for name in DECLARATION.findall(text)}
    for path, text in files.items():
        if folder[path] not in FOLDERS:
            continue
        below = FOLDERS[FOLDERS.index(folder[path]) + 1 :]
        for name in sorted(set(TYPE_NAME.findall(text))):
            if declared.get(name) in below:
                yield f"{path}: names {name} of {declared[name]}, which stands below {folder[path]}"


def main():
    sources = pathlib.Path("Sources")
    violations = [
        *module_violations(sources),
        *header_violations(pathlib.Path("CBatchKernels")),
        *folder_violations(sources / "BatchUp"),
    ]
    print("\n".join(violations), file=sys.stderr, end="\n" if violations else "")
    sys.exit(1 if violations else 0)


main()
