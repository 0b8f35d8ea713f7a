"""Score every NAS-Bench-201 cell by zero-cost proxies: the embedded table ``nas-bench-201-proxies.h5``.

Run ``python data/build_proxies.py score`` with the extra ``[live]``, on one core; a killed run goes on where
it was. Then ``python data/build_proxies.py table`` writes the table of those proxies that are complete. One
cell of each of the 6,466 isomorphism classes is scored, at the published size of the network. README.md
beside this file tells what the numbers mean and which images were used.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.live.runs import machine
from nasbench_sim.tables import Column, Table, save_table

# Passes over all cells, what is cheap or most asked for first: proxies, and the options of live.proxy_frame.
PASSES: tuple[tuple[tuple[str, ...], dict[str, int]], ...] = (
    (("synflow", "logsynflow"), {"batch": 2}),
    (("meco",), {"batch": 2}),
    (("snip", "grad_norm", "fisher", "plain"), {"batch": 16}),
    (("naswot",), {"batch": 16}),
    (("jacob_cov", "epe_nas"), {"batch": 16}),
    (("l2_norm",), {"batch": 2}),
    (("zico",), {"batch": 16}),
    (("epsilon",), {"batch": 32}),  # published: 256, which orders the best tenth otherwise
    (("zen",), {"batch": 4}),
    (("te_nas_regions",), {"batch": 800}),
    (("te_nas_condition",), {"batch": 16, "channels": 3, "cells": 1}),
    (("grasp",), {"batch": 16}),
)
SEED = 777
SEE_DEAD_BRANCHES = ("l2_norm", "meco", "naswot", "te_nas_condition", "te_nas_regions", "zen")
NOTES = {
    "synflow": "the sum of |w dR/dw| itself, not its logarithm as in NAS-Bench-Suite-Zero; ",
    "logsynflow": "the sum of |w log(1 + dR/dw)| itself, not its logarithm; ",
    "zen": "4 inputs of noise; ",
    "te_nas_condition": "of networks with 3 channels and one cell a stage; ",
}


def scored_cells(name: str) -> NDArray[np.int64]:
    """Find for each cell the one whose score by a proxy it has: itself, or one that cannot differ."""
    space = nbs.space("nas-bench-201")
    everything = space.all_indices()
    classes = space.canonical(everything)
    if name not in SEE_DEAD_BRANCHES:
        return classes
    dead = space.has_dead_convolution(everything)
    clean = {int(classes[cell]): int(cell) for cell in everything[~dead][::-1]}  # the first of each class
    return np.array([cell if dead[cell] else clean[int(classes[cell])] for cell in everything])


def in_random_order(name: str) -> list[int]:
    """List the cells that a proxy scores, in a fixed random order."""
    return [int(cell) for cell in np.random.default_rng(201).permutation(np.unique(scored_cells(name)))]


def scored(path: Path) -> dict[tuple[str, int], tuple[float, float]]:
    """Give the values and seconds that are there, by proxy and cell; a half-written line is dropped."""
    found = {}
    if path.exists():
        content = path.read_text()
        path.write_text(content[: content.rfind("\n") + 1])
        for line in path.read_text().splitlines():
            name, cell, value, seconds = json.loads(line)
            found[name, cell] = (np.nan if value is None else value, seconds)
    return found


def score(path: Path, folder: Path) -> None:
    """Score what is missing, and append it."""
    images = live.load_image_folder(folder, "cifar10", val=0.2, seed=0)
    there = scored(path)
    for names, options in PASSES:
        for cell in in_random_order(names[0]):
            missing = [name for name in names if (name, cell) not in there]
            if missing:
                frame = live.proxy_frame(missing, [cell], images, seed=SEED, **options)
                with path.open("a") as file:
                    for row in frame.itertuples():
                        value = None if np.isnan(row.value) else row.value
                        file.write(json.dumps([row.proxy, cell, value, row.seconds]) + "\n")


def write(path: Path, output: Path) -> None:
    """Write the table of the proxies that every cell has been scored by."""
    there = scored(path)
    columns = []
    for name, options in ((name, options) for names, options in PASSES for name in names):
        origin = scored_cells(name).tolist()
        if any((name, cell) not in there for cell in origin):
            print(f"{name} is not complete: left out")
            continue
        pairs = np.array([there[name, cell] for cell in origin])
        images = f"{options['batch']} images of CIFAR-10" if find_proxy(name).needs_images else "no images"
        source = f"computed live: {images}, one initialisation, seed {SEED}"
        note = NOTES.get(name, "") + "scored once for each isomorphism class"
        if name in SEE_DEAD_BRANCHES:
            note += ", and for each cell with a dead convolution"
        own = find_proxy(name).better
        columns += [
            (Column(metric=name, dataset="cifar10", better=own, source=source, note=note), pairs[:, 0]),
            (
                Column(
                    metric=f"{name}_time",
                    dataset="cifar10",
                    unit="s",
                    better="min",
                    source="measured with the score, on one core",
                ),
                pairs[:, 1],
            ),
        ]
    provenance = {"made_by": "data/build_proxies.py", "seed": SEED, "machine": machine()}
    table = Table("nas-bench-201-proxies", nbs.space("nas-bench-201"), columns, provenance)
    save_table(table, output)
    print(f"{output}: {len(columns)} columns, {output.stat().st_size:,} bytes, content {table.hash}")


if __name__ == "__main__":
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("score", "table"))
    parser.add_argument(
        "--images", type=Path, help="folder with train/<class>/ and test/<class>/ of CIFAR-10"
    )
    parser.add_argument("--scores", type=Path, default=here / "nas-bench-201-proxies.jsonl")
    parser.add_argument("--output", type=Path, default=here / "nas-bench-201-proxies.h5")
    arguments = parser.parse_args()
    if arguments.what == "score":
        if arguments.images is None:
            parser.error("score needs --images")
        score(arguments.scores, arguments.images)
    else:
        write(arguments.scores, arguments.output)
