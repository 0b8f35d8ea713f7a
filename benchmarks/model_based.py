"""Model-based searchers on NAS-Bench-201: the order of merit, and what they cost.

``python benchmarks/model_based.py merit`` (half an hour) gives the regret, in points of validation accuracy
below that of the best architecture, after some evaluations, each observing one of the published runs of 200
epochs. ``python benchmarks/model_based.py speed`` gives processor seconds beside the targets; how time and
memory grow, ``searcher_growth.py`` shows.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

import nasbench_sim as nbs

DATASETS = ("cifar10", "cifar100", "ImageNet16-120")
MERIT: list[tuple[str, dict[str, Any]]] = [
    ("random_search", {}),
    ("regularized_evolution", {}),
    ("local_search", {}),
    ("tpe", {}),
    ("optuna", {}),
    ("gaussian_process", {}),
    ("gaussian_process", {"acquisition": "ucb"}),
    ("gaussian_process", {"acquisition": "thompson"}),
    ("gaussian_process", {"kernel": "path"}),
    ("predictor_evolution", {}),
    ("predictor_evolution", {"predictor": "random_forest"}),
    ("predictor_evolution", {"predictor": "ridge"}),
    ("bananas", {}),
    ("gumbel_relaxation", {}),
]
TARGETS = {"gaussian_process": 60.0, "bananas": 600.0}


def merit(replicates: int, evaluations: int) -> None:
    table = nbs.load_table("nas-bench-201")
    print(f"mean regret (standard error), {replicates} replicates; seconds for all three data sets")
    halves = [50, 100, evaluations] if evaluations > 100 else [evaluations]
    print(f"{'':<48}" + "".join(f"{dataset:^{15 * len(halves)}}" for dataset in DATASETS))
    print(f"{'searcher':<48}" + "".join(f"{f'at {n}':>15}" for n in halves) * 3 + f"{'s':>8}")
    for name, hyperparameters in MERIT:
        cells, began = [], time.perf_counter()
        for dataset in DATASETS:
            task = nbs.Task(table, dataset=dataset)
            runs = nbs.run(
                name,
                task,
                budget=nbs.Budget(evaluations=evaluations),
                seeds=replicates,
                hyperparameters=hyperparameters,
            )
            regret = task.optimum - runs.incumbent_reported()
            for n in halves:
                spread = regret[:, n - 1].std(ddof=1) / np.sqrt(replicates)
                cells.append(f"{regret[:, n - 1].mean():.3f} ({spread:.3f})")
        seconds = time.perf_counter() - began
        print(
            f"{runs.searcher:<48}" + "".join(f"{cell:>15}" for cell in cells) + f"{seconds:>8.0f}", flush=True
        )


def speed() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    for name, target in TARGETS.items():
        began = time.process_time()
        nbs.run(name, task, budget=nbs.Budget(evaluations=150), seeds=100)
        seconds = time.process_time() - began
        print(
            f"{name}: 100 replicates x 150 evaluations in {seconds:.1f} s (target {target:.0f} s)", flush=True
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["merit", "speed"])
    parser.add_argument("--replicates", type=int, default=50)
    parser.add_argument("--evaluations", type=int, default=200)
    asked = parser.parse_args()
    if asked.what == "merit":
        merit(asked.replicates, asked.evaluations)
    else:
        speed()
