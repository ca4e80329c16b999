#!/usr/bin/env bash
# Sets up what is missing, builds BatchUp and trains a classifier from its batches on data that needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

echo "Building (two or three minutes the first time)"
swift build -c release --product batchup
echo
"$(swift build -c release --show-bin-path)/batchup" train
echo
echo "Next: try your own images with \`swift run -c release batchup train --images FILE --labels FILE\` (IDX, gzip or not)," \
  "or read the examples in README.md."
