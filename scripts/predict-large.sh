#!/usr/bin/env bash
# Predicts over a mapped .npy file of 6 GiB (or as many as the first argument says) into another one, and prints the
# share of the machine's speed of reading the same file from the page cache, and the peak of resident memory.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh python3
swift build -c release --product batchup
exec python3 scripts/predict_large.py "$(swift build -c release --show-bin-path)/batchup" "${1:-6}"
