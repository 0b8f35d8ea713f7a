"""How all columns of a table rank architectures beside what they are to predict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.studies.populations import population_of
from nasbench_sim.studies.repeats import refuse_repeats
from nasbench_sim.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

TARGETS = ("val_accuracy", "test_accuracy")
"""What columns are correlated with if nobody says."""

FEWEST = 30
"""Columns that fewer architectures have are left out, unless they are named."""

_PARTIAL = ("partial", "partial_low", "partial_high")


def correlate(
    table: Table,
    *,
    datasets: Sequence[str] | None = None,
    of: Sequence[str] | None = None,
    against: Sequence[str] | None = None,
    given: Sequence[str] = (),
    population: str = "all",
    sample: int | None = None,
    rows: str = "common",
    method: str = "kendall",
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Correlate columns of a table with others, data set by data set, the strongest first.

    Parameters
    ----------
    table
        Where the columns are.
    datasets
        All of the table by default.
    of
        Metrics, also ``metric:device``; by default all that `FEWEST` or more architectures have.
    against
        What they are to predict; by default those of `TARGETS` that the table has.
    given
        Metrics; with them also the partial correlation by `method`, once what these explain is taken out.
    population
        A name of `populations.POPULATIONS`: all architectures, one of each isomorphism class, those whose
        input reaches the output, those without an edge that leads nowhere.
    sample
        Only so many of them, drawn at random.
    rows
        ``"common"``: the rows that all columns of a data set have; ``"own"``: those that each couple has.
    method
        What is sorted by: ``kendall``, ``spearman`` or ``pearson``.
    bootstrap, seed
        As in `nasbench_sim.analysis.rank_correlation`; the seed is also that of the sample.

    Returns
    -------
    DataFrame
        ``dataset``, ``metric``, ``against``, ``population`` and the fields of
        `nasbench_sim.analysis.correlation_table`; with `given` also ``partial``, ``partial_low`` and
        ``partial_high``, NaN where what is held fixed determines a column. ``attrs``: ``size`` of the
        population, ``rows``, ``method``, and how many columns were ``left_out`` as too few have them.

    Raises
    ------
    RequestError
        For an unknown name, a name twice, and where a correlation cannot be had.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim.studies import correlate
    >>> found = correlate(nbs.load_table("nas-bench-201"), datasets=["cifar10"], of=["flops", "params"])
    >>> found[["metric", "against", "kendall", "n"]].round(3)
       metric       against  kendall      n
    0  params  val_accuracy    0.535  15625
    1   flops  val_accuracy    0.535  15625
    """
    import pandas as pd

    from nasbench_sim.analysis import correlation_table
    from nasbench_sim.analysis.correlation import REPORTED
    from nasbench_sim.analysis.inputs import one_of

    one_of(method, "method", REPORTED)
    refuse_repeats("data set", datasets or ())
    refuse_repeats("target", against or ())
    name, mask = population_of(table.space, population, sample, seed)
    parts, few = [], set()
    for dataset in _datasets(table, datasets):
        frame, targets, lacking = _columns(table, dataset, of, against)
        few |= lacking
        found = correlation_table(
            frame, targets, populations={name: mask}, rows=rows, bootstrap=bootstrap, seed=seed
        )
        found.insert(0, "dataset", dataset)
        if given:
            held = np.column_stack([_values(table, one, dataset) for one in given])
            found = found.join(_partial(found, frame, held, mask, method))
        parts.append(found)
    out = _sorted(pd.concat(parts, ignore_index=True).rename(columns={"x": "metric", "y": "against"}), method)
    out.attrs = {"size": int(mask.sum()), "rows": rows, "method": method, "left_out": len(few)}
    return out


def _datasets(table: Table, asked: Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(column.dataset for column in table.schema if column.dataset is not None))
    for dataset in asked or ():
        if dataset not in known:
            raise unknown("data set", dataset, known)
    return list(asked or known)


def _columns(
    table: Table, dataset: str, of: Sequence[str] | None, against: Sequence[str] | None
) -> tuple[pd.DataFrame, list[str], set[str]]:
    """Return the columns to correlate by name, which of them are the targets, and what too few have."""
    import pandas as pd

    own = [column for column in table.schema if column.dataset in (dataset, None)]
    named = {_name(table, column, dataset): column for column in own}
    targets = list(against or [name for name in TARGETS if name in named])
    known: tuple[tuple[Iterable[str], list[str]], ...] = (
        (targets, list(named)),
        (of or (), [*named, *(column.metric for column in own)]),
    )
    for asked, there in known:
        for name in asked:
            if name not in there:
                raise unknown(f"metric on {dataset}", name, there)
    if not targets:
        raise unknown(f"metric on {dataset}", " or ".join(TARGETS), named)
    values, few = {}, set()
    for name, column in named.items():
        if name not in targets and of is not None and not {name, column.metric} & set(of):
            continue
        if name not in targets and of is None and column.coverage < FEWEST:
            few.add(name)
            continue
        question = {key: getattr(column, key) for key in ("dataset", "device", "schedule", "trained_on")}
        values[name] = table.values(column.metric, **question)
    return pd.DataFrame(values, index=np.arange(table.space.size)), targets, few


def _name(table: Table, column: Column, dataset: str) -> str:
    """Return the name of a column: what one asks for it by, and what else must be said to mean this one."""
    try:
        usual = table.column(column.label, **table.applying(column.label, {"dataset": dataset}))
    except RequestError:  # more than one fits
        usual = None
    if usual is column:
        return column.label
    epochs = f"{column.schedule} epochs" if column.schedule else ""
    trained = f"on {column.trained_on}" if column.trained_on else ""
    return f"{column.label} ({f'{epochs} {trained}'.strip()})"


def _values(table: Table, metric: str, dataset: str) -> NDArray[np.float64]:
    return table.values(metric, **table.applying(metric, {"dataset": dataset}))


def _partial(
    rows: pd.DataFrame, frame: pd.DataFrame, held: NDArray[np.float64], mask: NDArray[np.bool_], method: str
) -> pd.DataFrame:
    """Return the partial correlation of each row's columns, NaN where it is undefined."""
    import pandas as pd

    from nasbench_sim.analysis import partial_correlation

    found: list[Any] = []
    for x, y in zip(rows["x"], rows["y"], strict=True):
        try:
            one = partial_correlation(frame[x], frame[y], held, method=method, population=mask)
            found.append([one["partial"], one["low"], one["high"]])
        except RequestError:  # constant, or what is held fixed determines it
            found.append([np.nan] * len(_PARTIAL))
    return pd.DataFrame(found, columns=list(_PARTIAL), index=rows.index)


def _sorted(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """Sort by data set and target as they came, then by how strong the correlation is."""
    order = rows.assign(
        first=rows["dataset"].map({name: place for place, name in enumerate(rows["dataset"].unique())}),
        second=rows["against"].map({name: place for place, name in enumerate(rows["against"].unique())}),
        third=-rows[method].abs(),
    )
    return rows.loc[order.sort_values(["first", "second", "third"]).index].reset_index(drop=True)
