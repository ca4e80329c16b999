#!/usr/bin/env bash
# Compares decoded JPEG and PNG files with Pillow's pixels, and a sheet of `batchup view` with what it shows. Pillow goes
# to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --build-tests
python_environment pillow numpy pillow

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
$python scripts/check_images.py write "$files"
BATCHUP_PILLOW_FILES=$files scripts/run-tests.sh --skip-build --filter PillowFilesTests
# Fails where the test did not run: then there is nothing to compare.
$python scripts/check_images.py compare "$files"
$python scripts/check_images.py view "$files" "$(swift build --show-bin-path)/batchup"
