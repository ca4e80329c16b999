#!/usr/bin/env bash
# Runs the tests under the address, thread and undefined-behaviour sanitizers (the last for the C kernels: Swift has
# none on Linux). XCTest is left out because its own leaks would fail the leak check.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

export BATCHUP_STRESS_EPOCHS=300

# The exhaustive checks of sources and samplers, and those of when numbers are drawn: one thread, no code of its own, and
# minutes here.
exhaustive='SourceConformance|SourceChecker|DrawTimes'

# One build folder for each, since they share no object files.
echo "-- address"
address=(--disable-xctest --sanitize=address --scratch-path .build-address)
swift test "${address[@]}" --skip "BatchUpCLITests|GoldenTests|$exhaustive"
# Foundation leaks where it reads empty files, lists bundles and decodes JSON, which only the tests of the command-line
# tool and those of the traces do.
ASAN_OPTIONS=detect_leaks=0 swift test --skip-build "${address[@]}" --filter 'BatchUpCLITests|GoldenTests'

echo "-- thread"
# A process that ends would wait for other threads' reports for a second, longer than the tests of processes allow. The
# kernels and the readers of files start no threads. The sanitizer itself dies of a limit on the size of files, which
# the last of these tests sets.
TSAN_OPTIONS="atexit_sleep_ms=0 suppressions=$PWD/scripts/thread-sanitizer.supp" \
  swift test --disable-xctest --sanitize=thread --scratch-path .build-thread \
  --skip "$exhaustive|GoldenTests|CBatchKernelsTests|BatchUpFilesTests|aFileThatCannotBeFinishedIsNotThere"

echo "-- undefined behaviour"
swift test --disable-xctest --scratch-path .build-undefined --skip "$exhaustive" \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
  -Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined
