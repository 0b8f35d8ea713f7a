"""A study of 18 million evaluations, and what a million replicates would take by its rates."""

from __future__ import annotations

import sys
from pathlib import Path

from measuring import answer_of, table

TITLE = "A study of 18 million evaluations"
MILLION = 1_000_000
CORES = 100


def section() -> str:
    found = answer_of([sys.executable, Path(__file__).parents[1] / "scale.py", "--jobs", "2"])
    processor = found["own"]["seconds"] + found["workers"]["seconds"]
    factor = MILLION / found["replicates"]
    rows = [
        ["the whole study, two processes", f"{processor:.0f} s ({found['wall']:.0f} s)"],
        [
            "an evaluation, all searchers together",
            f"{1e6 * processor / found['evaluations']:.2f} µs of a processor",
        ],
        [
            "memory of the largest process",
            f"{max(found['own']['megabytes'], found['workers']['megabytes']):.0f} MB",
        ],
        ["store", f"{found['bytes'] / 1e6:,.0f} MB in {found['pieces']} pieces"],
        ["finding that nothing is missing, every piece hashed", _both(found["nothing_missing"])],
        [
            f"first figure of one task, {found['searchers']} searchers x {found['replicates']:,}",
            _both(found["first_figure"]),
        ],
        ["second figure", _both(found["second_figure"])],
        ["reading one searcher on one task", _both(found["one_searcher"])],
        ["memory of reading and drawing", f"{found['reading']['megabytes']:.0f} MB"],
    ]
    ranked = sorted(found["seconds"].items(), key=lambda item: item[1])
    whole = sum(found["seconds"].values())
    rates = [
        [
            name,
            f"{seconds / whole:.1%}",
            f"{seconds / whole * processor / found['tasks'] * factor / 60:.0f} min",
        ]
        for name, seconds in ranked
    ]
    hours = processor * factor / 3600
    told = (
        f"{found['searchers']} searchers on {found['tasks']} data sets, {found['replicates']:,} "
        f"replicates of 300 evaluations each (`benchmarks/studies/scale.toml`): {found['evaluations']:,} "
        "evaluations in all.\n"
    )
    evaluations, gigabytes = found["evaluations"] * factor / 1e9, found["bytes"] * factor / 1e9
    beyond = (
        "By these rates **a million replicates** of each searcher on each data set, "
        f"{evaluations:,.0f} billion evaluations, would take {hours:.0f} hours of one processor, so "
        f"{60 * hours / CORES:.0f} minutes on {CORES} cores, and {gigabytes:,.0f} GB of disk in "
        f"{found['pieces'] * factor:,.0f} pieces (fewer with a larger `chunk`). The processes that run need "
        "no more memory than above. One that reads all replicates of a task at once would: read a searcher "
        "at a time there, or some of the seeds.\n"
    )
    head = ("searcher", "share of the time", "a million replicates on one data set, one processor")
    return "\n".join([told, table(("what", "processor time (real time)"), rows), beyond, table(head, rates)])


def _both(seconds: dict[str, float]) -> str:
    return f"{seconds['processor']:.2f} s ({seconds['wall']:.2f} s)"
