"""Weight-sharing searches on digits: where they end, what collapses, and how a supernet ranks.

Run ``python benchmarks/live_weight_sharing.py`` with the extra ``[live]``: some twenty minutes on one core.
Every architecture that a search would have ended with is looked up in the table that was trained on the same
data, after every epoch: the anytime curve. A second table tells how well inherited weights rank cells, and
which of them, by size and depth, they rank too high: the performance gap and the sampling bias.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from scipy.stats import rankdata

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.plots.style import PALETTE

METHODS = ("darts", "darts_second_order", "gdas", "setn", "pc_darts", "drnas", "beta_darts")
LEARNING_RATE = 3e-3  # of the logits: ten times the published one, for searches of so few steps


def search(method: str, images: live.Images, training: live.SharedTraining, seed: int) -> live.Outcome:
    if method == "rsps":
        return live.train_supernet(images, training, seed=seed).outcome
    if method == "enas":
        return live.enas(images, training, steps=10, aggregated=5, seed=seed)
    channels = 8 if method == "pc_darts" else training.channels
    own = live.SharedTraining(epochs=training.epochs, channels=channels, cells=training.cells)
    return live.gradient_search(method, images, own, learning_rate=LEARNING_RATE, seed=seed)


def trajectories(images: live.Images, epochs: int, seeds: int) -> pd.DataFrame:
    """Give one row a method, seed and epoch, with table accuracies and what the cell is made of."""
    digits, published = nbs.load_table("nas-bench-201-digits"), nbs.load_table("nas-bench-201")
    training = live.SharedTraining(epochs=epochs, channels=4, cells=2)
    parts = []
    for method in (*METHODS, "rsps", "enas"):
        for seed in range(seeds):
            found = search(method, images, training, seed)
            frame = found.trajectory[["epoch", "index", "skips", "seconds"]].assign(method=method, seed=seed)
            index = frame["index"].to_numpy()
            frame["pools"] = digits.space.count(index, "avg_pool_3x3")
            frame["digits"] = digits.query(index, "test_accuracy")
            frame["cifar10"] = published.query(index, "val_accuracy", dataset="cifar10")
            parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def depth(ops: np.ndarray) -> np.ndarray:
    """Give the most convolutions on a way through each cell of ops (n, 6); -inf where there is no way."""
    first, second, inner, third, short, last = np.array([-np.inf, 0, 1, 1, 0])[ops].T
    to_two = np.maximum(second, first + inner)
    return np.max([third, first + short, to_two + last], axis=0)


def ranking(images: live.Images, epochs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give how inherited accuracies agree with the table, for all and by size and depth, and each cell's own.

    ``bias`` is by how much the supernet ranks a group too high, in percent of all cells: the sampling bias.
    """
    table = nbs.load_table("nas-bench-201-digits")
    classes = np.unique(table.space.canonical(table.space.all_indices()))
    drawn = np.random.default_rng(0).choice(classes, 400, replace=False)
    truth, size = table.query(drawn, "test_accuracy"), table.space.params(drawn)
    third = np.digitize(size, np.quantile(size, [1 / 3, 2 / 3]))
    deep = depth(table.space.ops(drawn))
    groups = {"all": third >= 0, "smallest third": third == 0, "largest third": third == 2}
    groups |= {"depth 0 or 1": deep <= 1, "depth 2": deep == 2, "depth 3": deep == 3}
    rows, parts = [], []
    for length in (epochs, 4 * epochs):
        training = live.SharedTraining(epochs=length, batch=32, learning_rate=0.1, channels=4, cells=1)
        trained = live.train_supernet(images, training)
        inherited = trained.accuracy(drawn)
        higher = 100 * (rankdata(inherited) - rankdata(truth)) / len(drawn)
        own = pd.DataFrame({"index": drawn, "inherited": inherited, "table": truth, "bias": higher})
        parts.append(own.assign(epochs=length, depth=np.clip(deep, 1, 3).astype(int)))
        for name, kept in groups.items():
            row = nbs.analysis.rank_correlation(inherited[kept], truth[kept])
            means = own.loc[kept, ["inherited", "table", "bias"]].mean()
            rows.append({"epochs": length, "cells": name, **means, **row})
        row = nbs.analysis.rank_correlation(inherited, size)
        rows.append({"epochs": length, "cells": "against params", **row})
    return pd.DataFrame(rows), pd.concat(parts, ignore_index=True)


