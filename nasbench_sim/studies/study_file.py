"""The file of a study: TOML that says what is run and reported, checked whole before anything runs."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nasbench_sim.errors import shown, unknown
from nasbench_sim.oracle import Budget, Task
from nasbench_sim.search import searcher
from nasbench_sim.search.configured import Configured
from nasbench_sim.studies.correlations import Correlations
from nasbench_sim.studies.piece import Setting
from nasbench_sim.studies.published import Published
from nasbench_sim.studies.report import Plan
from nasbench_sim.studies.section import Section
from nasbench_sim.studies.study import CHUNK, MOST_PIECES, Study
from nasbench_sim.tables import Table, load_table

_NOT_PLAIN = ("table", "dataset", "scalarisation")
_OF_TASK = tuple(name for name in inspect.signature(Task).parameters if name not in _NOT_PLAIN)
_PARTS = ("study", "tasks", "searchers", "published", "correlations", "report")
MOST_SEARCHERS = 1000
"""Searchers that a file may declare, by its grids, if it does not say `most_searchers`: each is tried."""
_OF_BUDGET = tuple(field.name for field in dataclasses.fields(Budget))


@dataclasses.dataclass(frozen=True)
class Declaration:
    """What a study file says.

    Attributes
    ----------
    title, description
        What it is about.
    study
        What is run; None for a file of correlations only.
    plan
        What is reported.
    """

    title: str
    description: str
    study: Study | None
    plan: Plan


def read_study(file: str | Path) -> Declaration:
    """Read a study file, and check all of it: tables, tasks, searchers, budgets, seeds, what is reported.

    Raises
    ------
    RequestError
        For anything that is wrong, with file, line and, for a wrong name, the nearest right one.
    FileFormatError
        For a file that is missing or not TOML, and a table that cannot be read.
    """
    top = Section.of_file(Path(file))
    top.refuse_others(_PARTS)
    head = top.section("study")
    title = head.take("title", str)
    description = head.take("description", str, default="")
    tables = _Tables(top.file.parent)
    tasks = dict(_tasks(top, head, tables))
    searchers = list(_searchers(top, head.take("most_searchers", int, default=MOST_SEARCHERS)))
    correlations = [_correlations(one, tables) for one in top.sections("correlations")]
    study = None
    if tasks or searchers or not correlations:
        study = _study(top, head, tasks, searchers)
    else:
        head.refuse_others()
    published = [_published(one, tasks, searchers) for one in top.sections("published")]
    plan = _plan(top.section("report"), study, published, correlations)
    return Declaration(title, description, study, plan)


class _Tables:
    """Tables by name or path, each opened once; paths are relative to the study file's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str | None, Table] = {}

    def of(self, section: Section) -> Table:
        name = section.take("table", str, default=None)
        if name not in self._open:
            path = name is not None and (name.endswith(".h5") or os.sep in name)
            with section.blamed("table"):
                self._open[name] = load_table(self._folder / str(name) if path else name)
        return self._open[name]


def _tasks(top: Section, head: Section, tables: _Tables) -> Iterator[tuple[str, tuple[Task, Budget]]]:
    common = _budget(head)
    taken = set()
    for section in top.sections("tasks"):
        table = tables.of(section)
        datasets = section.texts("dataset")
        given = section.take("name", str, default=None)
        budget = _budget(section) or common
        section.refuse_others(_OF_TASK)
        if budget is None:
            raise section.error("no budget: give one here or in [study]")
        wanted = {key: section.values[key] for key in _OF_TASK if key in section.values}
        for dataset in datasets:
            name = dataset if given is None else given if len(datasets) == 1 else f"{given} {dataset}"
            if not name.isprintable() or not name.strip():
                raise section.error(f"the name of a task is a line of text, not {shown(name)}", "name")
            if name in taken:
                raise section.error(f"another task is called {name!r} too: give one a name")
            taken.add(name)
            with section.blamed():
                task = Task(table, dataset=dataset, **wanted)
            yield name, (task, budget)


def _budget(section: Section) -> Budget | None:
    inner = section.section("budget")
    inner.refuse_others(_OF_BUDGET)
    if not inner.values:
        return None
    with section.blamed("budget"):
        return Budget(**inner.values)


