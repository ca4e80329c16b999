#!/usr/bin/env bash
# Compares decoded JPEG and PNG files with Pillow's pixels, and a sheet of `batchup view` with what it shows. Pillow goes
# to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
if python3 -c 'import ensurepip' 2>/dev/null; then source scripts/setup.sh; else source scripts/setup.sh python3-venv; fi

swift build --build-tests
pillow=.build/pillow
[ -x $pillow/bin/python ] || python3 -m venv $pillow
$pillow/bin/pip install -q numpy pillow

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
$pillow/bin/python scripts/check_images.py write "$files"
BATCHUP_PILLOW_FILES=$files swift test --skip-build --disable-xctest --filter PillowFilesTests
# Fails where the test did not run: then there is nothing to compare.
$pillow/bin/python scripts/check_images.py compare "$files"
$pillow/bin/python scripts/check_images.py view "$files" "$(swift build --show-bin-path)/batchup"
