#!/usr/bin/env bash
# Measures the kernels beside NumPy, PyTorch and Python BatchUp, and prints a table of what was aimed at and reached.
# The Python packages go to an environment beside the build. Takes a few minutes; the machine should be idle.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build -c release --product batchup >&2
python_environment peers numpy scipy six joblib tables batchup==0.2.3 torch
exec $python scripts/kernel_targets.py "$(swift build -c release --show-bin-path)/batchup" "$@"
