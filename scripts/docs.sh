#!/usr/bin/env bash
# Builds the documentation of the libraries to .build-docs/documentation, where a warning is an error, and checks that
# every public symbol has some. `scripts/docs.sh serve` then shows it on port 8000, or on another one that follows.
set -euo pipefail
cd "$(dirname "$0")/.."
mode="${1:-}" port="${2:-8000}"
set -- # setup.sh would take them for names of packages
packages=(libopenmpi-dev openmpi-bin)
command -v python3 >/dev/null || packages+=(python3)
source scripts/setup.sh "${packages[@]}"

output=.build-docs/documentation
libraries=(BatchUp BatchUpFiles BatchUpImages BatchUpDatasets)
package=(swift package --scratch-path .build-docs)
mpi="${BATCHUP_MPI_PKG_CONFIG:-ompi-c}"
if pkg-config --exists "$mpi"; then
  libraries+=(BatchUpMPI)
  package+=(--traits MPI)
else
  echo "Without BatchUpMPI: there is no $mpi."
fi
targets=()
for library in "${libraries[@]}"; do targets+=(--target "$library"); done

rm -rf "$output" .build-docs/*/extracted-symbols
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
# What it says about building is much, and of no use when all is well.
BATCHUP_DOCS=1 "${package[@]}" --allow-writing-to-directory "$output" \
  generate-documentation "${targets[@]}" --output-path "$output" \
  --enable-experimental-combined-documentation --warnings-as-errors >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
python3 scripts/check_docs.py "${libraries[@]}"
echo "The documentation is in $output."
[ "$mode" != serve ] || python3 -m http.server --bind localhost --directory "$output" "$port"
