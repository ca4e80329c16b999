#!/usr/bin/env bash
# Checks that only the kernels written for AVX2 and AVX-512 hold instructions with their registers, so that the others
# run on any x86-64 processor.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
[ "$(uname -m)" = x86_64 ] || exit 0

clang="$(dirname "$(readlink -f "$(command -v swift)")")/clang"
[ -x "$clang" ] || clang=clang
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

has_wide_registers() {
  "$clang" -std=gnu17 -O2 -S -ICBatchKernels/include -ICBatchKernels/src "$1" -o "$work/kernel.s" || exit 1
  grep -qE '%[yz]mm[0-9]' "$work/kernel.s"
}

count=0
for file in CBatchKernels/src/*.c CBatchKernels/src/*/*.c; do
  case "$file" in
    */avx2/* | */avx512/*)
      has_wide_registers "$file" || { echo "$file does not use the registers that it is for" >&2; exit 1; }
      ;;
    *)
      if has_wide_registers "$file"; then echo "$file needs AVX" >&2; exit 1; fi
      count=$((count + 1))
      ;;
  esac
done
echo "$count baseline files hold no AVX instruction."
