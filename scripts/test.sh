#!/usr/bin/env bash
# Sets up what is missing, then builds and runs all tests: debug, release, documentation, sanitizers, fuzzing, dependants,
# NEON under emulation.
# `scripts/test.sh quick` runs the debug tests alone.
set -euo pipefail
cd "$(dirname "$0")/.."
mode="${1:-}"
set -- # setup.sh would take it for the name of a package
source scripts/setup.sh

# Prints the name of what comes next; at the end, and where a step fails, all of them with their times.
steps=()
step() {
  note_time
  current="$*" started=$SECONDS
  printf '\n== %s\n' "$current"
}
note_time() { [ -z "${current:-}" ] || steps+=("$(printf '%5d s  %s' $((SECONDS - started)) "$current")"); }
summarize() {
  note_time
  printf '\n== %s\n' "Time: $SECONDS s"
  printf '%s\n' "${steps[@]}"
}
trap summarize EXIT

step "Formatting and layers"
scripts/lint.sh

step "Debug build and tests"
swift build --build-tests
scripts/run-tests.sh --skip-build
[ "$mode" != quick ] || exit 0

step "Documentation"
scripts/docs.sh

step "The library on the scalar kernels"
# Those of threads and processes, and of what sources have in common, do not depend on it.
CBATCHKERNELS_ISA=scalar scripts/run-tests.sh --skip-build --filter '^(BatchUpTests|BatchUpImagesTests)' \
  --skip 'SourceConformance|SourceChecker|RandomTree|WorkerPool|WorkerProcess|Prefetched|DeliveryFailure'

step "Files of NumPy"
scripts/check-numpy.sh

step "Images of Pillow"
scripts/check-images.sh

step "The manual"
scripts/check-manual.sh

step "Packages that depend on this one"
scripts/test-dependants.sh

step "Files that other libraries read and write"
scripts/check-safetensors.sh
scripts/check-hdf5.sh
scripts/check-datasets.sh
scripts/check-npz.sh
scripts/check-cases.sh

step "Full disks"
scripts/test-full-disk.sh

if [ "$(uname)" = Linux ]; then
  step "Faults from outside"
  scripts/test-faults.sh
fi

if command -v apt-get >/dev/null; then
  step "Ranks over MPI"
  scripts/test-mpi.sh
fi

step "What the compiler refuses"
scripts/test-misuse.sh

step "Kernels of other instruction sets"
scripts/test-baseline.sh
if [ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null; then scripts/test-neon.sh; fi

step "Sanitizers"
scripts/test-sanitizers.sh

step "Fuzzing of the parsers"
scripts/fuzz.sh 10

step "Release tests"
scripts/run-tests.sh -c release

step "Side by side with NumPy and Python's BatchUp"
scripts/compare.sh --quick --check --json .build/comparison.json --plot .build/comparison.svg
