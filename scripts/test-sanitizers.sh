#!/usr/bin/env bash
# Runs the tests under the address and undefined-behaviour sanitizers together (the latter for the C code: Swift has none
# on Linux), and under the thread sanitizer. XCTest is left out because its own leaks would fail the leak check.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

export BATCHUP_STRESS_EPOCHS=300 BATCHUP_TREES=300

# The exhaustive checks of sources and samplers, and those of when numbers are drawn: one thread, no code of its own, and
# minutes here.
exhaustive='SourceConformance|SourceChecker|DrawTimes'
# What is resident, of which the sanitizers' own memory, freed memory that they keep included, is most.
resident='theMemoryOf'

# Limits on memory of which the sanitizers alone take more.
limited='MemoryLimitTests|aPoolUnderALimitOnMemory'

# C code that is not optimized at all takes minutes more to go through all lengths of all kernels.
optimized=(-Xcc -O1)

# One build folder for each, since they share no object files.
echo "-- address and undefined behaviour"
address=(--sanitize=address --scratch-path .build-address "${optimized[@]}"
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined -Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined)
scripts/run-tests.sh "${address[@]}" --skip "BatchUpCLITests|GoldenTests|$exhaustive|$resident|$limited"
# Foundation leaks where it reads empty files, lists bundles and decodes JSON, which only the tests of the command-line
# tool and those of the traces do.
ASAN_OPTIONS=detect_leaks=0 scripts/run-tests.sh --skip-build "${address[@]}" --filter 'BatchUpCLITests|GoldenTests' \
  --skip "$limited"

echo "-- thread"
# A process that ends would wait for other threads' reports for a second, longer than the tests of processes allow. The
# kernels, the readers of files, what makes data sets of them, and some long tests of samplers, sums and the tool start no
# threads, or only those that other tests start, too. The sanitizer itself dies of a limit on the size of files, which the
# tests of files that cannot be finished set.
TSAN_OPTIONS="atexit_sleep_ms=0 suppressions=$PWD/scripts/thread-sanitizer.supp" \
  scripts/run-tests.sh --sanitize=thread --scratch-path .build-thread "${optimized[@]}" \
  --skip "$exhaustive|$resident|$limited|GoldenTests|CBatchKernelsTests|BatchUpFilesTests|CannotBeFinishedIsNotThere" \
  --skip 'ConversionTests|SourceContentsTests|SourceDamageTests|DatasetsTests.CacheTests|ExampleTests|HelpTests' \
  --skip 'CompletionTests|BatchUpTests.StatisticsTests|NumPyWeightsTests|WeightedSamplerNumPyTests|ConstantMemoryTests'
