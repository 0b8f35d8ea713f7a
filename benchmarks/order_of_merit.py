"""The order of merit after 200 evaluations on NAS-Bench-201, held against the literature's, and why it is so.

Run ``python benchmarks/order_of_merit.py`` (CHEAP: minutes) or name searchers, as
``python benchmarks/order_of_merit.py bananas predictor_evolution --replicates 20`` (COSTLY: an hour).
Everything comes from the embedded table. An evaluation observes the 200-epoch validation accuracy, of one
published run (noise "run") or the mean of the runs (noise "mean"). Columns, in points of mean validation
accuracy:

chosen
    how far the architecture that observed best is below the best of the space, with its standard error;
visited
    the same of the truly best architecture that was evaluated: what is lost in the walk alone;
luck
    how far the observation of the chosen one is above its mean: what the noise of one run flatters it by.

The literature (White, Nolen, Savani, UAI 2021; White et al., BANANAS, AAAI 2021; Siems et al., 2020) finds
predictor-based and local search ahead of evolution, and evolution ahead of random search. The verdict holds
each pair against two standard errors of the difference. Measured with 300 replicates, 50 of the Gaussian
process: the order is the literature's on cifar10 and cifar100. On ImageNet16-120 the Gaussian process is
ahead, but local search by best improvement falls behind regularized evolution with the noise of one run
(0.81 against 0.59), and is level with it without (0.32 against 0.31). So the noise misleads it. It moves to
the luckiest of 24 observations, and that luck is then what all next neighbours must beat: "visited" loses as
much as "chosen" does. First improvement is ahead of evolution on all three data sets, with the noise and
without. The best searchers lose nearly everything in choosing: the Gaussian process visits architectures
0.05 below the best of ImageNet16-120, and ends with one that is 0.41 below, because it observed best.
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import nasbench_sim as nbs

DATASETS = ("cifar10", "cifar100", "ImageNet16-120")
EVALUATIONS = 200
CHEAP: list[tuple[str, dict[str, Any]]] = [
    ("random_search", {}),
    ("reinforce", {}),
    ("population_based_incremental_learning", {}),
    ("asng", {}),
    ("regularized_evolution", {}),
    ("tournament_evolution", {}),
    ("genetic_algorithm", {}),
    ("growing_evolution", {}),
    ("zero_cost_evolution", {}),
    ("simulated_annealing", {}),
    ("tabu_search", {}),
    ("local_search", {}),
    ("local_search", {"improvement": "first"}),
    ("tpe", {}),
    ("gaussian_process", {}),
]
COSTLY: list[tuple[str, dict[str, Any]]] = [
    ("gaussian_process", {"acquisition": "ucb"}),
    ("gaussian_process", {"acquisition": "thompson"}),
    ("gaussian_process", {"kernel": "path"}),
    ("predictor_evolution", {}),
    ("predictor_evolution", {"predictor": "random_forest"}),
    ("predictor_evolution", {"predictor": "ridge"}),
    ("bananas", {}),
    ("gumbel_relaxation", {}),
    ("optuna", {}),
]
# Ahead, behind; by name and hyperparameters as they are printed.
LITERATURE = [
    ("gaussian_process", "regularized_evolution"),
    ("bananas", "regularized_evolution"),
    ("predictor_evolution", "regularized_evolution"),
    ("local_search", "regularized_evolution"),
    ("local_search(improvement=first)", "regularized_evolution"),
    ("regularized_evolution", "random_search"),
]


class Outcome(NamedTuple):
    """What the replicates of one searcher lost, shape (R,) each."""

    chosen: NDArray[np.float64]
    visited: NDArray[np.float64]
    luck: NDArray[np.float64]


def outcome(which: Any, task: nbs.Task, replicates: int) -> Outcome:
    """Run a searcher, and tell the regret of what it chose from that of what it saw."""
    runs = nbs.run(which, task, budget=nbs.Budget(evaluations=EVALUATIONS), seeds=replicates)
    final = runs.final()
    chosen = task.reported[final["index"].to_numpy(dtype=int)]
    visited = np.where(runs.index >= 0, task.reported[runs.index], -np.inf).max(axis=1)
    return Outcome(task.optimum - chosen, task.optimum - visited, final["observed"].to_numpy() - chosen)


def show(outcomes: dict[tuple[str, str], Outcome], noise: str) -> None:
    """Print the searchers, best first by the mean over the data sets."""
    labels = list(dict.fromkeys(label for label, _ in outcomes))
    labels.sort(key=lambda label: sum(outcomes[label, dataset].chosen.mean() for dataset in DATASETS))
    print(f"\nnoise {noise!r}\n{'':40}" + "".join(f"  {dataset:^31}" for dataset in DATASETS))
    print(f"{'':40}" + "  chosen           visited   luck " * len(DATASETS))
    for label in labels:
        line = f"{label:40}"
        for dataset in DATASETS:
            chosen, visited, luck = outcomes[label, dataset]
            error = chosen.std(ddof=1) / np.sqrt(len(chosen))
            line += f"  {chosen.mean():6.3f} ± {error:5.3f}  {visited.mean():7.3f} {luck.mean():6.3f} "
        print(line)


def verdicts(outcomes: dict[tuple[str, str], Outcome]) -> None:
    """Say where each pair stands as the literature has it."""
    for ahead, behind in LITERATURE:
        told = []
        for dataset in DATASETS:
            if (ahead, dataset) in outcomes and (behind, dataset) in outcomes:
                one, other = outcomes[ahead, dataset].chosen, outcomes[behind, dataset].chosen
                difference = other.mean() - one.mean()
                error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
                word = "level" if abs(difference) < 2 * error else "ahead" if difference > 0 else "BEHIND"
                told.append(f"{dataset} {word} ({difference:+.3f} ± {error:.3f})")
        if told:
            print(f"  {ahead} against {behind}: " + ", ".join(told))


def main(names: list[str], replicates: int) -> None:
    listed = [one for one in CHEAP + COSTLY if one[0] in names] if names else CHEAP
    table = nbs.load_table("nas-bench-201")
    print(f"points of validation accuracy lost after {EVALUATIONS} evaluations, {replicates} replicates")
    for noise in ("run", "mean"):
        outcomes = {}
        for dataset in DATASETS:
            task = nbs.Task(table, dataset=dataset, noise=noise)
            for name, hyperparameters in listed:
                which = nbs.search.searcher(name, **hyperparameters)
                outcomes[which.label, dataset] = outcome(which, task, replicates)
        show(outcomes, noise)
        verdicts(outcomes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="searchers; CHEAP by default")
    parser.add_argument("--replicates", type=int, default=300)
    asked = parser.parse_args()
    main(asked.names, asked.replicates)
