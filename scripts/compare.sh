#!/usr/bin/env bash
# Does the same work in this library and in other loaders, in turn, and prints who takes how long. Builds ours, and makes
# an environment for the others beside the build: NumPy and Python's BatchUp; more with `--peers all`, or by name:
#
#     scripts/compare.sh
#     scripts/compare.sh --peers numpy,batchup,torch,torch_indexing,grain,mlx_data,tensorflow --json r.json --plot r.svg
#     scripts/compare.sh --quick --check     # under five minutes; fails where a ratio is below its floor
#
# The machine should be idle. `--help` lists the other options.
set -euo pipefail
arguments=("$@")
cd "$(dirname "$0")/.."
source scripts/python.sh
swift build -c release --product ComparisonFixture >&2

python_environment peers numpy pillow matplotlib scipy six joblib tables batchup==0.2.3

# Prints the packages that a peer needs; nothing where they are there already.
packages_of() {
  case $1 in
    torch) echo torch torchvision torchdata ;;
    torch_indexing) echo torch ;;
    grain) echo grain ;;
    mlx_data) echo mlx-data ;;
    tensorflow) echo tensorflow-cpu ;;
  esac
}
asked=numpy,batchup
for ((i = 0; i < ${#arguments[@]}; i++)); do
  case ${arguments[i]} in
    --peers) asked=${arguments[i + 1]:-} ;;
    --peers=*) asked=${arguments[i]#*=} ;;
  esac
done
[ "$asked" != all ] || asked=torch,torch_indexing,grain,mlx_data,tensorflow
missing=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for peer in ${asked//,/ }; do
  packages=$(packages_of "$peer")
  if [ -n "$packages" ] && ! python_environment peers $packages 2>"$log"; then
    missing+=(--missing "$peer=pip: $(grep -i error "$log" | tail -1 || true)")
  fi
done
$python scripts/compare/compare.py "$(swift build -c release --show-bin-path)/ComparisonFixture" \
  "${arguments[@]}" "${missing[@]}"
