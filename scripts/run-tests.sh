#!/usr/bin/env bash
# swift test, with as many tests at once as there are processors where the toolchain has an option for it. Elsewhere all
# start together, and one that has waited for a process or a server goes on when a thousand others have had their turn.
set -euo pipefail

width=--experimental-maximum-parallelization-width
if [[ $(swift test --help-hidden) == *$width* ]]; then set -- $width "$(getconf _NPROCESSORS_ONLN)" "$@"; fi
exec swift test --disable-xctest "$@"
