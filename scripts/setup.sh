#!/usr/bin/env bash
# Installs the system packages that building and testing need; does nothing where they are there. Other scripts source
# it, with the names of further Debian packages as arguments.
set -euo pipefail

if ! command -v swift >/dev/null; then
  echo "There is no Swift toolchain on the PATH: install Swift 6.2 or later (https://swift.org/install), then run this again." >&2
  exit 1
fi

install_debian_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && ! [ -t 0 ]; }; then
      echo "These packages are missing, and this user cannot install them: ${missing[*]}" >&2
      echo "Ask an administrator for: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

case "$(uname)" in
  Linux)
    if ! command -v apt-get >/dev/null; then
      pkg-config --exists openblas zlib hdf5 matio libarchive libcrypto libcurl libjpeg libpng 2>/dev/null &&
        [ -e /usr/include/csv.h ] || {
        echo "Install the development packages of OpenBLAS, zlib, libcsv, HDF5, matio, libarchive, OpenSSL, libcurl," \
          "libjpeg-turbo and libpng, and pkg-config, then run this again." >&2
        exit 1
      }
    else
      install_debian_packages libopenblas-dev zlib1g-dev libcsv-dev libhdf5-dev libmatio-dev libarchive-dev libssl-dev \
        libcurl4-openssl-dev libjpeg-dev libpng-dev pkg-config "$@"
    fi
    ;;
  Darwin)
    # Homebrew keeps these out of the default search paths.
    for formula in openblas jpeg-turbo libarchive openssl curl; do
      if command -v brew >/dev/null && brew --prefix $formula >/dev/null 2>&1; then
        export PKG_CONFIG_PATH="$(brew --prefix $formula)/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
      fi
    done
    # libcsv has no .pc file that would tell where it is.
    if command -v brew >/dev/null; then
      export CPATH="$(brew --prefix)/include:${CPATH:-}" LIBRARY_PATH="$(brew --prefix)/lib:${LIBRARY_PATH:-}"
    fi
    pkg-config --exists openblas hdf5 matio libarchive libcrypto libcurl libjpeg libpng 2>/dev/null &&
      [ -e "$(brew --prefix 2>/dev/null)/include/csv.h" ] || {
      echo "Install what is missing, then run this again:" \
        "brew install openblas hdf5 libmatio libarchive openssl curl jpeg-turbo libpng libcsv pkgconf" >&2
      exit 1
    }
    ;;
esac
