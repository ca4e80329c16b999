#!/usr/bin/env bash
# Goes through a .npy file three times as large as a limit of memory (in MiB, the first argument; 96 unless told
# otherwise), in plain shuffled order and in blocks, each with nothing of the file in the page cache, and prints how many
# times as fast that is as reading each row when it is its turn, and the peaks of memory.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh python3
swift build -c release --product batchup
exec python3 scripts/larger_than_memory.py "$(swift build -c release --show-bin-path)/batchup" "${1:-96}"