def draw_trajectories(frame: pd.DataFrame, label: str, *columns: str) -> Figure:
    """Draw columns over the epochs, one panel a method: a thin line a seed, a thick one for their mean."""
    figure, axes = plt.subplots(3, 3, figsize=(9, 7), sharex=True, sharey=True, layout="constrained")
    for ax, (method, own) in zip(axes.flat, frame.groupby("method", sort=False), strict=True):
        for color, column in zip(PALETTE, columns, strict=False):
            for _, one in own.groupby("seed"):
                ax.plot(one["epoch"], one[column], color=color, linewidth=0.6, alpha=0.5)
            mean = own.groupby("epoch")[column].mean()
            ax.plot(mean.index, mean, color=color, linewidth=2, label=column)
        ax.set_title(str(method), fontsize=10)
    if len(columns) > 1:
        axes[0, 0].legend(fontsize="small")
    figure.supxlabel("epoch", fontsize=10)
    figure.supylabel(label, fontsize=10)
    return figure


def draw_ranking(cells: pd.DataFrame, ranks: pd.DataFrame) -> Figure:
    """Draw inherited against table accuracies by depth, and by how much groups are ranked too high."""
    lengths = cells["epochs"].unique()
    figure, axes = plt.subplots(1, len(lengths) + 1, figsize=(12, 4), layout="constrained")
    for ax, length in zip(axes, lengths, strict=False):
        own = cells[cells["epochs"] == length]
        for color, (deep, some) in zip(PALETTE, own.groupby("depth"), strict=False):
            label = "depth 0 or 1" if deep == 1 else f"depth {deep}"
            ax.scatter(some["table"], some["inherited"], s=8, color=color, label=label)
        every = ranks[(ranks["epochs"] == length) & (ranks["cells"] == "all")].iloc[0]
        ax.set_title(f"{length} epochs: Spearman {every['spearman']:.2f}", fontsize=10)
        ax.set(xlabel="trained alone: table (%)", ylabel="inherited weights (%)")
    axes[0].legend(fontsize="small")
    shown = ranks[~ranks["cells"].isin(["all", "against params"])]
    names = list(shown["cells"].unique())
    for number, length in enumerate(lengths):
        own = shown[shown["epochs"] == length]
        place = np.arange(len(names)) + 0.4 * number
        axes[-1].barh(place, own["bias"], height=0.4, color=PALETTE[number], label=f"{length} epochs")
    axes[-1].axvline(0, color="black", linewidth=0.8)
    axes[-1].set_yticks(np.arange(len(names)) + 0.2, names)
    axes[-1].invert_yaxis()
    axes[-1].set(xlabel="ranked too high by (% of cells)")
    axes[-1].legend(fontsize="small")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("results") / "live-weight-sharing")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    images = live.digits(parts=(800, 400, 400))
    frame = trajectories(images, arguments.epochs, arguments.seeds)
    frame.to_csv(folder / "trajectories.csv", index=False)
    last = frame[frame["epoch"] == arguments.epochs].groupby("method", sort=False)
    print(last[["digits", "cifar10", "skips", "pools", "seconds"]].mean().round(2).to_string())
    draw_trajectories(frame, "test accuracy of the cell in the digits table (%)", "digits").savefig(
        folder / "anytime.png", dpi=150
    )
    draw_trajectories(frame, "edges of 6", "skips", "pools").savefig(folder / "edges.png", dpi=150)
    ranks, cells = ranking(images, arguments.epochs)
    ranks.to_csv(folder / "ranking.csv", index=False)
    draw_ranking(cells, ranks).savefig(folder / "ranking.png", dpi=150)
    shown = [
        "epochs",
        "cells",
        "n",
        "inherited",
        "table",
        "bias",
        "spearman",
        "spearman_low",
        "spearman_high",
    ]
    print(ranks[shown].round(2).to_string())
    print(folder)


if __name__ == "__main__":
    main()
