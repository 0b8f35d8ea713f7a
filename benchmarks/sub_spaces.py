"""Which operations to allow: the best of every subset of NAS-Bench-201's, and how soon it is found.

Run ``python benchmarks/sub_spaces.py`` (minutes); it writes ``docs/images/sub-spaces.png``. Each of the 31
subsets of the five operations, allowed at every edge, is a space of its own (`Table.restrict`). ``best`` is
the best mean validation accuracy on cifar100 (200 epochs) in it, ``found`` the mean of what searchers that
observe single runs have chosen after 100 evaluations, and ``soon`` the median evaluation that first came
within 0.5 points of the best of the subset.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

import nasbench_sim as nbs

DATASET, OBJECTIVE, REPORT = "cifar100", "val_accuracy", "val_accuracy"
SEARCHERS = ("regularized_evolution", "local_search", "random_search")
EVALUATIONS, SEEDS, NEAR = 100, 200, 0.5
SHORT = {
    "none": "none",
    "skip_connect": "skip",
    "nor_conv_1x1": "1x1",
    "nor_conv_3x3": "3x3",
    "avg_pool_3x3": "pool",
}
_WORTH = 65.0  # of the picture: without a convolution accuracies are below 60
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "sub-spaces.png"


def study() -> pd.DataFrame:
    """Give a row a subset and searcher."""
    table = nbs.load_table("nas-bench-201")
    operations = table.space.choices[0]
    rows = []
    for count in range(1, len(operations) + 1):
        for subset in itertools.combinations(operations, count):
            part = table.restrict(dict.fromkeys(table.space.positions, subset), name=" ".join(subset))
            truth = part.values(REPORT, dataset=DATASET)
            task = nbs.Task(part, dataset=DATASET, objective=OBJECTIVE, report=REPORT)
            label = "+".join(SHORT[one] for one in subset)
            for name in SEARCHERS:
                runs = nbs.run(name, task, budget=nbs.Budget(evaluations=EVALUATIONS), seeds=SEEDS)
                visited = np.arange(runs.index.shape[1]) < runs.length[:, None]
                values = np.where(visited, truth[np.maximum(runs.index, 0)], -np.inf)
                near = values >= truth.max() - NEAR
                soon = np.where(near.any(axis=1), near.argmax(axis=1) + 1, np.inf)
                observed = np.where(visited, runs.observed, -np.inf)
                chosen = runs.index[np.arange(SEEDS), observed.argmax(axis=1)]
                rows.append(
                    {
                        "subset": label,
                        "size": part.space.size,
                        "best": truth.max(),
                        "searcher": name,
                        "found": truth[chosen].mean(),
                        "soon": float(np.median(soon)),
                    }
                )
            print(label, flush=True)
    return pd.DataFrame(rows)


def drawn(frame: pd.DataFrame) -> None:
    """Draw the best of every subset with a convolution, and what searchers found in it."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    table = frame.pivot_table("found", ["subset", "size", "best"], "searcher").reset_index()
    table = table[table["best"] > _WORTH].sort_values(["best", "size"]).reset_index(drop=True)
    figure, ax = plt.subplots(figsize=(9, 6), layout="constrained")
    place = np.arange(len(table))
    ax.scatter(table["best"], place, color="black", marker="|", s=120, label="best of the subset")
    for name, marker in zip(SEARCHERS, "o^x", strict=True):
        ax.scatter(table[name], place, marker=marker, s=28, label=f"{name}, {EVALUATIONS} evaluations")
    ax.set_yticks(place, [f"{row.subset} ({row.size:,})" for row in table.itertuples()], fontsize=8)
    ax.set_xlabel("mean validation accuracy on cifar100 (%)")
    ax.grid(axis="x", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left")
    figure.savefig(PICTURE, dpi=90)


def main() -> None:
    """Run, print, draw."""
    frame = study()
    columns = ["best", "found", "soon"]
    wide = frame.pivot_table(columns, ["size", "subset"], "searcher")
    print(wide.round(2).to_string())
    whole = frame[frame["size"] == frame["size"].max()].set_index("searcher")["found"]
    for name in SEARCHERS:
        own = frame[frame["searcher"] == name]
        better = own[(own["size"] < own["size"].max()) & (own["found"] > whole[name])]
        listed = ", ".join(f"{row.subset} {row.found:.2f}" for row in better.itertuples()) or "none"
        print(f"{name} finds {whole[name]:.2f} in the whole space, and more in: {listed}")
    drawn(frame)


if __name__ == "__main__":
    main()
