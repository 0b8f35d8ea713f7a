"""Opening an archive of NAS-Bench-201 and asking it, beside the published readers."""

from __future__ import annotations

import sys
from pathlib import Path

import loading
from environments import python_of
from measuring import Times, answer_of, table

TITLE = "Loading"
RUNS = 3
ARCHITECTURES = 500
PEERS = {
    "nats_bench, folder": "nats_bench",
    "nats_bench, one file": "nats_bench",
    "nasbenchapi": "nasbenchapi",
}


def section(published: Path, peers: Path, work: Path) -> str:
    if not (work / "table.h5").exists():
        loading.make_table(published, work)
    if not (work / "simple").exists():
        loading.make_folder(published, work, ARCHITECTURES)
        loading.make_archives(published, work, ARCHITECTURES)
    rows = []
    for name in loading.READERS:
        python = python_of(PEERS[name], peers) if name in PEERS else Path(sys.executable)
        command = [python, loading.__file__, published, "--measure", name, "--work", work]
        own = name == "nasbench_sim"
        count = loading.FULL if own else ARCHITECTURES
        factor = 1 if own or name == "nats_bench, folder" else loading.FULL / ARCHITECTURES
        found = [answer_of([*command, "--architectures", str(count)]) for _ in range(RUNS)]
        first, one, column = (Times(tuple(f[key] for f in found)) for key in ("first", "scalar", "column"))
        memory = max(f["memory"] for f in found) * factor
        rows.append(
            [name, first.scaled(factor), f"{memory:,.0f} MB", one, column.scaled(loading.FULL / count)]
        )
    head = ("reader", "opening and first answer", "memory", "one query", f"one column of {loading.FULL:,}")
    told = (
        f"Three real records of NATS-Bench are repeated {loading.FULL:,} times in our table, and "
        f"{ARCHITECTURES} times for the readers that load one whole file: their times of opening and "
        "columns, and their memory, are scaled up, to which they are proportional; of nats_bench's "
        "folder, which is read record by record, only the column. Each number is of a process of its "
        "own, in real time, and every reader must give the same value. `plain pickle` is what Python "
        "needs for such a file without any reader.\n"
    )
    return f"{told}\n{table(head, rows)}"
