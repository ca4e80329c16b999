#!/usr/bin/env bash
# Checks the files of data sets with Python's BatchUp: each opens what the other makes of small source files. The Python
# packages go to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --product ConversionFixture
python_environment peers-datasets numpy scipy tables six safetensors batchup==0.2.3
plugins=()
if command -v apt-get >/dev/null; then
  install_debian_packages hdf5-filter-plugin-blosc-serial
  plugins=(blosc)
fi
exec $python scripts/check_datasets.py "$(swift build --show-bin-path)/ConversionFixture" "${plugins[@]}"
