"""Time and memory of every searcher against replicates and evaluations.

Run ``python benchmarks/searcher_growth.py [searcher ...]``. Each measurement is a process of its own. A
column is the ratio to the one before, for twice the replicates or evaluations: 2 is linear, less is start-up
or work that many replicates share. Searchers named in SLOW are measured on fewer.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

SMALL = {"replicates": (125, 250, 500, 1000), "evaluations": (125, 250, 500, 1000)}
AT = {"replicates": 500, "evaluations": 500}
SLOW = {"bananas": 50, "predictor_evolution": 50, "gaussian_process": 10, "tpe": 5, "ppo_controller": 10}


def measure(name: str, replicates: int, evaluations: int) -> tuple[float, float]:
    """Give the seconds of a run and the most memory (MB) that its process had above an empty run's."""
    import nasbench_sim as nbs

    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    nbs.run(name, task, budget=nbs.Budget(evaluations=100), seeds=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    nbs.run(name, task, budget=nbs.Budget(evaluations=evaluations), seeds=replicates)
    seconds = time.perf_counter() - began
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def apart(name: str, replicates: int, evaluations: int) -> tuple[float, float]:
    """Measure in a process of its own, whose memory is its own."""
    call = [sys.executable, __file__, "--one", name, str(replicates), str(evaluations)]
    answer = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = json.loads(answer)
    return float(seconds), float(megabytes)


def growth(name: str) -> None:
    """Print both curves of a searcher."""
    factor = SLOW.get(name, 1)
    for axis, sizes in SMALL.items():
        shown = []
        last = None
        for size in sizes:
            numbers = {**AT, axis: size}
            replicates = max(2, numbers["replicates"] // factor)
            evaluations = numbers["evaluations"]
            seconds, megabytes = apart(name, replicates, evaluations)
            ratio = "" if last is None else f" (x{seconds / last:4.1f})"
            shown.append(f"{seconds:8.3f} s{ratio} {megabytes:5.0f} MB")
            last = seconds
        scale = f", {AT['replicates'] // factor} replicates" if axis == "evaluations" else f" / {factor}"
        label = scale if factor > 1 or axis == "evaluations" else ""
        print(f"{name:40} {axis}{label:18} " + " | ".join(shown))


def main(names: list[str]) -> None:
    import nasbench_sim as nbs

    print("replicates 125 to 1000 at 500 evaluations; evaluations 125 to 1000 at 500 replicates")
    for name in names or nbs.search.searchers():
        growth(name)
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(sys.argv[1:])
