"""Does the order of searchers survive a surrogate? Search on NAS-Bench-201 and on models of samples of it.

Run ``python benchmarks/surrogate_order.py`` (minutes); it writes ``docs/images/surrogate-order.png``. On the
complete table and on surrogates fitted to 500, 2,000 and 5,000 of its members (three samples each), the same
searchers search for the validation accuracy on ImageNet16-120 with the noise of one run. ``regret`` is how
far the mean accuracy of what a searcher chose is below the best of its own table; ``truth`` is the same of
the chosen architecture in the complete table.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

import nasbench_sim as nbs

DATASET, METRIC = "ImageNet16-120", "val_accuracy"
SIZES = (500, 2_000, 5_000)
SAMPLES = 3
EVALUATIONS, SEEDS = 150, 200
SEARCHERS = (
    "random_search",
    "reinforce",
    "regularized_evolution",
    "genetic_algorithm",
    "simulated_annealing",
    "local_search",
    "tabu_search",
    "tpe",
)
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "surrogate-order.png"


def searched(table: nbs.Table, truth: np.ndarray) -> pd.DataFrame:
    """Run all searchers on a table, and judge what they chose by it and by the truth."""
    task = nbs.Task(table, dataset=DATASET, objective=METRIC)
    own = table.values(METRIC, dataset=DATASET)
    rows = []
    for name in SEARCHERS:
        runs = nbs.run(name, task, budget=nbs.Budget(evaluations=EVALUATIONS), seeds=SEEDS)
        chosen = runs.index[np.arange(SEEDS), runs.observed.argmax(axis=1)]
        rows.append(
            {
                "searcher": name,
                "regret": np.nanmax(own) - own[chosen].mean(),
                "truth": np.nanmax(truth) - truth[chosen].mean(),
            }
        )
    return pd.DataFrame(rows)


def study() -> pd.DataFrame:
    """Give a row a searcher, sample size and sample."""
    table = nbs.load_table("nas-bench-201")
    truth = table.values(METRIC, dataset=DATASET)
    parts = [searched(table, truth).assign(members=table.space.size, sample=0, kendall=1.0)]
    for size in SIZES:
        for sample in range(SAMPLES):
            order = np.random.Generator(np.random.Philox(sample)).permutation(table.space.size)
            few = table.sampled(order[:size], f"{size} members")
            like = nbs.surrogate(few, METRIC, dataset=DATASET, seed=sample)
            quality = like.provenance["surrogate"]["quality"][METRIC]["kendall"]
            parts.append(searched(like, truth).assign(members=size, sample=sample, kendall=quality))
            print(
                f"{size:,} members, sample {sample}: Kendall's tau on held-out members {quality:.3f}",
                flush=True,
            )
    return pd.concat(parts, ignore_index=True)


def drawn(frame: pd.DataFrame) -> None:
    """Draw the mean regret of each searcher on each table."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    columns = [*SIZES, int(frame["members"].max())]
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharex=True, layout="constrained")
    for ax, what in zip(axes, ("regret", "truth"), strict=True):
        means = frame.pivot_table(what, "searcher", "members")[columns]
        for name in means.sort_values(columns[-1]).index:
            ax.plot(range(len(columns)), means.loc[name], marker="o", markersize=4, label=name)
        ax.set_xticks(range(len(columns)), [*(f"{size:,}" for size in SIZES), "complete"])
        ax.set_xlabel("members that the surrogate was fitted to")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("below the best of the own table (points)")
    axes[1].set_ylabel("below the best of the complete table (points)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", frameon=False, fontsize=8)
    figure.savefig(PICTURE, dpi=100)


def main() -> None:
    """Run, print, draw."""
    frame = study()
    columns = [*SIZES, int(frame["members"].max())]
    for what in ("regret", "truth"):
        means = frame.pivot_table(what, "searcher", "members")[columns]
        print(f"\n{what}\n{means.sort_values(columns[-1]).round(2).to_string()}")
        complete = means[columns[-1]]
        for size in SIZES:
            each = frame[frame["members"] == size].pivot_table(what, "searcher", "sample")
            taus = each.corrwith(complete, method="kendall")
            print(f"{size:,} members: Kendall's tau with the complete order {taus.round(2).tolist()}")
    drawn(frame)


if __name__ == "__main__":
    main()
