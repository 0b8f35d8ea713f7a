"""The page: one self-contained HTML file that asks nothing of any network."""

from __future__ import annotations

import html
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from nasbench_sim._version import __version__
from nasbench_sim.files import clear_drafts, replacing

if TYPE_CHECKING:
    from nasbench_sim.studies import Comparison


def write_report(found: Comparison, path: str | Path, *, title: str | None = None) -> Path:
    """Write the report of a comparison or of a study's results.

    Parameters
    ----------
    found
        What `nasbench_sim.compare`, `Study.results` or `read_runs` gave.
    path
        The HTML file; what was there is replaced.
    title
        Of the page; by default how many searchers and tasks there are.

    Returns
    -------
    Path
        The file. It needs no other file and no network.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> found = nbs.compare(["random_search", "local_search"], task,
    ...                     budget=nbs.Budget(evaluations=30), seeds=5)
    >>> page = write_report(found, tempfile.mkdtemp() + "/report.html")
    >>> page.read_text().startswith("<!doctype html>")
    True
    """
    text = page(found, title or _title(found))
    target = Path(path)
    clear_drafts(target.parent)
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return target


def page(found: Comparison, title: str) -> str:
    """Give the page as text."""
    from nasbench_sim.report.explorer import explorer_data
    from nasbench_sim.report.fronts import front_section
    from nasbench_sim.report.tables import pairwise, pairwise_table, provenance, summary_table, verdict

    verdicts, summaries, differences = [], [], []
    for name, runs in found.by_task().items():
        task = runs[0].task
        tests = pairwise(runs)
        verdicts.append(f"<li>{html.escape(verdict(runs, name, tests))}</li>")
        head = f"<h3>{html.escape(name)}</h3>"
        about = f'<p class="note">{html.escape(repr(task).strip("<>"))}. {html.escape(runs[0].note)}.</p>'
        summaries.append(head + about + summary_table(runs) + (front_section(runs) if task.several else ""))
        tested = (
            f"<p>Not tested: {html.escape(tests)}.</p>" if isinstance(tests, str) else pairwise_table(tests)
        )
        differences.append(head + tested)
    parts = {
        "title": html.escape(title),
        "verdicts": "".join(verdicts),
        "summary": "".join(summaries),
        "figures": _figures(found),
        "significance": "".join(differences),
        "provenance": provenance(found),
        "version": html.escape(__version__),
        "style": _asset("report.css"),
        # A script ends at the first "</": no name of a searcher may bring one.
        "data": json.dumps(explorer_data(found), separators=(",", ":")).replace("<", "\\u003c"),
        "script": "\n".join(_asset(name) for name in ("space.js", "plot.js", "report.js", "tools.js")),
    }
    pieces = _asset("report.html").split("{{")
    out = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        out += [parts[name.strip()], rest]
    return "".join(out)


def _figures(found: Comparison) -> str:
    from nasbench_sim.report.figures import figures, own_ids

    out = []
    for number, (title, said, svg) in enumerate(figures(found)):
        out.append(
            f'<figure><h3>{html.escape(title)}</h3><div class="scroll" role="img" '
            f'aria-label="{html.escape(title)}">{own_ids(svg, f"figure{number}-")}</div>'
            f"<figcaption>{html.escape(said)}</figcaption></figure>"
        )
    return "".join(out)


def _title(found: Comparison) -> str:
    searchers = len({one.searcher for one in found.runs})
    datasets = ", ".join(found.by_task())
    return (
        f"{searchers} searchers on {datasets}" if searchers > 1 else f"{found.runs[0].searcher} on {datasets}"
    )


def _asset(name: str) -> str:
    return resources.files("nasbench_sim.report").joinpath("assets", name).read_text(encoding="utf-8")
