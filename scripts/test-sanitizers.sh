#!/usr/bin/env bash
# Runs the tests under the address, thread and undefined-behaviour sanitizers (the last for the C kernels: Swift has
# none on Linux). XCTest is left out because its own leaks would fail the leak check.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

export BATCHUP_STRESS_EPOCHS=300

# One build folder for each, since they share no object files.
echo "-- address"
address=(--disable-xctest --sanitize=address --scratch-path .build-address)
swift test "${address[@]}" --skip 'BatchUpCLITests|GoldenTests'
# Foundation leaks where it reads empty files, lists bundles and decodes JSON, which only the tests of the command-line
# tool and those of the traces do.
ASAN_OPTIONS=detect_leaks=0 swift test --skip-build "${address[@]}" --filter 'BatchUpCLITests|GoldenTests'

echo "-- thread"
# What uses threads; the rest takes minutes here and shows nothing. The tests of processes have deadlines that the
# sanitizer's slow exits exceed; they pass with TSAN_OPTIONS=atexit_sleep_ms=0 on a quiet machine.
swift test --disable-xctest --sanitize=thread --scratch-path .build-thread \
  --filter 'Prefetched|DeliveryFailure|WorkerPool|WorkStream|PooledLoader|RandomMapped|StorageRecycler' \
  --filter 'SourceThreads|WeightedSampler|CBatchKernelsTests|BatchUpFilesTests'

echo "-- undefined behaviour"
swift test --disable-xctest --scratch-path .build-undefined \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
  -Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined
