"""DARTS and its robust heirs: how many edges become skip connections, epoch by epoch, over several seeds.

Run ``python benchmarks/live_collapse.py`` with the extra ``[live]``: digits, some five minutes on one core.
``python benchmarks/live_collapse.py FOLDER`` takes CIFAR-10 as `nasbench_sim.live.load_image_folder` reads
it, at 16 x 16 pixels; a hundred images a class are enough, but not every seed collapses there (of two, one
ended with two skip connections, the other with six). Few images train the weights, so that they are
soon known by heart, and many judge the operations: what DARTS then prefers has no weights. The published
table tells what the cell would be worth with which a search would have ended.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.plots.style import PALETTE

SEARCHES = {
    "darts": ("darts", None),
    "beta_darts": ("beta_darts", None),
    "gdas": ("gdas", None),
    "darts, stopped by skips": ("darts", "skips"),
}
TRAINING = live.SharedTraining(epochs=35, batch=16, channels=4, cells=3)
LEARNING_RATE = 1e-2  # of the logits: thirty times the published one, for searches of so few steps


def searched(images: live.Images, seeds: int) -> pd.DataFrame:
    """Give one row a search, seed and epoch: what the cell is made of, and its published accuracy."""
    published = nbs.load_table("nas-bench-201")
    parts = []
    for name, (method, stop) in SEARCHES.items():
        for seed in range(seeds):
            found = live.gradient_search(
                method, images, TRAINING, learning_rate=LEARNING_RATE, seed=seed, stop=stop
            )
            index = found.trajectory["index"].to_numpy()
            own = found.trajectory[["epoch", "index", "skips"]].assign(search=name, seed=seed)
            own["pools"] = published.space.count(index, "avg_pool_3x3")
            own["accuracy"] = found.looked_up(published, "val_accuracy", dataset="cifar10").to_numpy()
            parts.append(own)
            print(
                f"{name}, seed {seed}: {published.space.string(found.architecture)} {found.stopped}",
                flush=True,
            )
    return pd.concat(parts, ignore_index=True)


def draw(frame: pd.DataFrame) -> Figure:
    """Draw skip connections and accuracy, a column a search; thin lines are seeds, thick ones their mean."""
    names = list(frame["search"].unique())
    figure, axes = plt.subplots(
        2, len(names), figsize=(11, 5), sharex=True, sharey="row", layout="constrained"
    )
    for column, name in enumerate(names):
        own = frame[frame["search"] == name]
        for row, (metric, color) in enumerate(zip(("skips", "accuracy"), PALETTE, strict=False)):
            for _, one in own.groupby("seed"):
                axes[row, column].plot(one["epoch"], one[metric], color=color, linewidth=0.6, alpha=0.5)
            mean = own.groupby("epoch")[metric].mean()
            axes[row, column].plot(mean.index, mean, color=color, linewidth=2)
        axes[0, column].set_title(name, fontsize=10)
    axes[0, 0].set(ylabel="skip connections", ylim=(-0.2, 6.2))
    axes[1, 0].set(ylabel="published accuracy (%)")
    figure.supxlabel("epoch", fontsize=10)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="CIFAR-10; digits without it")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path("results") / "live-collapse")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    if arguments.folder is None:
        images = live.digits(parts=(200, 1000, 400))
    else:
        images = live.load_image_folder(arguments.folder, "cifar10", val=0.8, seed=0).resized(16)
    frame = searched(images, arguments.seeds)
    frame.to_csv(arguments.output / "collapse.csv", index=False)
    last = frame.groupby(["search", "seed"], sort=False).last()
    print(last.groupby("search", sort=False)[["skips", "pools", "accuracy"]].agg(list).to_string())
    draw(frame).savefig(arguments.output / "collapse.png", dpi=150)
    print(arguments.output / "collapse.png")


if __name__ == "__main__":
    main()
