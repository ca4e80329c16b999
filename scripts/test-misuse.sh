#!/usr/bin/env bash
# Checks that the compiler refuses what the types are meant to rule out: the lines of Tests/Misuse that say so, and no
# others.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

swift build --target BatchUp
build="$(swift build --show-bin-path)"
file=Tests/Misuse/Misuse.swift
output="$(swiftc -typecheck -swift-version 6 -I "$build/Modules" \
  -Xcc -fmodule-map-file="$build/CBatchKernels.build/module.modulemap" \
  -Xcc -fmodule-map-file="$build/CBatchUpSystem.build/module.modulemap" "$file" 2>&1)" || true
expected="$(grep -n '// refused$' "$file" | cut -d: -f1)"
refused="$(sed -n "s|^.*$(basename "$file"):\([0-9]*\):[0-9]*: error: .*|\1|p" <<<"$output" | sort -nu)"
if [ "$refused" != "$expected" ]; then
  echo "$output" >&2
  echo "The compiler refuses other lines of $file than expected:" >&2
  diff <(echo "$expected") <(echo "$refused") >&2
  exit 1
fi
echo "The compiler refuses the $(wc -l <<<"$expected") lines of $file that it should, and no others."
