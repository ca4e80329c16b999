#!/usr/bin/env bash
# Checks the HDF5 and MATLAB files of BatchUpFiles with h5py, PyTables and SciPy: each reads what the other writes. The
# Python packages go to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --product SafetensorsFixture
swift build --product batchup
python_environment peers numpy safetensors h5py tables scipy
plugins=()
if command -v apt-get >/dev/null; then
  install_debian_packages hdf5-filter-plugin-blosc-serial
  plugins=(blosc)
fi
binaries="$(swift build --show-bin-path)"
exec $python scripts/check_hdf5.py "$binaries/SafetensorsFixture" "$binaries/batchup" "${plugins[@]}"
