#!/usr/bin/env bash
# Checks the safetensors files of BatchUpFiles with the format's own library: each reads what the other writes, and
# both refuse the same damaged files. The Python packages go to an environment beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
if python3 -c 'import ensurepip' 2>/dev/null; then source scripts/setup.sh; else source scripts/setup.sh python3-venv; fi

swift build --product SafetensorsFixture
peers=.build/peers
[ -x $peers/bin/python ] || python3 -m venv $peers
$peers/bin/pip install -q numpy safetensors
exec $peers/bin/python scripts/check_safetensors.py "$(swift build --show-bin-path)/SafetensorsFixture"
