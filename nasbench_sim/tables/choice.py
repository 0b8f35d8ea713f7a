"""From a question to the one column that answers it, or an error that says what would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from nasbench_sim.errors import RequestError, place_of, unknown
from nasbench_sim.spaces.benchmark import Benchmark
from nasbench_sim.tables.column import Column, spans
from nasbench_sim.tables.question import KEYS, Question

_WORDS = {"dataset": "data set", "device": "device", "schedule": "schedule", "trained_on": "trained_on"}


class Answer(NamedTuple):
    """The column that answers a question, and where to read on its axes."""

    column: int
    """Position of the column in the table."""
    epoch: int | None
    """Position on the epoch axis; None where the column has none."""
    seed: int | None
    """Position on the seed axis; None for the mean over the runs that exist."""


def find_column(columns: Sequence[Column], question: Question, benchmark: Benchmark) -> int:
    """Return the position of the one column that a question means.

    Parameters
    ----------
    columns
        All columns of the table.
    benchmark
        Its conventions fill in what networks were trained on.

    Raises
    ------
    RequestError
        For an unknown name, a combination that the table does not have, and where more than one column fits
        after the stated defaults: the longest schedule; the training that the benchmark has by convention.
    """
    metric, asked = question.metric, question.asked
    fits = [i for i, column in enumerate(columns) if column.metric == metric]
    if not fits:
        raise unknown("metric", metric, {column.metric for column in columns})
    for key, value in asked.items():
        chosen = [i for i in fits if getattr(columns[i], key) == value]
        if not chosen:
            raise _nothing_fits(columns, fits, question, key)
        fits = chosen
    if "schedule" not in asked and len(fits) > 1:
        longest = max(columns[i].schedule or 0 for i in fits)
        fits = [i for i in fits if (columns[i].schedule or 0) == longest]
    if "trained_on" not in asked:
        fits = _usual_training(columns, fits, benchmark)
    if len(fits) > 1:
        differing = [key for key in KEYS if len({getattr(columns[i], key) for i in fits}) > 1]
        listed = "; ".join(columns[i].describe() for i in fits[:12])
        raise RequestError(
            f"{metric} has {len(fits)} columns that fit; say {' and '.join(differing)}: {listed}"
            + (" ..." if len(fits) > 12 else "")
        )
    return fits[0]


def applying(columns: Sequence[Column], label: str, question: dict[str, Any]) -> dict[str, Any]:
    """Leave out the parts of a question that no column of a metric has.

    Examples
    --------
    >>> column = Column(metric="flops", source="here", dataset="cifar10")
    >>> applying([column], "flops", {"dataset": "cifar10", "epoch": 200})
    {'dataset': 'cifar10'}
    """
    metric = Question(label).metric
    own = [column for column in columns if column.metric == metric]
    has = {key: any(getattr(column, key) is not None for column in own) for key in KEYS}
    has["epoch"] = any(column.epochs for column in own)
    has["seed"] = any(column.seeds for column in own)
    return {key: value for key, value in question.items() if not own or has[key]}


def _usual_training(columns: Sequence[Column], fits: list[int], benchmark: Benchmark) -> list[int]:
    """Keep what networks are trained on by convention where a metric of this split is reported."""
    kept = []
    for i in fits:
        usual = benchmark.usual_training(columns[i].split, columns[i].dataset)
        if usual is None or columns[i].trained_on in (None, usual):
            kept.append(i)
    if not kept:
        column = columns[fits[0]]
        raise RequestError(
            f"the table has {column.describe()} only; what is reported by convention is another training: "
            f"say trained_on={column.trained_on!r} if you mean this one"
        )
    return kept


def _nothing_fits(columns: Sequence[Column], fits: list[int], question: Question, key: str) -> RequestError:
    value, asked = question.asked[key], question.asked
    everywhere = {getattr(column, key) for column in columns} - {None}
    here = sorted({getattr(columns[i], key) for i in fits} - {None}, key=str)
    word = _WORDS[key]
    place = "" if value in everywhere or not isinstance(value, str) else place_of(value)
    if value not in everywhere and isinstance(value, str) and not place:
        return unknown(word, value, here or everywhere)
    before = [f"{earlier}={asked[earlier]!r}" for earlier in KEYS[: KEYS.index(key)] if earlier in asked]
    where = f" for {', '.join(before)}" if before else ""
    has = f"it has {', '.join(map(repr, here))}" if here else f"it has no {word} at all"
    return RequestError(
        f"{question.metric}{where} has no {word} {value!r}; {has}" + (f"; {place}" if place else "")
    )


def read_at(
    columns: Sequence[Column], position: int, epoch: int | None, seed: int | None
) -> tuple[int | None, int | None]:
    """Give the positions on the epoch and seed axes that a question means; checked.

    Parameters
    ----------
    columns, position
        All columns of the table, and which of them is read.
    epoch
        1-based; None for the last one.
    seed
        Training seed; None for the mean over the runs that exist.
    """
    column = columns[position]
    at_epoch = at_seed = None
    if column.epochs:
        at_epoch = len(column.epochs) - 1
        if epoch is not None:
            if epoch not in column.epochs:
                has = f"it has {spans(column.epochs)}{_elsewhere(columns, column, 'epochs', epoch)}"
                raise RequestError(f"{column.describe()} has no epoch {epoch}; {has}")
            at_epoch = column.epochs.index(epoch)
    elif epoch is not None:
        raise RequestError(f"{column.describe()} is not read at an epoch; leave epoch={epoch} out")
    if seed is not None:
        if seed not in column.seeds:
            listed = spans([s for s in column.seeds if s is not None])
            has = f"it has {listed}" if listed else "it is one number an architecture, without runs"
            has += _elsewhere(columns, column, "seeds", seed)
            raise RequestError(f"{column.describe()} has no seed {seed}; {has}")
        at_seed = column.seeds.index(seed)
    return at_epoch, at_seed


def _elsewhere(columns: Sequence[Column], column: Column, axis: str, value: int) -> str:
    """Say which other trainings of a metric have an epoch or a seed, or else which metric made of it."""
    has = [
        other
        for other in columns
        if other.metric.startswith(column.metric)
        and (other.dataset, other.device) == (column.dataset, column.device)
        and value in getattr(other, axis)
    ]
    named = [other.describe() for other in has if other.metric == column.metric] or [
        other.describe() for other in has
    ]
    return f"; {' and '.join(named)} {'has' if len(named) == 1 else 'have'} it" if named else ""
