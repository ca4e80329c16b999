#!/usr/bin/env bash
# Reads the test files of Pillow, libpng (PngSuite), libjpeg-turbo, HDF5, PyTables, h5py, SciPy, NumPy, pandas and
# statsmodels with `batchup` and with Python's libraries, and prints a table: read equal, refused, wrong. Not part of
# scripts/test.sh: it fetches 70 MB of Debian's source packages, and takes half an hour with a debug build.
#
#   scripts/check-corpora.sh [--list] [NAME=FOLDER…]     --list shows all that is not equal; folders replace the corpora
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

list=()
if [ "${1:-}" = --list ]; then list=(--list) && shift; fi
folder=$PWD/.build/corpora
python_environment corpora-python numpy h5py scipy pandas pillow tables statsmodels
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')

download() { (cd "$folder/$1.new" && apt-get "${sources[@]}" source -qq --download-only --tar-only "$2" >&2); }

# fetch_source PACKAGE: unpacks the upstream files of a Debian source package, once; a package that is not to be found is
# left out.
fetch_source() {
  [ -d "$folder/$1" ] && return
  mkdir -p "$folder/lists/partial" "$folder/$1.new"
  if [ ! -s "$folder/sources.list" ]; then
    apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
      'Created-By: Packages' 'Component: main' | sort -u >"$folder/sources.list"
    apt-get "${sources[@]}" update -q >&2
  fi
  # A mirror may lack what belongs to an update.
  if download "$1" "$1" || download "$1" "$1/$(. /etc/os-release && echo "$VERSION_CODENAME")"; then
    for archive in "$folder/$1.new"/*.tar.*; do tar -xf "$archive" -C "$folder/$1.new"; done
    mv "$folder/$1.new" "$folder/$1"
  else
    echo "$1: cannot be fetched" >&2
    rm -rf "$folder/$1.new"
  fi
}

corpora=("$@")
if [ $# = 0 ]; then
  sources=(-o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$folder/lists")
  for name in pillow libpng1.6 libjpeg-turbo hdf5 pytables libmatio pandas; do
    if command -v apt-get >/dev/null; then fetch_source "$name"; fi
    if [ -d "$folder/$name" ]; then corpora+=("$name=$folder/$name"); fi
  done
  for name in h5py scipy numpy statsmodels; do corpora+=("$name=$packages/$name"); done
fi
swift build --product batchup
exec "$python" scripts/check_corpora.py "$(swift build --show-bin-path)/batchup" "${list[@]}" "${corpora[@]}"
