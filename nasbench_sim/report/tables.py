"""The tables of the page: how good each searcher is, which differ, and where everything comes from."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nasbench_sim.analysis import pairwise_tests
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.labels import labelled, words
from nasbench_sim.studies import Comparison

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

LEVEL = 0.05
"""The level at which the page calls a difference shown."""


def pairwise(runs: list[Trajectories]) -> pd.DataFrame | str:
    """Give the tests of every two searchers on one task, or why there are none."""
    try:
        return pairwise_tests({one.searcher: one.results() for one in runs})
    except RequestError as error:
        return str(error)


def verdict(runs: list[Trajectories], name: str, tests: pd.DataFrame | str) -> str:
    """Say in one sentence which searcher is best on a task, and from which the tests tell it apart."""
    rows = summary_of(runs)
    best, ends = rows.iloc[0], runs[0].results().attrs
    interval = f" (95 % interval {best['low']:.2f} to {best['high']:.2f})" if best["replicates"] > 1 else ""
    unit = f" {ends['unit']}" if ends["unit"] else ""
    said = f"On {name}, {best['searcher']} has the best mean {words(best['metric'])}: "
    said += f"{best['mean']:.2f}{unit}{interval}"
    if runs[0].task.several and np.isfinite(ends["optimum"]):
        said += f", {100 * best['mean'] / ends['optimum']:.1f} % of the table's"
    if isinstance(tests, str) or len(rows) < 2:
        return f"{said}."
    of_best = tests[(tests["a"] == best["searcher"]) | (tests["b"] == best["searcher"])]
    alike = of_best[~(of_best["p_holm"] < LEVEL)]
    others = [row["b"] if row["a"] == best["searcher"] else row["a"] for _, row in alike.iterrows()]
    if not others:
        return f"{said}; the tests tell it apart from every other."
    return f"{said}; the tests do not tell it apart from {', '.join(others)}."


def summary_of(runs: list[Trajectories]) -> pd.DataFrame:
    """Give the summary of the runs on one task."""
    return Comparison(runs).summary()


def summary_table(runs: list[Trajectories]) -> str:
    """Give the summary of one task as an HTML table."""
    rows, ends = summary_of(runs), runs[0].results().attrs
    columns: dict[str, Any] = {
        "searcher": rows["searcher"],
        f"mean {labelled(rows['metric'].iloc[0], ends['unit'])}": _written(rows["mean"], "{:.3f}"),
        "95 % interval": [
            "" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
            for low, high in zip(rows["low"], rows["high"], strict=True)
        ],
        "std": _written(rows["std"], "{:.3f}"),
    }
    if np.isfinite(ends["optimum"]):
        columns["regret"] = rows["regret"].map("{:.3f}".format)
        if runs[0].task.several:
            columns["share of the table's (%)"] = (100 * rows["mean"] / ends["optimum"]).map("{:.2f}".format)
    if runs[0].task.several:
        fronts = {one.searcher: len(one.final()) / len(one) for one in runs}
        columns["points on a front"] = rows["searcher"].map(fronts).map("{:.1f}".format)
    columns |= {
        "replicates": rows["replicates"].map("{:,}".format),
        "evaluations": rows["evaluations"].map("{:,.1f}".format),
        "simulated hours": _written(rows["simulated_hours"], "{:,.2f}"),
    }
    return table(pd.DataFrame(columns))


def _written(values: pd.Series[float], form: str) -> list[str]:
    """Give numbers as text, and a dash where they are not known."""
    return ["–" if np.isnan(value) else form.format(value) for value in values]


def pairwise_table(tests: pd.DataFrame) -> str:
    """Give tests as an HTML table."""
    shown = pd.DataFrame(
        {
            "a": tests["a"],
            "b": tests["b"],
            "median of a − median of b": tests["median_difference"].map("{:+.3f}".format),
            "p (Holm)": tests["p_holm"].map(_probability),
            "A₁₂": tests["a12"].map("{:.3f}".format),
            "shown": np.where(tests["p_holm"] < LEVEL, "yes", "no"),
        }
    )
    return table(shown)


def provenance(found: Comparison) -> str:
    """Give where everything comes from: one table, and every run's description to unfold."""
    rows: list[dict[str, Any]] = []
    for name, one, described in zip(found.names, found.runs, found.describe(), strict=True):
        rows.append(
            {
                "task": name,
                "data set": one.task.dataset,
                "searcher": one.searcher,
                "hyperparameters": json.dumps(one.hyperparameters, default=str),
                "budget": str(one.budget),
                "seeds": described["seeds"],
                "table": f"{one.task.table.name} {one.task.table.hash[:12]}",
                "nasbench_sim": described["nasbench_sim"],
                **{str(key): value for key, value in one.attributes.items()},
            }
        )
    text = json.dumps(found.describe(), indent=1, default=lambda value: value.item())
    return (
        table(pd.DataFrame(rows).astype(object).fillna(""))
        + "<details><summary>Everything that defines the runs (JSON)</summary><pre>"
        + html.escape(text)
        + "</pre></details>"
    )


def table(frame: pd.DataFrame, *, tall: bool = False) -> str:
    """Give a frame as an HTML table that scrolls on a narrow screen, its text escaped."""
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in frame.columns)
    body = []
    for _, row in frame.iterrows():
        cells = "".join(_cell(value) for value in row)
        body.append(f"<tr>{cells}</tr>")
    rows = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f'<div class="scroll{" tall" if tall else ""}" tabindex="0"><table>{rows}</table></div>'


def _cell(value: object) -> str:
    text = str(value)
    number = text.replace(",", "").lstrip("+-<").rstrip("%").replace(".", "", 1).isdigit()
    return f"<td{' class=number' if number else ''}>{html.escape(text)}</td>"


def _probability(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
