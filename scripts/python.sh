# Sets up what building needs, as setup.sh does, and Python with environments beside the build. Other scripts source it.
set_up() { source scripts/setup.sh; } # Its arguments, and not the script's own, are names of packages.
if python3 -c 'import ensurepip' 2>/dev/null; then set_up; else set_up python3-venv; fi

# python_environment NAME PACKAGE… makes .build/NAME, or adds to it; $python is its interpreter.
python_environment() {
  python=.build/$1/bin/python
  # One that was interrupted while it was made has an interpreter without pip.
  "$python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear ".build/$1"
  "$python" -m pip install -q --disable-pip-version-check "${@:2}" >&2
}
