"""How time and memory grow with replicates, evaluations and the size of the table."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from measuring import Times, table, times
from searcher_growth import apart

import nasbench_sim as nbs
from nasbench_sim.plots import style

TITLE = "Growth"
RUNS = 2
SEARCHERS = ("random_search", "regularized_evolution", "local_search", "nsga_ii", "tpe", "gaussian_process")
SIZES = {"replicates": (100, 250, 640, 1600), "evaluations": (100, 250, 640, 1600)}
AT = {"replicates": 400, "evaluations": 400}
FEWER = {"tpe": 8, "gaussian_process": 40}  # replicates; and the second 640 evaluations at most
CHOICES = (4, 5, 6, 8, 10)  # of six positions each: 4,096 to a million architectures
FIGURE = Path(__file__).parents[1] / "growth.png"


def section() -> str:
    searching = [(name, axis, *_curve(name, axis)) for name in SEARCHERS for axis in SIZES]
    _draw(searching)
    rows = []
    for name, axis, sizes, seconds, megabytes in searching:
        slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        biggest = f"{seconds[-1]:.3g} s, {megabytes[-1]:.0f} MB"
        rows.append([name, axis, f"{sizes[0]:,} to {sizes[-1]:,}", f"{slope:.2f}", biggest])
    head = ("searcher", "growing", "from, to", "power", "at the largest")
    told = (
        f"The other of the two is {AT['replicates']} (of tpe and gaussian_process the replicates are "
        f"divided by {FEWER['tpe']} and {FEWER['gaussian_process']}). Each number is of a process of its "
        f"own; the time is the fastest of {RUNS}. The power is the slope in the figure: 1 is linear, "
        "less is start-up that is shared.\n"
    )
    figure = "![Time against replicates and evaluations](growth.png)\n"
    return f"{told}\n{figure}\n{table(head, rows)}\n{_tables()}"


def _curve(name: str, axis: str) -> tuple[list[int], list[float], list[float]]:
    sizes, seconds, megabytes = [], [], []
    for size in SIZES[axis]:
        asked = {**AT, axis: size}
        if name == "gaussian_process" and asked["evaluations"] > 640:
            continue
        replicates = max(2, asked["replicates"] // FEWER.get(name, 1))
        found = [apart(name, replicates, asked["evaluations"]) for _ in range(RUNS)]
        sizes.append(replicates if axis == "replicates" else asked["evaluations"])
        seconds.append(min(one[0] for one in found))
        megabytes.append(max(one[1] for one in found))
    return sizes, seconds, megabytes


def _draw(searching: list[tuple[str, str, list[int], list[float], list[float]]]) -> None:
    with style():
        figure, axes = plt.subplots(1, 2, figsize=(7, 3), sharey=True, layout="constrained")
        for ax, axis in zip(axes, SIZES, strict=True):
            for name, which, sizes, seconds, _ in searching:
                if which == axis:
                    ax.loglog(sizes, seconds, marker="o", markersize=3, label=name)
            ax.set_xlabel(axis)
        axes[0].set_ylabel("processor seconds")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        figure.savefig(FIGURE, dpi=150)
        plt.close(figure)


def _tables() -> str:
    rows = []
    for choices in CHOICES:
        space = nbs.SearchSpace("made", [list(range(choices))] * 6)
        random = np.random.Generator(np.random.Philox(0))
        columns = [
            (
                nbs.Column(metric=metric, dataset="made", source="made", **more),
                random.random(space.size) * 100,
            )
            for metric, more in (("val_accuracy", {}), ("train_time", {}))
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = nbs.save_table(nbs.Table("made", space, columns), Path(folder) / "made.h5", 1)
            first = Times(tuple(_first_answer(path) for _ in range(RUNS)))
            task = nbs.Task(nbs.load_table(path), dataset="made")
            budget = nbs.Budget(evaluations=400)
            search = times(lambda: nbs.run("regularized_evolution", task, budget=budget, seeds=400), RUNS)  # noqa: B023
            size = path.stat().st_size / 1e6
        rows.append([f"{space.size:,}", f"{size:.1f} MB", first, search])
    head = (
        "architectures",
        "two columns in a file",
        "opening it, first answer",
        "regularized_evolution, 400 x 400",
    )
    return table(head, rows)


def _first_answer(path: Path) -> float:
    code = (
        "import sys, json, time, nasbench_sim as n, h5py; b = time.process_time(); "
        "n.load_table(sys.argv[1]).query(5, 'val_accuracy', dataset='made'); "
        "print(json.dumps(time.process_time() - b))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))
