"""Where names are to be had that are known, but not where they were asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nasbench_sim.errors import NasbenchSimError
from nasbench_sim.registry import imported

if TYPE_CHECKING:
    from nasbench_sim.spaces import Benchmark


def place_of(name: str) -> str:
    """Tell where a metric, data set, device, table, space, source or searcher is to be had.

    Returns
    -------
    str
        An empty one for a name that nothing has.
    """
    found: list[str] = []
    with contextlib.suppress(NasbenchSimError):  # such as no data folder: another error is being told
        found = [*_tables_with(name), *_brought(name)] or [*_kinds(name)]
    return "; ".join(dict.fromkeys(found))


def _tables_with(name: str) -> Iterable[str]:
    """Look the name up in the columns of the tables that lie here."""
    read_table, available = (
        imported("nasbench_sim.tables:read_table"),
        imported("nasbench_sim.tables:available"),
    )
    having = []
    for table, path in available().items():
        with contextlib.suppress(NasbenchSimError, OSError):
            columns = read_table(path).schema
            if any(name in (column.metric, column.dataset, column.device) for column in columns):
                having.append(repr(table))
    if having:
        one = len(having) == 1
        yield f"the {'table' if one else 'tables'} {_listed(having)} {'has' if one else 'have'} it"


def _brought(name: str) -> Iterable[str]:
    """Look the name up in what the benchmarks declare of their sources and files."""
    for declared in _benchmarks():
        sources = [source for source, brought in declared.sources.items() if name in brought]
        if sources:
            yield f"`nasbench-sim data install {' '.join(sources)}` brings it"
        for file, brought in declared.imports.items():
            if name in brought and not sources:
                yield f"`nasbench-sim data import {file}` brings it"


def _kinds(name: str) -> Iterable[str]:
    """Tell what kind of thing has the name."""
    if name in imported("nasbench_sim.tables:metrics"):
        yield "it is a metric, of which no table here has a column"
    if any(name in declared.datasets for declared in _benchmarks()):
        yield "it is a data set, of which no table here has a column"
    if name in imported("nasbench_sim.spaces:available")():
        yield f"it is a search space: nbs.space({name!r})"
    if name in imported("nasbench_sim.tables.sources:sources")():
        yield f"it is a source: `nasbench-sim data install {name}`"
    elif name in imported("nasbench_sim.tables.importers:format_names")():
        pattern = imported("nasbench_sim.tables.importers:importer")(name).pattern
        yield f"its files are imported, not downloaded: `nasbench-sim data import {pattern}`"
        for declared in _benchmarks():
            own = set(declared.imports.get(pattern, ()))
            same = [source for source, brought in declared.sources.items() if own and own <= set(brought)]
            if same:
                yield f"`nasbench-sim data install {' '.join(same)}` brings the same numbers"
    if name in imported("nasbench_sim.tables:table_names")():
        yield f"it is a table: nbs.load_table({name!r})"
    if name in imported("nasbench_sim.search:searchers")():
        yield f"it is a searcher: nbs.run({name!r}, ...)"


def _benchmarks() -> Iterable[Benchmark]:
    return (declared for _, declared in imported("nasbench_sim.spaces:benchmarks")())


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
