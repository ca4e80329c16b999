"""Does the same work in BatchUp for Swift and in the loaders that people know, in turn; see scripts/compare.sh.

Each contender is a process that prepares a task and then does it once whenever it is asked. In a round, all that take
part are asked one after the other, so that they meet the same machine; the first round warms up and does not count. A
ratio is the peer's time over ours of the same round and number of workers: above 1 we are faster.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import sys
import tempfile

import numpy as np
import photographs
from contender import pattern
from measuring import measure, results_of
from report import check_shape, disagreements, failures, machine, print_summary, print_table, write_whole
from tasks import LIMIT, OURS, PEERS, TASKS

# How often a task is measured before a --check fails.
ATTEMPTS = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", help="the executable ComparisonFixture")
    parser.add_argument("--peers", default="numpy,batchup", help=f"all, or some of {','.join(PEERS)}")
    parser.add_argument("--missing", action="append", default=[], help="PEER=WHY: a peer that could not be installed")
    parser.add_argument("--quick", action="store_true", help="fewer tasks and rounds: under five minutes")
    parser.add_argument("--rounds", type=int, help="that count (default: 7, and 3 with --quick)")
    parser.add_argument("--budget", type=float, help="seconds for a contender's runs of one task, at least two of them")
    parser.add_argument("--filter", default="", help="only the tasks whose names contain this")
    parser.add_argument("--json", help="also write the results to this file")
    parser.add_argument("--plot", help="also draw them, to this .svg, .pdf or .png file")
    parser.add_argument("--check", action="store_true", help="fail where a ratio is below its floor")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.budget = options.budget or (3 if options.quick else 20)
    peers = list(PEERS) if options.peers == "all" else options.peers.split(",")
    if unknown := [peer for peer in peers if peer not in PEERS]:
        parser.error(f"there is no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    tasks = [task for task in TASKS if options.filter in task.name and (task.quick or not options.quick)]
    if not tasks:
        parser.error(f"no task's name contains {options.filter!r}; there are {', '.join(task.name for task in TASKS)}")
    for path in filter(None, (options.json, options.plot)):
        if not os.access(pathlib.Path(path).absolute().parent, os.W_OK):
            parser.error(f"{path}: its folder does not exist or cannot be written to")
    missing = dict(reason.split("=", 1) for reason in options.missing)
    present = [peer for peer in peers if peer not in missing]

    report = {"machine": machine(), "rounds": options.rounds, "versions": {}, "missing": missing, "tasks": []}
    for peer in present:
        report["versions"][peer] = importlib.metadata.version(PEERS[peer])
    versions = ", ".join(f"{peer} {version}" for peer, version in report["versions"].items())
    print("%(processor)s, %(cores)s cores, %(system)s, Python %(python)s, revision %(revision)s, %(date)s"
          % report["machine"])
    print(versions)
    for peer, why in missing.items():
        print(f"{peer} is left out: {why}")
    contender = [sys.executable, str(pathlib.Path(__file__).with_name("contender.py"))]
    commands = [(OURS, [options.ours]), (LIMIT, [options.ours])] + [(peer, [*contender, peer]) for peer in present]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        if any(task.name.startswith("mapped") for task in tasks):
            np.save(f"{folder}/60000x784.npy", pattern(60_000, 784))
        if any(task.name.startswith("images") for task in tasks):
            photographs.make(f"{folder}/photographs")
        for task in tasks:
            for attempt in range(ATTEMPTS if options.check else 1):
                # A peer without such a task, or without workers there, has no line.
                contenders = [
                    contender for contender in measure(task, commands, options, folder)
                    if not (contender.error or "").startswith("LookupError: has no")]
                results = results_of(task, contenders)
                print_table(task, results)
                found = [*disagreements(task, results), *failures(task, results)]
                if not found:
                    break
                print(f"\nAttempt {attempt + 1} of {ATTEMPTS}: {'; '.join(found)}" if options.check else "")
            wrong += found if options.check else [*disagreements(task, results)]
            report["tasks"].append({
                "name": task.name, "title": task.title, "unit": task.unit, "floors": task.floors,
                "items": task.items, "item_bytes": task.item_bytes, "scale": task.scale, "results": results})
    print_summary(report)
    if options.json:
        write_whole(options.json, lambda path: path.write_text(json.dumps(report, indent=2) + "\n"))
        if options.check:
            check_shape(json.loads(pathlib.Path(options.json).read_text()))
    if options.plot:
        import plot

        write_whole(options.plot, lambda path: plot.draw(report, path))
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
