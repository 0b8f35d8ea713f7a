"""From what was asked to the one column that answers it, or an error that says what would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any, NamedTuple

from nasbench_sim.errors import RequestError, nearest, unknown
from nasbench_sim.tables.column import Column, spans

_KEYS = ("dataset", "device", "schedule", "trained_on")
_PARTS = ("dataset", "device", "schedule", "epoch", "seed", "trained_on")
_WORDS = {"dataset": "data set", "device": "device", "schedule": "schedule", "trained_on": "trained_on"}


class Answer(NamedTuple):
    """The column that answers a question, and where to read on its axes."""

    column: int
    """Position of the column in the table."""
    epoch: int | None
    """Position on the epoch axis; None where the column has none."""
    seed: int | None
    """Position on the seed axis; None for the mean over the runs that exist."""


def split_label(label: str, device: str | None = None) -> tuple[str, str | None]:
    """Split ``metric:device`` into its two parts; a device given both ways must be the same.

    Examples
    --------
    >>> split_label("latency:raspi4")
    ('latency', 'raspi4')
    """
    if not isinstance(label, str):
        raise RequestError(f"a metric is named by a string such as 'val_accuracy', not {label!r}")
    metric, colon, named = label.partition(":")
    if not colon:
        return metric, device
    if device not in (None, named):
        raise RequestError(f"{label!r} names the device {named!r}, but device={device!r} is asked for")
    return metric, named


def ordered_parts(question: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give dataset, device, schedule, epoch, seed and trained_on, None for what is left out.

    Raises
    ------
    RequestError
        For a part that no question has.

    Examples
    --------
    >>> ordered_parts({"seed": 777, "dataset": "cifar10"})
    ('cifar10', None, None, None, 777, None)
    """
    for part in question:
        if part not in _PARTS:
            raise RequestError(f"a question has no part {part}{nearest(part, _PARTS)}")
    return tuple(question.get(part) for part in _PARTS)


def find_column(columns: Sequence[Column], label: str, **asked: Any) -> int:
    """Give the position of the one column that a question means.

    Parameters
    ----------
    columns
        All columns of the table.
    label
        Metric, or ``metric:device``.
    **asked
        ``dataset``, ``device``, ``schedule``, ``trained_on``; None for what is left out.

    Raises
    ------
    RequestError
        For an unknown name, a schedule that is no whole number, a combination that the table does not have,
        and where more than one column fits after the stated defaults: the longest schedule; for cifar10 test
        metrics the networks trained on train+val, for val metrics those trained on train.
    """
    metric, device = split_label(label, asked.get("device"))
    asked = {**asked, "device": device}
    refuse_several(asked.values())
    whole_numbers(schedule=asked.get("schedule"))
    fits = [i for i, column in enumerate(columns) if column.metric == metric]
    if not fits:
        raise unknown("metric", metric, {column.metric for column in columns})
    for key in _KEYS:
        value = asked.get(key)
        if value is None:
            continue
        chosen = [i for i in fits if getattr(columns[i], key) == value]
        if not chosen:
            raise _nothing_fits(columns, fits, metric, key, value, asked)
        fits = chosen
    if asked.get("schedule") is None and len(fits) > 1:
        longest = max(columns[i].schedule or 0 for i in fits)
        fits = [i for i in fits if (columns[i].schedule or 0) == longest]
    if asked.get("trained_on") is None:
        fits = _usual_training(columns, fits)
    if len(fits) > 1:
        differing = [key for key in _KEYS if len({getattr(columns[i], key) for i in fits}) > 1]
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
    metric, _ = split_label(label)
    own = [column for column in columns if column.metric == metric]
    has = {key: any(getattr(column, key) is not None for column in own) for key in _KEYS}
    has["epoch"] = any(column.epochs for column in own)
    has["seed"] = any(column.seeds for column in own)
    return {key: value for key, value in question.items() if not own or has[key]}


def _usual_training(columns: Sequence[Column], fits: list[int]) -> list[int]:
    """Apply the papers' convention: cifar10 test after training on train+val, everything val on train."""
    split = columns[fits[0]].split
    if split not in ("val", "test"):
        return fits
    kept = [
        i
        for i in fits
        if columns[i].trained_on
        in (None, "train+val" if split == "test" and columns[i].dataset == "cifar10" else "train")
    ]
    if not kept:
        column = columns[fits[0]]
        raise RequestError(
            f"the table has {column.describe()} only; what is reported by convention is another training: "
            f"say trained_on={column.trained_on!r} if you mean this one"
        )
    return kept


def _nothing_fits(
    columns: Sequence[Column], fits: list[int], metric: str, key: str, value: Any, asked: dict[str, Any]
) -> RequestError:
    everywhere = {getattr(column, key) for column in columns} - {None}
    here = sorted({getattr(columns[i], key) for i in fits} - {None}, key=str)
    word = _WORDS[key]
    if value not in everywhere and isinstance(value, str):
        return unknown(word, value, here or everywhere)
    before = [
        f"{earlier}={asked[earlier]!r}"
        for earlier in _KEYS[: _KEYS.index(key)]
        if asked.get(earlier) is not None
    ]
    where = f" for {', '.join(before)}" if before else ""
    has = f"it has {', '.join(map(repr, here))}" if here else f"it has no {word} at all"
    hint = nearest(value, here) if isinstance(value, str) else ""
    return RequestError(f"{metric}{where} has no {word} {value!r}{hint}; {has}")


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
    whole_numbers(epoch=epoch, seed=seed)
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


def whole_numbers(schedule: Any = None, epoch: Any = None, seed: Any = None) -> None:
    """Refuse parts of a question that are neither left out nor whole numbers, such as 200.0 or True."""
    for name, value in (("schedule", schedule), ("epoch", epoch), ("seed", seed)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, Integral)):
            raise RequestError(f"{name} is a whole number, not {value!r}")


def refuse_several(parts: Iterable[Any]) -> None:
    """Refuse lists, arrays and the like where a question names one."""
    several = [part for part in parts if type(part).__hash__ is None]
    if several:
        raise RequestError(f"a question names one of each, not several at once: {several}")


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
