"""A comparison as the table of a paper: mean and spread, the best bold, what is not worse marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.errors import RequestError, unknown

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

    from nasbench_sim.studies.comparison import Comparison

SPREADS = {"std": "standard deviation", "sem": "standard error"}
"""What stands after the ±, and how it is said."""

_TESTS = {"mann-whitney": "Mann-Whitney tests", "wilcoxon": "Wilcoxon signed-rank tests, paired by seed"}
_DAGGER = "†"


class PaperTable:
    """Searchers down, tasks across: ``mean ± spread``, the best bold, what is not worse with a †.

    Attributes
    ----------
    frame
        The cells as text, one row a searcher, one column a task.
    numbers
        One row a task and searcher: ``task`` and the columns of `nasbench_sim.analysis.compare_with_best`.
    caption
        What the numbers are, with the statistics in words.
    """

    def __init__(self, numbers: pd.DataFrame, caption: str, spread: str, digits: int | None) -> None:
        self.numbers = numbers
        self.caption = caption
        self._order = list(dict.fromkeys(numbers["searcher"])), list(dict.fromkeys(numbers["task"]))
        self._spread, self._digits = spread, digits
        self.frame = self._cells(f" {_DAGGER}")

    def _cells(self, mark: str) -> pd.DataFrame:
        import pandas as pd

        searchers, tasks = self._order
        cells: dict[str, dict[str, str]] = {task: dict.fromkeys(searchers, "–") for task in tasks}
        for task, rows in self.numbers.groupby("task", sort=False):
            digits = decimals(rows[self._spread].to_numpy()) if self._digits is None else self._digits
            for row in rows.to_dict("records"):
                if not row["n"]:
                    continue
                text = f"{row['mean']:.{digits}f}"
                if not np.isnan(row[self._spread]):
                    text += f" ± {row[self._spread]:.{digits}f}"
                marked = mark if row["not_worse"] and not row["best"] else ""
                cells[str(task)][row["searcher"]] = text + marked
        return pd.DataFrame(cells, index=pd.Index(searchers, name="searcher"))

    def _best(self) -> pd.DataFrame:
        wide = self.numbers.pivot(index="searcher", columns="task", values="best")  # noqa: PD010
        return wide.reindex(index=self._order[0], columns=self._order[1]).eq(True)

    def styler(self, mark: str = f" {_DAGGER}", *, caption: str | None = None) -> Styler:
        """Return the cells as pandas' Styler, the best of each task bold, to be styled further."""
        best = self._best()
        styled = self._cells(mark).style.apply(
            lambda _: best.map({True: "font-weight: bold", False: ""}.get), axis=None
        )
        return styled.set_caption(self.caption if caption is None else caption)

    def to_latex(self) -> str:
        """Return a LaTeX table; it needs the package ``booktabs``."""
        import pandas as pd

        cells = self._cells("$^{\\dagger}$").to_numpy(dtype=object, copy=True)
        for place, best in np.ndenumerate(self._best().to_numpy()):
            text = str(cells[place]).replace("–", "--").replace(" ± ", " $\\pm$ ")
            cells[place] = f"\\textbf{{{text}}}" if best else text
        searchers, tasks = ([escaped(name) for name in names] for names in self._order)
        written = pd.DataFrame(cells, index=searchers, columns=tasks)
        caption = escaped(self.caption).replace("±", "$\\pm$").replace(_DAGGER, "$^{\\dagger}$")
        return str(
            written.style.set_caption(caption.replace("α", "$\\alpha$")).to_latex(
                hrules=True, column_format="l" + "c" * len(tasks), position_float="centering"
            )
        )

    def to_markdown(self) -> str:
        """Return a Markdown table with the caption under it."""
        cells = self.frame.to_numpy(dtype=object, copy=True)
        for place, best in np.ndenumerate(self._best().to_numpy()):
            cells[place] = f"**{cells[place]}**" if best else cells[place]
        searchers, tasks = ([piped(name) for name in names] for names in self._order)
        lines = [f"| searcher | {' | '.join(tasks)} |", "|---" * (1 + len(tasks)) + "|"]
        lines += [f"| {name} | {' | '.join(row)} |" for name, row in zip(searchers, cells, strict=True)]
        return "\n".join([*lines, "", self.caption, ""])

    def to_html(self) -> str:
        """Return an HTML table."""
        import html

        styled = self.styler(caption=html.escape(self.caption)).format(escape="html")
        return str(styled.format_index(escape="html", axis=0).format_index(escape="html", axis=1).to_html())

    def __repr__(self) -> str:
        """The table as text, and the caption."""
        return f"{self.frame.to_string()}\n{self.caption}"

    def _repr_html_(self) -> str:
        """The table, for Jupyter."""
        return self.to_html()


