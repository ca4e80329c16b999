#!/usr/bin/env bash
# Fails every system call of the tool's commands and of fetching once, by a library that is preloaded (scripts/faults), and
# checks that each run ends with its results, whole, or with an error and without any. Linux only.
set -euo pipefail
cd "$(dirname "$0")/.."
set_up() { source scripts/setup.sh; } # Its arguments, and not the script's own, are names of packages.
set_up

swift build --product batchup
swift build --product FetchFixture
swift build --product ConversionFixture
shim=.build/fault-shim.so
clang -std=gnu17 -O1 -Wall -Wextra -Werror -shared -fPIC -o "$shim" scripts/faults/shim.c -ldl
exec python3 scripts/faults/check_faults.py "$shim" "$(swift build --show-bin-path)" "$@"
