#!/usr/bin/env bash
# Measures the kernels beside NumPy, PyTorch and Python BatchUp, and prints a table of what was aimed at and reached.
# The Python packages go to an environment beside the build. Takes a few minutes; the machine should be idle.
set -euo pipefail
cd "$(dirname "$0")/.."
if python3 -c 'import ensurepip' 2>/dev/null; then source scripts/setup.sh; else source scripts/setup.sh python3-venv; fi

swift build -c release --product batchup >&2
peers=.build/peers
[ -x $peers/bin/python ] || python3 -m venv $peers
$peers/bin/pip install -q numpy scipy six joblib tables batchup==0.2.3 torch
exec $peers/bin/python scripts/kernel_targets.py "$(swift build -c release --show-bin-path)/batchup" "$@"
