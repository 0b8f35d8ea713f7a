"""Analyses, beside loops over scipy and beside pymoo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from analysis_speed import COLUMNS, ROWS, columns, scipy_loop
from environments import python_of
from measuring import COMPARED, Times, alternately, answer_of, row, table, times
from scipy import stats
from sections.searching import PEER_SCRIPTS

import nasbench_sim as nbs
from nasbench_sim import analysis

TITLE = "Analysing"
RUNS = 3


def section(peers: Path, work: Path) -> str:
    rows = []
    for method, coefficient in (("kendall", stats.kendalltau), ("spearman", stats.spearmanr)):
        frame = columns(1)
        matrix = analysis.correlation_matrix(frame, method)
        loop = scipy_loop(frame, coefficient)
        apart = max(abs(matrix.loc[a, b] - value) for (a, b), value in loop.items())
        ours, theirs = alternately(
            [
                lambda frame=frame, method=method: analysis.correlation_matrix(frame, method),
                lambda frame=frame, coefficient=coefficient: scipy_loop(frame, coefficient),
            ],
            RUNS,
        )
        what = f"{method} of {COLUMNS} columns x {ROWS:,}, with ties"
        rows.append(row(what, ours, "loop over scipy", theirs, f"differ by at most {apart:.0e}"))
    rows += [*_pareto(peers, work), _tests()]
    return table(COMPARED, rows)


def _pareto(peers: Path, work: Path) -> list[list[str]]:
    embedded = nbs.load_table("nas-bench-201")
    frame = embedded.frame(["val_accuracy", "latency:eyeriss"], dataset="cifar10")
    ends = {"val_accuracy": "max", "latency:eyeriss": "min"}
    corner = {
        "val_accuracy": frame["val_accuracy"].min(),
        "latency:eyeriss": frame["latency:eyeriss"].max(),
    }
    file = work / "cifar10-front.npz"
    np.savez(
        file,
        ops=embedded.space.ops(embedded.space.all_indices()),
        values=frame["val_accuracy"],
        latency=frame["latency:eyeriss"],
    )
    found = answer_of([python_of("pymoo", peers), PEER_SCRIPTS / "pymoo_work.py", file, "1", "100", "20"])
    front = analysis.pareto_front(frame, ends)
    assert sorted(front.index.unique()) == found["front"]
    volume = analysis.hypervolume(front[list(ends)], ends, corner)
    assert np.isclose(volume, found["volume"], rtol=1e-12)
    return [
        row(
            f"front of accuracy and latency, {len(frame):,} points",
            times(lambda: analysis.pareto_front(frame, ends)),
            "pymoo",
            Times(tuple(found["front_seconds"])),
            f"the same {len(front)} points",
        ),
        row(
            "hypervolume of that front",
            times(lambda: analysis.hypervolume(front[list(ends)], ends, corner)),
            "pymoo",
            Times(tuple(found["volume_seconds"])),
            "equal",
        ),
    ]


def _tests() -> list[str]:
    random = np.random.Generator(np.random.Philox(2))
    samples = {f"s{place}": random.normal(place / 10, size=1000).round(2) for place in range(20)}
    names = list(samples)
    couples = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]

    def loop() -> list[float]:
        return [stats.mannwhitneyu(samples[a], samples[b], method="asymptotic").pvalue for a, b in couples]

    found = analysis.pairwise_tests(samples)
    apart = max(abs(found["p"].to_numpy() - loop()))
    ours, theirs = alternately([lambda: analysis.pairwise_tests(samples), loop], RUNS)
    what = f"{len(couples)} Mann-Whitney tests of 1,000 replicates, with effect sizes"
    return row(
        what,
        ours,
        "loop over scipy, tests only",
        theirs,
        f"p differ by at most {apart:.0e}" if apart else "equal p",
    )
