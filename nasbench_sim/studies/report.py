"""The report of a study: its tables and figures, task by task, and ours beside the published."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.files import NewFolder, file_name
from nasbench_sim.studies.comparison import Comparison
from nasbench_sim.studies.correlations import Correlations
from nasbench_sim.studies.published import Published
from nasbench_sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _summary(found: Comparison) -> pd.DataFrame:
    return found.summary()


def _pairwise(found: Comparison) -> pd.DataFrame:
    from nasbench_sim.analysis.significance import pairwise_tests

    return pairwise_tests({runs.searcher: runs.results() for runs in found.runs})


def _anytime(found: Comparison) -> Figure:
    return found.plot()


def _ecdf(found: Comparison) -> Figure:
    from nasbench_sim import plots

    return _titled(plots.ecdf(found.runs), found)


def _critical_difference(found: Comparison) -> Figure:
    from nasbench_sim import plots

    return _titled(plots.critical_difference(plots.critical_difference_frame(found.runs)), found)


def _titled(ax: Axes, found: Comparison) -> Figure:
    from nasbench_sim.plots.labels import folded

    ax.set_title(folded(found.names[0], _LETTERS))
    return cast("Figure", ax.figure)


TABLES: dict[str, Callable[[Comparison], pd.DataFrame]] = {"summary": _summary, "pairwise": _pairwise}
"""Tables of one task by name: how good each searcher is; which differ (`analysis.pairwise_tests`)."""
FIGURES: dict[str, Callable[[Comparison], Figure]] = {
    "anytime": _anytime,
    "ecdf": _ecdf,
    "critical_difference": _critical_difference,
}
"""Figures of one task by name: how good the incumbent is over the search; how often targets are reached; mean
ranks over the seeds, and which differ. See the functions of `plots` of these names."""


# A long legend makes a figure wider rather than being cut off.
_FIGURE_FILES: dict[str, dict[str, Any]] = {
    ".png": {"bbox_inches": "tight", "dpi": 200},
    ".svg": {"bbox_inches": "tight", "metadata": {"Date": None}},
}
_RANKED = 3
_LETTERS = 60  # on a line of a title


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What is reported of a study.

    Attributes
    ----------
    tables, figures
        Names in `TABLES` and `FIGURES`, made for each task.
    published
        What papers report of the same searchers.
    correlations
        Correlations of a table's columns, for which nothing needs to be run.
    """

    tables: Sequence[str] = ("summary",)
    figures: Sequence[str] = ("anytime",)
    published: Sequence[Published] = ()
    correlations: Sequence[Correlations] = ()

    def __post_init__(self) -> None:
        """Refuse unknown tables and figures."""
        for kind, names, known in (("table", self.tables, TABLES), ("figure", self.figures, FIGURES)):
            for name in names:
                if name not in known:
                    raise unknown(kind, name, known)

    def check(self, study: Study) -> None:
        """Refuse a figure for which the study has too few searchers."""
        if "critical_difference" in self.figures and len(study.searchers) < _RANKED:
            raise RequestError(
                f"critical_difference ranks {_RANKED} or more searchers and the study has "
                f"{len(study.searchers)}: the table pairwise compares two"
            )


def parts(study: Study | None, plan: Plan, folder: Path) -> Iterator[tuple[str, pd.DataFrame | Figure]]:
    """Give the parts of a report one after the other; no more than one task is in memory at a time.

    Parameters
    ----------
    study
        What was run; None where there are only correlations.
    plan
        What is wanted.
    folder
        The study's.

    Yields
    ------
    name : str
        Such as ``cifar10 summary``.
    part : DataFrame or Figure

    Raises
    ------
    RequestError
        Where pieces are missing.
    """
    import pandas as pd

    beside = []
    if study is not None:
        for task in study.tasks:
            found = study.results(folder, tasks=[task])
            for name in plan.tables:
                yield f"{task} {name}", TABLES[name](found)
            for name in plan.figures:
                yield f"{task} {name}", FIGURES[name](found)
            beside += [one.beside(found.runs) for one in plan.published if one.task == task]
    if beside:
        yield "published", pd.concat(beside, ignore_index=True)
    if plan.correlations:
        yield "correlations", pd.concat([one.frame() for one in plan.correlations], ignore_index=True)


def report(study: Study | None, plan: Plan, folder: Path) -> tuple[dict[str, pd.DataFrame], list[Path]]:
    """Write the report of a study into its folder.

    Parameters
    ----------
    study, plan, folder
        As in `parts`.

    Returns
    -------
    tables : dict of str to DataFrame
    files : list of Path
        In ``report/``, which appears whole: each table as CSV, each figure as PNG and SVG.

    Raises
    ------
    RequestError
        Where pieces are missing.
    """
    import pandas as pd

    tables: dict[str, pd.DataFrame] = {}
    names = []
    if study is not None:
        study.store(folder)
    with NewFolder([folder / "report"], replace=True) as new:
        taken: set[str] = set()
        for name, part in parts(study, plan, folder):
            stem = file_name(name, taken)
            if isinstance(part, pd.DataFrame):
                tables[name] = part
                names.append(f"{stem}.csv")
                part.to_csv(new.path / names[-1], index=False)
                continue
            for ending, options in _FIGURE_FILES.items():
                names.append(f"{stem}{ending}")
                part.savefig(new.path / names[-1], **options)
    return tables, [new.path / name for name in names]
