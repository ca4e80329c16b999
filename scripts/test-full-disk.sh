#!/usr/bin/env bash
# Converts arrays onto disks without room for them, small file systems that only root may mount: each time, the result has
# to be status 1, one line with the system's reason on standard error, and no file. The tool has been built.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname)" != Linux ] || [ "$(id -u)" != 0 ]; then
  echo "skipped: only root can mount a file system here"
  exit 0
fi

tool="$(swift build --show-bin-path)/batchup"
work="$(mktemp -d)"
disk="$work/disk"
mkdir "$disk"
remove() {
  if mountpoint -q "$disk"; then umount "$disk"; fi
  rm -rf "$work"
}
trap remove EXIT

# Two million bytes that do not compress.
head -c 2000000 /dev/urandom > "$work/bytes"
case_count=0

# Converts to NAME on the disk, COUNT times, with the options that follow.
refuse() {
  local count="$1" name="$2" status
  shift 2
  for ((run = 0; run < count; run++)); do
    status=0
    "$tool" convert "$work/bytes" "$disk/$name" --shape "$elements" --type uint8 "$@" \
      > "$work/output" 2> "$work/errors" || status=$?
    if [ "$status" != 1 ] || [ "$(wc -l < "$work/errors")" != 1 ] || [ -s "$work/output" ] \
      || ! grep -q "$disk/$name: cannot be written: No space left on device" "$work/errors" \
      || [ -n "$(ls -A "$disk" | grep -v '^lost+found$')" ]; then
      echo "$name $* on $system: status $status"
      cat "$work/errors"
      ls -lA "$disk"
      exit 1
    fi
    case_count=$((case_count + 1))
  done
}

refuse_all() {
  refuse 2 x.h5
  refuse "$1" x.h5 --compress
  refuse 2 x.npz
  refuse 2 x.npz --compress
  refuse 2 x.npy
  refuse 2 x.safetensors
}

system="a tmpfs of 16 KiB"
if mount -t tmpfs -o size=16k none "$disk" 2> /dev/null; then
  # From a little more than the room to much more.
  for elements in 16400 20000; do refuse_all 2; done
  elements=2000000
  refuse_all 25
  umount "$disk"
else
  echo "skipped: $system cannot be mounted here"
fi

system="an ext4 of 1 MiB"
if command -v mkfs.ext4 > /dev/null && truncate -s 1M "$work/image" && mkfs.ext4 -q -O ^has_journal "$work/image" \
  && mount -o loop "$work/image" "$disk" 2> /dev/null; then
  elements=2000000
  refuse_all 10
  umount "$disk"
else
  echo "skipped: $system cannot be mounted here"
fi

echo "$case_count conversions onto full disks refused"