def _searchers(top: Section, most: int) -> Iterator[tuple[Section, Configured]]:
    """Give every searcher of every grid, and where it was declared."""
    taken: set[str] = set()
    count = 0
    for section in top.sections("searchers"):
        name = section.take("name", str)
        fixed = section.take("hyperparameters", dict, default={})
        grid = section.section("grid")
        axes = {key: grid.take(key, list) for key in grid.values}
        section.refuse_others()
        for key, values in axes.items():
            if key in fixed or not values:
                raise grid.error(f"{key}: a list of one or more values, not among the hyperparameters", key)
        count += math.prod(map(len, axes.values()))
        if count > most:
            raise section.error(
                f"{count:,} searchers, by grids, are more than {most:,}: say most_searchers = {count} in "
                "[study] if so many are meant"
            )
        for values in itertools.product(*axes.values()):
            with section.blamed():
                configured = searcher(name, **fixed, **dict(zip(axes, values, strict=True)))
            if configured.label in taken:
                raise section.error(f"{configured.label} is there twice")
            taken.add(configured.label)
            yield section, configured


def _study(
    top: Section,
    head: Section,
    tasks: dict[str, tuple[Task, Budget]],
    searchers: Sequence[tuple[Section, Configured]],
) -> Study:
    seeds = head.take("seeds", int, list)
    chunk = head.take("chunk", int, default=CHUNK)
    most = head.take("most_pieces", int, default=MOST_PIECES)
    attributes = head.take("attributes", dict, default={})
    head.refuse_others()
    if not tasks or not searchers:
        raise top.error("a study has one or more [[tasks]] and one or more [[searchers]]")
    for section, configured in searchers:
        for name, (task, budget) in tasks.items():
            with section.blamed():
                Setting(name, task, configured, budget).check()
    with head.blamed():
        return Study(
            tasks={name: task for name, (task, _) in tasks.items()},
            searchers=[configured for _, configured in searchers],
            budget={name: budget for name, (_, budget) in tasks.items()},
            seeds=seeds,
            chunk=chunk,
            most_pieces=most,
            attributes=attributes,
        )


def _published(
    section: Section,
    tasks: dict[str, tuple[Task, Budget]],
    searchers: Sequence[tuple[Section, Configured]],
) -> Published:
    name = section.take("task", str)
    with section.blamed("task"):
        if name not in tasks:
            raise unknown("task", name, tasks)
    task = tasks[name][0]
    found = Published(
        source=section.take("source", str),
        task=name,
        metric=section.take("metric", str, default=task.report.label),
        dataset=section.take("dataset", str, default=task.dataset),
        mean=_numbers(section, "mean"),
        std=_numbers(section, "std"),
        replicates=section.take("replicates", int, default=None),
    )
    section.refuse_others()
    with section.blamed():
        found.check(task, [configured.label for _, configured in searchers])
    return found


def _correlations(section: Section, tables: _Tables) -> Correlations:
    fields: dict[str, Any] = {
        "table": tables.of(section),
        "dataset": section.take("dataset", str),
        "of": section.texts("of"),
        "against": section.take("against", str),
        "method": section.take("method", str),
        "published": _numbers(section, "published"),
        "source": section.take("source", str, default=""),
    }
    fields["name"] = section.take("name", str, default=f"{fields['against']} on {fields['dataset']}")
    section.refuse_others()
    with section.blamed():
        return Correlations(**fields)


def _numbers(section: Section, key: str) -> dict[str, float]:
    inner = section.section(key)
    numbers = {name: float(inner.take(name, float)) for name in inner.values}
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise inner.error(f"{key} of {name} is {number}, which nobody publishes", name)
    return numbers


def _plan(
    section: Section,
    study: Study | None,
    published: Sequence[Published],
    correlations: Sequence[Correlations],
) -> Plan:
    tables = section.texts("tables", default=["summary"])
    figures = section.texts("figures", default=["anytime"])
    section.refuse_others()
    with section.blamed():
        plan = Plan(tables=tables, figures=figures, published=published, correlations=correlations)
    if study is not None:
        with section.blamed("figures"):
            plan.check(study)
    return plan