def paper_table(
    found: Comparison,
    *,
    spread: str,
    test: str,
    alpha: float,
    digits: int | None,
) -> PaperTable:
    """Make the table of a comparison; see `Comparison.paper_table`."""
    import pandas as pd

    from nasbench_sim.analysis import compare_with_best
    from nasbench_sim.analysis.inputs import one_of, whole

    if spread not in SPREADS:
        raise unknown("spread", spread, SPREADS)
    one_of(test, "test", _TESTS)
    if digits is not None:
        whole(digits, "digits", 0, 12)
    parts, said = [], []
    for name, runs in found.by_task().items():
        results = {one.searcher: one.results() for one in runs}
        first = next(iter(results.values()))
        numbers = compare_with_best(results, better=first.attrs["better"], test=test, alpha=alpha)
        numbers.insert(0, "task", name)
        parts.append(numbers)
        less = "less is better" if first.attrs["better"] == "min" else ""
        remarks = ", ".join(filter(None, (first.attrs["unit"], less)))
        metric = str(first.name).replace("_", " ").replace("val ", "validation ")
        said.append(f"{metric} ({remarks})" if remarks else metric)
    rows = pd.concat(parts, ignore_index=True)
    return PaperTable(rows, _caption(found, rows, said, spread, test, alpha), spread, digits)


def _caption(
    found: Comparison, rows: pd.DataFrame, said: list[str], spread: str, test: str, alpha: float
) -> str:
    metrics = " or ".join(dict.fromkeys(said))
    metrics = metrics[0].upper() + metrics[1:]
    budgets = " or ".join(dict.fromkeys(str(one.budget) for one in found.runs))
    tables = " or ".join(dict.fromkeys(one.task.table.name for one in found.runs))
    low, high = int(rows["n"].min()), int(rows["n"].max())
    replicates = f"{low}" if low == high else f"{low} to {high}"
    caption = f"{metrics}: mean ± {SPREADS[spread]} over {replicates} replicates, {budgets}, table {tables}."
    if rows["p"].notna().any():
        caption += (
            f" Bold: the best mean. {_DAGGER}: not significantly worse than it (two-sided {_TESTS[test]} "
            f"against the best, Holm's correction over those of a column, α = {alpha:g})."
        )
    return caption


def every_test(found: Comparison, *, test: str, alpha: float) -> pd.DataFrame:
    """Test every two searchers on every task; see `Comparison.tests`."""
    import pandas as pd

    from nasbench_sim.analysis import holm, pairwise_tests, win_tie_loss
    from nasbench_sim.analysis.best import verdicts_of
    from nasbench_sim.analysis.inputs import share

    share(alpha, "alpha")
    parts = []
    for name, runs in found.by_task().items():
        if len(runs) < 2:
            raise RequestError(f"{name} has one searcher: two or more are tested against each other")
        results = {one.searcher: one.results() for one in runs}
        sign = {"max": 1.0, "min": -1.0}[next(iter(results.values())).attrs["better"]]
        rows = pairwise_tests({label: sign * values for label, values in results.items()}, test)
        rows["median_difference"] *= sign  # as measured
        rows.insert(0, "task", name)
        parts.append(rows)
    out = pd.concat(parts, ignore_index=True)
    out["p_holm"] = holm(out["p"])
    out["verdict"] = verdicts_of(out["p_holm"], out["a12"], alpha)
    counts = win_tie_loss(out, alpha).set_index("searcher")[["win", "tie", "loss"]].to_dict("index")
    out.attrs = {"test": test, "correction": "holm", "alpha": alpha, "win_tie_loss": counts}
    return out


def decimals(spreads: np.ndarray[Any, Any]) -> int:
    """Return how many digits after the point show two figures of the usual spread.

    Examples
    --------
    >>> decimals(np.array([0.234, 0.31, np.nan])), decimals(np.array([120.0])), decimals(np.array([np.nan]))
    (2, 0, 2)
    """
    known = spreads[~np.isnan(spreads) & (spreads > 0)]
    if not len(known):
        return 2
    return min(max(1 - math.floor(math.log10(float(np.median(known)))), 0), 6)


def escaped(text: Any) -> str:
    r"""Return text in which LaTeX sees no command.

    Examples
    --------
    >>> print(escaped("random_search & 5 %"))
    random\_search \& 5 \%
    """
    found = str(text).replace("\\", "\\textbackslash ")
    for letter in "&%$#_{}":
        found = found.replace(letter, f"\\{letter}")
    return found.replace("~", "\\textasciitilde ").replace("^", "\\textasciicircum ")


def piped(text: str) -> str:
    """Return text that does not end a cell of Markdown."""
    return text.replace("|", "\\|")
