#!/usr/bin/env bash
# Makes the golden files of NumPy's draws and sums again, which must be those in the repository except for the version of
# NumPy; exchanges .npy files with NumPy: all element types, byte orders, shapes, orders and format versions, both ways; and
# compares `batchup predict`, killed in the middle too, with NumPy's evaluation of the same model. NumPy goes to an
# environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --build-tests
python_environment numpy numpy

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
$python scripts/make_numpy_goldens.py "$files/goldens"
diff -r -I '^# NumPy ' Tests/Fixtures/numpy "$files/goldens"

$python scripts/check_numpy.py write "$files"
BATCHUP_NUMPY_FILES=$files scripts/run-tests.sh --skip-build --filter NumPyFilesTests
# Fails where the test did not run: then there are no files to compare.
$python scripts/check_numpy.py compare "$files"
$python scripts/check_numpy.py predict "$files" "$(swift build --show-bin-path)/batchup"
