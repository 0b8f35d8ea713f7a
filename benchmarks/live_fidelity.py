"""The low-fidelity study on digits: epochs, data, image side and network size against rank correlation.

Run ``python benchmarks/live_fidelity.py`` with the extra ``[live]``: some ten minutes on one core. It
writes a table and a figure; a killed run goes on.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np

import nasbench_sim as nbs
from nasbench_sim import live

SETTINGS = [
    live.Cheaper(epochs=epochs, fraction=fraction, side=side)
    for epochs, fraction, side in itertools.product((1, 2, 4, 6), (0.25, 0.5, 1.0), (4, None))
] + [live.Cheaper(cells=1), live.Cheaper(channels=2), live.Cheaper(cells=1, epochs=3)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=40)
    parser.add_argument("--folder", type=Path, default=Path("results") / "live-fidelity")
    arguments = parser.parse_args()
    table = nbs.load_table("nas-bench-201-digits")
    runs = table.runs("test_accuracy")
    several = np.flatnonzero(np.isfinite(runs).all(axis=1))
    classes = np.unique(table.space.canonical(several))
    chosen = np.sort(np.random.default_rng(0).choice(classes, arguments.networks, replace=False))
    recipe = live.Recipe(**table.provenance["recipe"])
    sizes = table.provenance["images"]
    images = live.digits(parts=(sizes["train"], sizes["val"], sizes["test"]))
    frame = live.low_fidelity(
        chosen.tolist(),
        runs[chosen].mean(axis=1),
        SETTINGS,
        recipe=recipe,
        images=images,
        folder=arguments.folder,
        progress=True,
    )
    shown = ["setting", "seconds", "spearman", "spearman_low", "spearman_high", "kendall"]
    print(frame[shown].sort_values("seconds").round(3).to_string(index=False))
    frame.to_csv(arguments.folder / "low_fidelity.csv", index=False)
    figure = live.plot_low_fidelity(frame).figure
    figure.savefig(arguments.folder / "low_fidelity.png", bbox_inches="tight")
    print(arguments.folder)


if __name__ == "__main__":
    main()
