#!/usr/bin/env bash
# Checks the NEON kernels against the scalar ones, emulated by QEMU where the machine is not AArch64. Not what
# OpenBLAS does: there is none among Debian's cross packages.
set -euo pipefail
cd "$(dirname "$0")/.."

emulator=() target=()
if [ "$(uname -m)" = aarch64 ]; then
  source scripts/setup.sh
else
  source scripts/setup.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static
  emulator=(qemu-aarch64-static)
  target=(--target=aarch64-linux-gnu --gcc-toolchain=/usr -fuse-ld=lld -static)
fi
# Swift's own clang, where it lies beside the compiler.
clang="$(dirname "$(readlink -f "$(command -v swift)")")/clang"
[ -x "$clang" ] || clang=clang

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sources=()
for file in CBatchKernels/src/*.c CBatchKernels/src/*/*.c; do grep -q '<cblas.h>' "$file" || sources+=("$file"); done
for optimisation in -O0 -O2; do
  "$clang" "${target[@]}" -std=gnu17 $optimisation -Wall -Wextra -ICBatchKernels/include -ICBatchKernels/src \
    Tests/NEON/*.c "${sources[@]}" -lm -o "$work/check_neon"
  "${emulator[@]}" "$work/check_neon"
done
