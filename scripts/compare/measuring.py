"""Contenders, each a process, and what they take."""
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

from tasks import COPY, LIMIT, OURS


class Contender:
    """A process that does one task."""

    def __init__(self, name, command, task, workers, folder):
        self.name, self.workers = name, workers
        # A copy counts bytes, of which an item of the task has so many.
        self.items_per_count = 1 / task.item_bytes if name == LIMIT else 1
        self.runs, self.error, self.idiom = {}, None, None
        threads = {key: "1" for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        self.log = tempfile.TemporaryFile()
        done = COPY if name == LIMIT else task.name
        self.process = subprocess.Popen(
            [*command, done, str(workers), folder], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            env=os.environ | threads | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""})

    def wait_until_ready(self):
        self.idiom = self.read().get("ready")
        self.memory_before = self.memory("VmRSS")
        try:
            # From here on, the peak is that of the task, and not of what prepared it.
            pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        except OSError:
            self.memory_before = None

    def run(self, number):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.read()
        if "seconds" in answer:
            self.runs[number] = answer
        return answer.get("seconds", 0)

    def read(self):
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": self.last_words()}
        self.error = self.error or answer.get("error")
        return answer

    def last_words(self):
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return f"ended with {self.process.wait()}" + (f": {lines[-1][:200]}" if lines else "")

    def memory(self, key):
        """In bytes; nothing where the system has no such files."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return None
        return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith(key)), None)

    def end(self):
        self.peak = self.memory("VmHWM")
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def times(self):
        """Seconds for each of what the task counts, by round."""
        counted = {number: run for number, run in self.runs.items() if number > 0}
        return {number: run["seconds"] / run["count"] / self.items_per_count for number, run in counted.items()}


def measure(task, commands, options, folder):
    """All contenders of a task, with what they measured."""
    contenders = [
        Contender(name, command, task, count, folder)
        for count in task.workers for name, command in commands if name != LIMIT or (count == 0 and task.item_bytes)]
    try:
        for contender in contenders:
            contender.wait_until_ready()
        spent = {}
        for number in range(options.rounds + 1):
            # Another one begins each time.
            start = number % len(contenders)
            for contender in contenders[start:] + contenders[:start]:
                # Whoever is slow has fewer rounds, but at least one that counts.
                if contender.error or number > 1 and spent[contender] > options.budget:
                    continue
                seconds = contender.run(number)
                spent[contender] = spent.get(contender, 0) + seconds
    finally:
        for contender in contenders:
            contender.end()
    return contenders


def spread(values):
    values = list(values)
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def results_of(task, contenders):
    ours = {c.workers: c.times() for c in contenders if c.name == OURS}
    results = []
    for contender in contenders:
        result = {"contender": contender.name, "workers": contender.workers, "idiom": contender.idiom}
        times = contender.times()
        if contender.error or not times:
            results.append(result | {"error": contender.error})
            continue
        result |= {"rounds": len(times)} | spread(seconds * task.scale for seconds in times.values())
        runs = [run for number, run in contender.runs.items() if number > 0]
        firsts = [run["first_batch"] for run in runs if run.get("first_batch") is not None]
        result["first_batch_ms"] = statistics.median(firsts) * 1e3 if firsts else None
        result["peak_bytes"] = contender.peak
        known = contender.peak is not None and contender.memory_before is not None
        result["added_bytes"] = max(contender.peak - contender.memory_before, 0) if known else None
        result["result"] = runs[-1].get("result")
        if contender.name not in (OURS, LIMIT):
            own = ours.get(contender.workers, {})
            ratios = [times[number] / own[number] for number in times if number in own]
            result["ratio"] = spread(ratios) if ratios else None
        results.append(result)
    return results
