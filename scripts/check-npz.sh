#!/usr/bin/env bash
# Exchanges .npz and CSV files with NumPy and Python through `batchup convert` and `batchup inspect`. NumPy goes to an
# environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --product batchup
python_environment numpy numpy
exec $python scripts/check_npz.py "$(swift build --show-bin-path)/batchup"
