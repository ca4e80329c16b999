#!/usr/bin/env bash
# Lets every parser read changed files, starting from Tests/Fuzzer/Corpus: `scripts/fuzz.sh [SECONDS [TARGET…]]`, 20
# seconds for each and all of them by default, two at a time. Fails on a crash, a contradiction, a hang or too much
# memory, and names the file that does it. FUZZ_SEED=0 goes another way each time, another number its own.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(uname)" != Linux ]; then
  echo "Swift's toolchains have libFuzzer on Linux only."
  exit 0
fi

export seconds=${1:-20} seed=${FUZZ_SEED:-1}
targets=("${@:2}")
[ $# -gt 1 ] || targets=($(ls Tests/Fuzzer/Corpus))
# That takes arguments for names of packages.
set --
source scripts/setup.sh

# Release, since debug builds are too slow; Swift's checks are there all the same, and the corpus is a debug test, too.
# Of several sanitizers, the compiler takes the last for coverage, too: so what libFuzzer needs is asked for by name.
# gold, the standard linker, warns of thousands of sections.
options=(-c release --scratch-path .build-fuzz --sanitize=fuzzer --sanitize=address
  -Xswiftc -sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table
  -Xswiftc -use-ld=lld -Xswiftc -enable-testing -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined
  -Xswiftc -Xclang-linker -Xswiftc -fsanitize=undefined)
export BATCHUP_FUZZER=1
swift build "${options[@]}" --product Fuzzer
export fuzzer=$(swift build "${options[@]}" --show-bin-path)/Fuzzer

export BATCHUP_FUZZ_FOLDER=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
trap 'rm -rf "$BATCHUP_FUZZ_FOLDER"' EXIT
export logs=.build-fuzz/logs found=.build-fuzz/found
mkdir -p $logs $found

# With the backtraces of Swift's runtime, a crash can hang. Freed memory is kept from reuse for a while, but not much of
# it, and new memory not filled, so that what is not written differs. Foundation leaks where it decodes JSON.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=quarantine_size_mb=16:max_malloc_fill_size=0:detect_leaks=0
export UBSAN_OPTIONS=print_stacktrace=1

fuzz() {
  local corpus=$BATCHUP_FUZZ_FOLDER/corpus-$1
  cp -r Tests/Fuzzer/Corpus/$1 "$corpus"
  if BATCHUP_FUZZ_TARGET=$1 "$fuzzer" "$corpus" -seed=$seed -max_total_time=$seconds -max_len=4096 -timeout=10 \
    -rss_limit_mb=640 -malloc_limit_mb=96 -use_value_profile=1 -print_final_stats=1 -artifact_prefix=$found/$1- \
    >$logs/$1.log 2>&1; then
    echo "$1: $(grep -o 'Done .*' $logs/$1.log), $(grep -o 'cov: [0-9]*' $logs/$1.log | tail -1)"
  else
    tail -60 $logs/$1.log
    echo "$1: FAILED; the log is $logs/$1.log; run again: BATCHUP_FUZZ_TARGET=$1 $fuzzer FILE"
    return 1
  fi
}
export -f fuzz
printf '%s\n' "${targets[@]}" | xargs -P 2 -I TARGET bash -c 'fuzz TARGET'
