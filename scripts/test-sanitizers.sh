#!/usr/bin/env bash
# Runs the tests under the address, thread and undefined-behaviour sanitizers (the last for the C kernels: Swift has
# none on Linux). XCTest is left out because its own leaks would fail the leak check.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

# One build folder for each, since they share no object files.
for sanitizer in address thread; do
  echo "-- $sanitizer"
  swift test --disable-xctest --sanitize=$sanitizer --scratch-path .build-$sanitizer
done

echo "-- undefined behaviour"
swift test --disable-xctest --scratch-path .build-undefined \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
  -Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined
