#!/usr/bin/env bash
# Checks the formatting of all Swift and C sources, and that no layer knows one below it (scripts/check_layers.py);
# `scripts/lint.sh fix` formats. clang-format goes to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

python_environment format clang-format==18.1.8
c_sources() { find CBatchKernels Sources Tests scripts \( -name '*.c' -o -name '*.h' \) -print0; }
clang_format() { c_sources | xargs -0 .build/format/bin/clang-format "$@"; }
if [ "${1:-}" = fix ]; then
  swift format --in-place --parallel --recursive Sources Tests Package.swift
  clang_format -i
else
  swift format lint --strict --parallel --recursive Sources Tests Package.swift
  clang_format --dry-run --Werror
  python3 scripts/check_layers.py
fi
