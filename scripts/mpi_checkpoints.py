#!/usr/bin/env python3
"""What scripts/test-mpi.sh needs to know of trainings with checkpoints.

wait-for-epoch PATH PROCESS: until there is a line of an epoch in the output; fails where the process ends before.
is-within-an-epoch PATH: fails where an epoch has just ended.
compare WHOLE RESUMED KIND: whether two reports are of the same samples, and of the same losses: exactly or nearly.
"""

import json
import os
import pathlib
import struct
import sys
import time


def wait_for_epoch(path, process):
    while "\nepoch " not in pathlib.Path(path).read_text():
        os.kill(int(process), 0)
        time.sleep(0.001)


def is_within_an_epoch(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    sys.exit("unfinished" not in json.loads(header["__metadata__"]["training"])["progress"])


def compare(whole, resumed, kind):
    whole, resumed = (json.load(open(path))["epochs"] for path in (whole, resumed))
    assert len(whole) == len(resumed)
    for one, other in zip(whole, resumed):
        assert one["digests"] == other["digests"], (one, other)
        for key in ["loss", "validation_error"]:
            assert kind == "nearly" or one[key] == other[key], (key, one, other)
        assert abs(one["loss"] - other["loss"]) < 1e-3 * abs(one["loss"]) + 1e-3, (one, other)


{"wait-for-epoch": wait_for_epoch, "is-within-an-epoch": is_within_an_epoch, "compare": compare}[sys.argv[1]](*sys.argv[2:])
