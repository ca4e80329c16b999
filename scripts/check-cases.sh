#!/usr/bin/env bash
# Reads the files of Tests/Fixtures/cases, which are out of the ordinary, with `batchup`, and compares with what NumPy,
# h5py, SciPy, pandas and Pillow read. These go to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --product batchup
python_environment cases numpy h5py scipy pandas pillow
$python scripts/check_cases.py "$(swift build --show-bin-path)/batchup"
