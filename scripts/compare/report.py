"""What was measured, as tables and files, and whether it is as it should be."""
import datetime
import os
import pathlib
import platform
import subprocess

from tasks import LIMIT, OURS, PEERS

# What a floor is multiplied by in a --check.
NOISE = 0.7


def disagreements(task, results):
    """Whoever came to another result than we did."""
    ours = next((r.get("result") for r in results if r["contender"] == OURS), None)
    for result in results:
        found = result.get("result")
        if ours is not None and found is not None and abs(found - ours) > 1e-4 * abs(ours):
            yield f"{task.name}: {result['contender']} finds {found}, and we {ours}"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def mebibytes(value):
    return "" if value is None else f"{value / (1 << 20):,.0f}"


def print_table(task, results):
    print(f"\n### {task.title}\n")
    print(f"| | workers | {task.unit}, median (least … largest) | against ours (least … largest) | first batch, ms "
          "| peak memory, MiB (added) |")
    print("|---|---|---|---|---|---|")
    for result in results:
        name = f"| {result['contender']} | {result['workers']} |"
        if "median" not in result:
            print(f"{name} — {result['error']} | | | |")
            continue
        figure = f"{number(result['median'])} ({number(result['min'])} … {number(result['max'])})"
        ratio = result.get("ratio")
        against = ""
        if ratio:
            against = f"{number(ratio['median'])} x ({number(ratio['min'])} … {number(ratio['max'])})"
            if ratio["median"] < 1:
                against += " **faster than we are**"
        first = "" if result["first_batch_ms"] is None else number(result["first_batch_ms"])
        memory = mebibytes(result["peak_bytes"])
        memory += f" ({mebibytes(result['added_bytes'])})" if memory else ""
        print(f"{name} {figure} | {against} | {first} | {memory} |", flush=True)


def print_summary(report):
    """One line for each task and number of workers: our figure, and how many times as long each peer takes."""
    names = [name for name in PEERS if any(r["contender"] == name for task in report["tasks"] for r in task["results"])]
    print("\n### All in one: our time, and how many times as long the others take\n")
    print("| | workers | ours | " + " | ".join(names) + " |")
    print("|---" * (3 + len(names)) + "|")
    for task in report["tasks"]:
        for workers in sorted({result["workers"] for result in task["results"]}):
            results = {r["contender"]: r for r in task["results"] if r["workers"] == workers}
            cells = [brief(results.get(name)) for name in names]
            ours = results.get(OURS, {}).get("median")
            if ours is not None and any(cells):
                print(f"| {task['title']} | {workers} | {number(ours)} {task['unit']} | " + " | ".join(cells) + " |")


def brief(result):
    if result is None:
        return ""
    if not result.get("ratio"):
        return "fails"
    cell = f"{number(result['ratio']['median'])} x"
    return f"**{cell}**" if result["ratio"]["median"] < 1 else cell


def machine():
    processor = platform.processor() or platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
        flags = next(line for line in lines if line.startswith("flags")).split()
        known = {"avx512f": " with AVX-512", "avx2": " with AVX2"}
        processor += next((name for flag, name in known.items() if flag in flags), "")
    except (OSError, StopIteration):
        pass
    revision = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    return {
        "processor": processor, "cores": os.cpu_count(), "system": platform.platform(),
        "python": platform.python_version(), "revision": revision.stdout.strip() or None,
        "date": datetime.date.today().isoformat(),
    }


def write_whole(path, write):
    """Writes beside the file, and renames."""
    path = pathlib.Path(path)
    part = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def failures(task, results):
    """What is wrong with the figures, or below its floor."""
    ours = [result for result in results if result["contender"] == OURS]
    if not ours or not all(r.get("median", 0) > 0 and r["min"] <= r["median"] <= r["max"] for r in ours):
        yield f"{task.name}: we have no figures: {ours}"
    for peer, floor in task.floors.items():
        result = next((r for r in results if (r["contender"], r["workers"]) == (peer, 0)), None)
        if result and not result.get("ratio"):
            yield f"{task.name}: there is no ratio to {peer}: {result.get('error')}"
        elif result and result["ratio"]["median"] < floor * NOISE:
            yield f"{task.name}: {result['ratio']['median']:.2f} x {peer} is below {NOISE} x {floor:.4g} x"


def check_shape(report):
    """Fails with a KeyError or an AssertionError where a program that reads the file would."""
    assert report["machine"].keys() >= {"processor", "cores", "system", "python", "revision", "date"}
    assert report["rounds"] > 0 and report["versions"] and report["tasks"]
    for task in report["tasks"]:
        assert task["title"] and task["unit"] and task["items"] and task["scale"] > 0
        assert {OURS} <= {result["contender"] for result in task["results"]}, task["name"]
        for result in task["results"]:
            assert result["workers"] in (0, 2) and (result["idiom"] or result["error"]), result
            if "error" not in result:
                assert 0 < result["min"] <= result["median"] <= result["max"] and result["rounds"] > 0, result
                assert result.keys() >= {"first_batch_ms", "peak_bytes", "added_bytes", "result"}, result
                assert result["contender"] in (OURS, LIMIT) or result["ratio"]["median"] > 0, result
