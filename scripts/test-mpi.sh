#!/usr/bin/env bash
# Builds with the trait MPI, and runs what several ranks do under mpirun: the same as one process, and an end with an
# error where a rank fails.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh libopenmpi-dev openmpi-bin procps

build=(--traits MPI --scratch-path .build-mpi)
swift build "${build[@]}" --product MPIFixture
swift build "${build[@]}" --product batchup
binaries="$(swift build "${build[@]}" --show-bin-path)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}

# Messages by shared memory alone: containers may lack what else Open MPI tries.
export OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none
ranks() {
  local count=$1
  shift
  local as_root=()
  [ "$(id -u)" -ne 0 ] || as_root=(--allow-run-as-root)
  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 timeout 60 mpirun -np "$count" "${as_root[@]}" --oversubscribe "$@"
}

for count in 1 2 3 4; do
  mkdir "$folder/$count"
  ranks "$count" "$binaries/MPIFixture" checks "$folder/$count"
done
for count in 2 3; do ranks "$count" "$binaries/MPIFixture" differences "$folder/$count"; done

# The tool: predictions with the bytes of one process, and losses that are the same again.
batchup="$binaries/batchup"
data=(--images "$folder/images.idx" --labels "$folder/labels.idx")
ranks 1 "$binaries/MPIFixture" images "$folder"
"$batchup" train "${data[@]}" --epochs 1 --hidden 8 --save "$folder/model" >/dev/null 2>&1
"$batchup" predict --model "$folder/model" "${data[@]}" --batch-size 16 --output "$folder/alone.npy" >/dev/null 2>&1
ranks 4 "$batchup" predict --mpi --model "$folder/model" "${data[@]}" --batch-size 16 --output "$folder/together.npy" \
  >/dev/null
cmp "$folder/alone.npy" "$folder/together.npy"
for run in first second; do
  ranks 3 "$batchup" train --mpi "${data[@]}" --epochs 2 --hidden 8 --batch-size 16 --save "$folder/$run" >/dev/null
done
cmp "$folder/first" "$folder/second"
echo "batchup predict --mpi: the bytes of one process; batchup train --mpi: the same classifier twice"

# A training of 3 ranks that is stopped or killed goes on with 3, and ends with the bits of one that was not; with 2 or one
# process, on the same samples.
options=("${data[@]}" --hidden 8 --batch-size 4)
train() {
  local count=$1
  shift
  ranks "$count" "$batchup" train --mpi "${options[@]}" "$@"
}
# Sends a signal to the processes that pkill finds, behind an epoch and its checkpoint, until that is within an epoch.
stop() {
  local checkpoint=$1 signal=$2 status
  shift 2
  for attempt in {1..12}; do
    rm -f "$checkpoint"
    train 3 --epochs 1000000 --checkpoint "$checkpoint" "${every[@]}" >"$folder/lines.txt" 2>"$folder/stopped.txt" &
    python3 scripts/mpi_checkpoints.py wait-for-epoch "$folder/lines.txt" $!
    pkill "-$signal" "$@.*--checkpoint $checkpoint"
    status=0
    wait $! || status=$?
    [ $status -ne 0 ] && [ $status -ne 124 ] || fail "$signal: the training has ended with $status: $(cat "$folder/stopped.txt")"
    ! python3 scripts/mpi_checkpoints.py is-within-an-epoch "$checkpoint" || return 0
  done
  fail "$signal: there is no checkpoint of the last step"
}
# Told to stop, all ranks by mpirun or one of them, they write how far they have come; killed, they have done so before.
every=()
stop "$folder/all" TERM -f "^mpirun "
stop "$folder/one" TERM -nf "^$batchup "
every=(--checkpoint-every 1)
stop "$folder/killed-rank" KILL -nf "^$batchup "
for checkpoint in all one killed-rank; do
  ! ranks 1 "$batchup" train --mpi "${options[@]}" --epochs 1 --checkpoint "$folder/$checkpoint" \
    >/dev/null 2>"$folder/refused.txt" || fail "a training of fewer epochs went on"
  epochs=$(($(sed -n 's/.* is in epoch \([0-9]*\) already.*/\1/p' "$folder/refused.txt" | head -1) + 1))
  train 3 --epochs $epochs --save "$folder/whole" --json >"$folder/whole.json"
  for count in 3 2 1; do
    cp "$folder/$checkpoint" "$folder/checkpoint"
    train $count --epochs $epochs --checkpoint "$folder/checkpoint" --save "$folder/resumed" --json >"$folder/resumed.json"
    [ $count -ne 3 ] || cmp "$folder/whole" "$folder/resumed"
    [ $count -eq 3 ] && kind=exactly || kind=nearly
    python3 scripts/mpi_checkpoints.py compare "$folder/whole.json" "$folder/resumed.json" $kind
  done
  echo "batchup train --mpi --checkpoint, $checkpoint: the same in epoch $epochs with 3 ranks, the same samples with 2 and 1"
done
! ranks 1 "$batchup" train --mpi "${options[@]}" --epochs $epochs --checkpoint "$folder/checkpoint" : \
  -np 1 "$batchup" train --mpi "${options[@]}" --epochs $epochs --checkpoint nowhere \
  >/dev/null 2>"$folder/other.txt" || fail "ranks went on from different checkpoints"
grep -q "rank 1 has another file of this name" "$folder/other.txt" || fail "$(cat "$folder/other.txt")"

! ranks 2 "$batchup" train --mpi "${options[@]}" --epochs 1 : -np 1 "$batchup" train --mpi "${options[@]}" --epochs 1 \
  --validation-count 7 >/dev/null 2>"$folder/other.txt" || fail "ranks trained on different numbers of samples"
grep -q "ranks: different calls, .* and validation on 7, .* on rank 2" "$folder/other.txt" || fail "$(cat "$folder/other.txt")"

# Ends with an error, on all ranks and within 20 seconds, and leaves no process behind.
must_fail() {
  local start=$SECONDS status=0
  ranks 4 "$binaries/MPIFixture" "$1" "$folder/$1" >"$folder/$1.txt" 2>&1 || status=$?
  [ $status -ne 0 ] || fail "$1: all ranks ended well"
  [ $((SECONDS - start)) -lt 20 ] || fail "$1: the ranks took $((SECONDS - start)) s to end"
  while pgrep -f "MPIFixture $1 $folder" >/dev/null; do
    [ $((SECONDS - start)) -lt 20 ] || fail "$1: some ranks are still there"
    sleep 0.1
  done
  echo "4 ranks, $1: all ended after $((SECONDS - start)) s with status $status"
}
mkdir "$folder/throwing" "$folder/throwing-together" "$folder/killed" "$folder/ending-early"
must_fail throwing
grep -q '^rank 3 of 4: failed: deliberately$' "$folder/throwing.txt" || fail "$(cat "$folder/throwing.txt")"
must_fail ending-early
grep -q 'expected wait as on rank 0, found end of MPIWorld.run on rank 3$' "$folder/ending-early.txt" ||
  fail "$(cat "$folder/ending-early.txt")"
must_fail killed
[ ! -e "$folder/killed/killed.npy" ] || fail "killed: a part of the file has appeared"
ranks 4 "$binaries/MPIFixture" throwing-together "$folder/throwing-together"
echo "4 ranks, throwing-together: all got the error, and no file is left"
