"""Draws a report of compare.py: a panel for each task, a bar for each contender."""
import math
import textwrap

import matplotlib

matplotlib.use("agg")
matplotlib.rcParams["svg.fonttype"] = "none"
from matplotlib import pyplot  # noqa: E402

OURS, OTHERS = "#d95f02", "#7f8c9b"
COLUMNS = 2
# Characters in a line above a panel, and above all of them: there are more versions than fit into one.
TITLE_WIDTH, HEADING_WIDTH = 72, 150


def speed(task, result, figure):
    """In GB/s where the task delivers bytes; else in what it counts, a second."""
    per_second = task["scale"] / figure
    return per_second * task["item_bytes"] / 1e9 if task["item_bytes"] else per_second


def brief(value):
    for size, suffix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:.2g}" if value < 1 else f"{value:.3g}"


def draw_task(axes, task):
    results = [r for r in task["results"] if "median" in r]
    bars = [r for r in results if r["contender"] != "memcpy"]
    names = [r["contender"].replace("_", " ") + (f", {r['workers']} workers" if r["workers"] else "") for r in bars]
    speeds = [speed(task, r, r["median"]) for r in bars]
    # From the slowest to the fastest run.
    errors = [[s - speed(task, r, r["max"]) for s, r in zip(speeds, bars)],
              [speed(task, r, r["min"]) - s for s, r in zip(speeds, bars)]]
    colours = [OURS if r["contender"] == "batchup-swift" else OTHERS for r in bars]
    places = range(len(bars))
    axes.barh(places, speeds, xerr=errors, color=colours, height=0.7, error_kw={"elinewidth": 0.8, "ecolor": "#333333"})
    copies = [speed(task, r, r["median"]) for r in results if r["contender"] == "memcpy"]
    for copy in copies:
        axes.axvline(copy, color="#333333", linestyle="--", linewidth=1)
    largest = max([speed(task, r, r["min"]) for r in bars] + copies, default=1)
    logarithmic = bool(speeds) and largest / min(speeds) > 50
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(10 ** math.floor(math.log10(min(speeds)) - 0.3), largest * 8)
    else:
        axes.set_xlim(0, largest * 1.2)
    for place, result, value in zip(places, bars, speeds):
        end = speed(task, result, result["min"])
        axes.annotate(brief(value), (end, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
            bbox={"boxstyle": "square,pad=0.1", "color": "white"})
    axes.set_yticks(list(places), names, fontsize=8)
    axes.invert_yaxis()
    axes.tick_params(axis="x", labelsize=8)
    axes.set_title(textwrap.fill(task["title"], TITLE_WIDTH), fontsize=9, loc="left")
    what = "GB/s; dashed: memcpy in order" if task["item_bytes"] else f"{task['items']}/s"
    axes.xaxis.set_major_formatter(lambda value, _: brief(value))
    axes.minorticks_off()
    axes.set_xlabel(what + (", logarithmic" if logarithmic else ""), fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def draw(report, path):
    tasks = report["tasks"]
    rows = math.ceil(len(tasks) / COLUMNS)
    counts = [len(task["results"]) for task in tasks]
    heights = [0.9 + 0.2 * max(counts[row * COLUMNS:(row + 1) * COLUMNS]) for row in range(rows)]
    figure, axes = pyplot.subplots(
        rows, COLUMNS, figsize=(13, sum(heights) + 0.4), squeeze=False, constrained_layout=True,
        gridspec_kw={"height_ratios": heights})
    for place in range(rows * COLUMNS):
        if place < len(tasks):
            draw_task(axes.flat[place], tasks[place])
        else:
            axes.flat[place].set_visible(False)
    machine = report["machine"]
    versions = ", ".join(f"{peer.replace('_', ' ')} {version}" for peer, version in report["versions"].items())
    heading = f"Faster is longer. {machine['processor']}, {machine['cores']} cores, {machine['date']}; {versions}"
    figure.suptitle(textwrap.fill(heading, HEADING_WIDTH), fontsize=9)
    figure.savefig(path)
