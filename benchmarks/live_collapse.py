"""DARTS and its robust heirs on CIFAR-10 images: how many edges lose their parameters, epoch by epoch.

Run ``python benchmarks/live_collapse.py FOLDER`` with the extra ``[live]``; FOLDER has CIFAR-10 as
`nasbench_sim.live.load_image_folder` reads it; a hundred images a class are enough. Half of the images
train the weights, the other half the choice of operations. The published table tells what the cell would be
worth with which a search would have ended.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib import pyplot as plt

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.plots.style import line_style

METHODS = ("darts", "beta_darts", "gdas")
LEARNING_RATE = 6e-3  # of the logits: twenty times the published one, for searches of so few steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="CIFAR-10")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("results") / "live-collapse")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    images = live.load_image_folder(arguments.folder, "cifar10", val=0.5, seed=0)
    space, published = nbs.space("nas-bench-201"), nbs.load_table("nas-bench-201")
    training = live.SharedTraining(epochs=arguments.epochs, channels=4, cells=1)
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for number, method in enumerate(METHODS):
        found = live.gradient_search(
            method, images, training, learning_rate=LEARNING_RATE, seed=arguments.seed
        )
        index = found.trajectory["index"].to_numpy()
        skips, pools = space.count(index, "skip_connect"), space.count(index, "avg_pool_3x3")
        accuracy = published.query(index, "val_accuracy", dataset="cifar10")
        print(f"{method}: {space.string(found.architecture)}")
        for name, counts in (("skip connections", skips), ("pooling", pools)):
            print(f"  {name}, every tenth epoch: {counts[9::10].tolist()}")
        print(f"  published accuracy, first and last epoch: {accuracy[0]:.2f} and {accuracy[-1]:.2f} %")
        axes[0].plot(found.trajectory["epoch"], skips, label=method, **line_style(number))
        axes[1].plot(found.trajectory["epoch"], accuracy, label=method, **line_style(number))
    axes[0].set(xlabel="epoch", ylabel="skip connections of 6 edges", ylim=(-0.2, 6.2))
    axes[1].set(xlabel="epoch", ylabel="published validation accuracy (%)")
    axes[0].legend()
    figure.savefig(arguments.output / "collapse.png", dpi=150)
    print(arguments.output / "collapse.png")


if __name__ == "__main__":
    main()
