"""What the runs with several objectives found together: their front, and who found which point of it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pandas as pd

from nasbench_sim.analysis import pareto_front
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.attainment import table_front
from nasbench_sim.plots.labels import labelled
from nasbench_sim.report.tables import table

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories


def found_front(runs: list[Trajectories]) -> pd.DataFrame:
    """Give the front of all networks that are on the final front of a replicate, by their mean values.

    Returns
    -------
    DataFrame
        Indexed by official index, best first by the first objective: the objectives (means of the table), for
        a space that can be listed ``on_table_front``, and for each searcher the share of its replicates that
        ended with the network.

    Raises
    ------
    RequestError
        Where no replicate found anything that counts.
    """
    task = runs[0].task
    ended = {one.searcher: one.final().drop_duplicates(["seed", "index"])["index"] for one in runs}
    shares = {one.searcher: ended[one.searcher].value_counts() / len(one) for one in runs}
    every = pd.DataFrame(shares).fillna(0.0).rename_axis("index")
    found = every.index.to_numpy(task.space.index_dtype)
    means = pd.DataFrame(
        {
            # What a space that cannot be listed has of an architecture is one number.
            one.label: one.mean[found] if task.space.listed else one.observe(found, None)
            for one in task.objectives
        },
        index=every.index,
    )
    front = pareto_front(means, {one.label: one.better for one in task.objectives})
    if task.space.listed:
        front["on_table_front"] = front.index.isin(table_front(runs[0]).index)
    return front.join(every)


def front_section(runs: list[Trajectories]) -> str:
    """Give that front as HTML, with what the hypervolume is measured up to."""
    task = runs[0].task
    corner = ", ".join(labelled(one.label, f"{one.worst:.4g} {one.column.unit}") for one in task.objectives)
    said = f"Hypervolumes are up to the worst values of the table: {corner}."
    try:
        front = found_front(runs)
    except RequestError as error:
        return f'<p class="note">{html.escape(said)} No front: {html.escape(str(error))}.</p>'
    said += f" Together the replicates found {len(front)} networks that no other found one beats in the mean"
    said += " of its runs"
    if task.space.listed:
        best, whole = int(front["on_table_front"].sum()), len(table_front(runs[0]))
        said += f"; {best} of them are among the {whole} on the front of the table"
    said += ". The columns of searchers: which share of the replicates ended with that network on its front."
    shown: dict[str, Any] = {"network": front.index}
    for objective in task.objectives:
        values = front[objective.label].map("{:.5g}".format).to_numpy()
        shown[labelled(objective.label, objective.column.unit)] = values
    if task.space.listed:
        shown["front of the table"] = front["on_table_front"].map({True: "yes", False: "no"}).to_numpy()
    for one in runs:
        shown[one.searcher] = front[one.searcher].map("{:.0%}".format).to_numpy()
    return f'<p class="note">{html.escape(said)}</p>{table(pd.DataFrame(shown), tall=True)}'
