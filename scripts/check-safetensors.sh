#!/usr/bin/env bash
# Checks the safetensors files of BatchUpFiles with the format's own library: each reads what the other writes, and
# both refuse the same damaged files. The Python packages go to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/python.sh

swift build --product SafetensorsFixture
python_environment peers numpy safetensors
exec $python scripts/check_safetensors.py "$(swift build --show-bin-path)/SafetensorsFixture"
