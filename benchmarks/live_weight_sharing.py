"""Weight-sharing searches on digits: where they end, what collapses, and how a supernet ranks.

Run ``python benchmarks/live_weight_sharing.py`` with the extra ``[live]``: some ten minutes on one core.
Every architecture that a search would have ended with is looked up in the table that was trained on the same
data, after every epoch: the anytime curve. A second table tells how well inherited weights rank cells.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from scipy.stats import rankdata

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.plots.style import line_style

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


def ranking(images: live.Images, epochs: int) -> pd.DataFrame:
    """Give how inherited accuracies agree with the table, for all cells and by their size and depth.

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
    rows = []
    for length in (epochs, 4 * epochs):
        trained = live.train_supernet(images, live.SharedTraining(epochs=length, channels=4, cells=2))
        inherited = trained.accuracy(drawn)
        higher = 100 * (rankdata(inherited) - rankdata(truth)) / len(drawn)
        for name, kept in groups.items():
            row = nbs.analysis.rank_correlation(inherited[kept], truth[kept])
            own = {
                "inherited": inherited[kept].mean(),
                "table": truth[kept].mean(),
                "bias": higher[kept].mean(),
            }
            rows.append({"epochs": length, "cells": name, **own, **row})
        row = nbs.analysis.rank_correlation(inherited, size)
        rows.append({"epochs": length, "cells": "against params", **row})
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("results") / "live-weight-sharing")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    images = live.digits(parts=(800, 400, 400))
    frame = trajectories(images, arguments.epochs, arguments.seeds)
    frame.to_csv(arguments.folder / "trajectories.csv", index=False)
    last = frame[frame["epoch"] == arguments.epochs].groupby("method", sort=False)
    print(last[["digits", "cifar10", "skips", "pools", "seconds"]].mean().round(2).to_string())
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), constrained_layout=True)
    for number, (method, own) in enumerate(frame.groupby("method", sort=False)):
        means = own.groupby("epoch")[["digits", "skips", "pools"]].mean()
        axes[0].plot(means.index, means["digits"], label=method, **line_style(number))
        axes[1].plot(means.index, means["skips"] + means["pools"], **line_style(number))
    axes[0].set(xlabel="epoch", ylabel="test accuracy of the cell in the digits table, %")
    axes[1].set(xlabel="epoch", ylabel="edges without parameters (skip, pool) of 6")
    axes[0].legend(fontsize="x-small", ncols=2)
    figure.savefig(arguments.folder / "weight_sharing.png", dpi=150)
    ranks = ranking(images, arguments.epochs)
    ranks.to_csv(arguments.folder / "ranking.csv", index=False)
    print(
        ranks[
            [
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
        ]
        .round(2)
        .to_string()
    )
    print(arguments.folder)


if __name__ == "__main__":
    main()
