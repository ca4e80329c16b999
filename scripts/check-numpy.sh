#!/usr/bin/env bash
# Exchanges .npy files with NumPy: all element types, byte orders, shapes, orders and format versions, both ways; and
# compares `batchup predict`, killed in the middle too, with NumPy's evaluation of the same model. NumPy goes to an
# environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
if python3 -c 'import ensurepip' 2>/dev/null; then source scripts/setup.sh; else source scripts/setup.sh python3-venv; fi

swift build --build-tests
numpy=.build/numpy
[ -x $numpy/bin/python ] || python3 -m venv $numpy
$numpy/bin/pip install -q numpy

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
$numpy/bin/python scripts/check_numpy.py write "$files"
BATCHUP_NUMPY_FILES=$files swift test --skip-build --disable-xctest --filter NumPyFilesTests
# Fails where the test did not run: then there are no files to compare.
$numpy/bin/python scripts/check_numpy.py compare "$files"
$numpy/bin/python scripts/check_numpy.py predict "$files" "$(swift build --show-bin-path)/batchup"
