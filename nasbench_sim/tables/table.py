"""The tabular backend: immutable columns over a search space, and one query call."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.answers import Answers
from nasbench_sim.tables.choice import applying
from nasbench_sim.tables.column import Column, described
from nasbench_sim.tables.contents import content_hash
from nasbench_sim.tables.curves import read_curves
from nasbench_sim.tables.derivation import Derivation
from nasbench_sim.tables.frame import frame_of
from nasbench_sim.tables.numbers import Data, checked
from nasbench_sim.tables.quality import worth
from nasbench_sim.tables.question import Question

if TYPE_CHECKING:
    import pandas as pd


class Table(Derivation):
    """Immutable columns over a search space, with provenance.

    Parameters
    ----------
    name
        What the table is called.
    space
        The search space; row i of each column belongs to the architecture of official index i.
    columns
        Pairs of a `Column` and its numbers, of shape (size,) + (seeds,) + (epochs,), each of the last two
        only where the column has that axis. Missing is NaN.
    provenance
        How the table was made; plain JSON types.
    hash
        Content hash, given by the file that it was read from.
    supplements
        Further columns, each beside one of the same question: they answer what names an epoch or a run
        that it lacks (`nasbench_sim.tables.merge`).

    Raises
    ------
    RequestError
        For numbers of the wrong shape, infinite ones, or two columns that one question could mean.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> round(table.query(6111, "val_accuracy", dataset="cifar10"), 3)
    91.607
    >>> table.values("flops", dataset="cifar10").shape
    (15625,)
    """

    def __init__(
        self,
        name: str,
        space: SearchSpace,
        columns: Iterable[tuple[Column, Data]],
        provenance: Mapping[str, Any] | None = None,
        hash: str | None = None,
        supplements: Iterable[tuple[Column, Data]] = (),
    ) -> None:
        self.name = name
        self.space = space
        self.provenance = dict(provenance or {})
        entries = [checked(column, data, space) for column, data in columns]
        self._columns = [column for column, _ in entries]
        self._data = [numbers for _, numbers in entries]
        seen: dict[Any, Column] = {}
        for column in self._columns:
            if column.key in seen:
                raise RequestError(f"two columns answer the same question: {column.describe()}")
            seen[column.key] = column
        self._supplements = tuple(checked(column, data, space) for column, data in supplements)
        self._hash = hash
        self._sure = 0 if space.gaps else space.size  # the integers below it are architectures
        self._answers = Answers(self._columns, self._data, space.listed, space.benchmark, self._supplements)

    # -- what there is

    @property
    def schema(self) -> tuple[Column, ...]:
        """The columns, without their numbers."""
        return tuple(self._columns)

    @property
    def supplements(self) -> tuple[tuple[Column, Data], ...]:
        """The columns that answer only what names an epoch or a run that the one beside them lacks."""
        return self._supplements

    @property
    def columns(self) -> pd.DataFrame:
        """One row a column: meaning, units, axes, coverage, source and licence; the supplements come last.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> table.columns.loc[0, ["metric", "dataset", "unit", "licence"]].tolist()
        ['val_accuracy', 'cifar10', '%', 'Apache-2.0']
        """
        return described([*self._columns, *(column for column, _ in self._supplements)])

    @property
    def hash(self) -> str:
        """SHA-256 of the contents: columns, their meanings and numbers, and provenance."""
        if self._hash is None:
            self._hash = content_hash(self)
        return self._hash

    def data(self, position: int) -> Data:
        """Give the numbers of the column at a position of `schema`, not yet read where they lie in a file."""
        return self._data[position]

    def __repr__(self) -> str:
        """Name, size and what it serves; of a surrogate, what it is worth."""
        metrics = sorted({column.metric for column in self._columns})
        return (
            f"<Table {self.name}: {len(self._columns)} columns over {self.space.name} ({self.space.size:,})\n"
            f" {', '.join(metrics)}" + worth(self.provenance) + ">"
        )

    def _repr_html_(self) -> str:
        """The columns as a table, for Jupyter."""
        import html

        size = f"{len(self._columns)} columns over {self.space.name} ({self.space.size:,})"
        return f"<b>{html.escape(self.name)}</b>: {size}" + str(
            self.columns.drop(columns=["note"]).to_html(index=False, na_rep="", border=0)
        )

    # -- asking

    def column(
        self,
        metric: str,
        *,
        dataset: str | None = None,
        device: str | None = None,
        schedule: int | None = None,
        trained_on: str | None = None,
    ) -> Column:
        """Give the one column that a question means; the parameters are those of `query`.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> table.column("latency:gpu", dataset="cifar10").unit
        'ms'
        """
        question = Question(metric, dataset, device, schedule, trained_on=trained_on)
        return self._columns[self._answers.column(question)]

    def values(
        self,
        metric: str,
        *,
        dataset: str | None = None,
        device: str | None = None,
        schedule: int | None = None,
        epoch: int | None = None,
        seed: int | None = None,
        trained_on: str | None = None,
    ) -> NDArray[np.float64]:
        """Give one number for every architecture, in official order; the parameters are those of `query`.

        Returns
        -------
        array of float64, shape (size,)
            Read-only; NaN where missing.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> int(table.values("val_accuracy", dataset="cifar10").argmax())
        6111
        """
        numbers = self._answers.numbers((metric, dataset, device, schedule, epoch, seed, trained_on))
        return numbers if isinstance(numbers, np.ndarray) else np.asarray(numbers[...])

    def query(
        self,
        architectures: Any,
        metric: str,
        *,
        dataset: str | None = None,
        device: str | None = None,
        schedule: int | None = None,
        epoch: int | None = None,
        seed: int | None = None,
        trained_on: str | None = None,
    ) -> Any:
        """Look a metric up.

        Parameters
        ----------
        architectures
            Official index, architecture string, or an array of either.
        metric
            Such as ``val_accuracy`` or ``latency:raspi4``; `columns` lists them.
        dataset, device
            Needed where the metric has more than one.
        schedule
            Epochs that the training was planned for; the longest by default.
        epoch
            1-based epoch at which the value was read; the last by default.
        seed
            Training seed; by default the mean over the runs that exist (`runs` counts them).
        trained_on
            ``"train"`` or ``"train+val"``; by default train+val for cifar10 test, train for val.

        Returns
        -------
        float or array of float64
            In the column's unit; NaN where the architecture has no such value.

        Raises
        ------
        RequestError
            For anything that the table does not have, and for a question with two answers.
        ArchitectureError
            For an architecture that does not exist.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> table.query([0, 6111], "val_accuracy", dataset="cifar10", schedule=200, epoch=200).round(3)
        array([81.983, 91.607])
        """
        numbers = self._answers.numbers((metric, dataset, device, schedule, epoch, seed, trained_on))
        if type(architectures) is int and 0 <= architectures < self._sure:
            return numbers.item(architectures)  # as below, in half the time
        found = numbers[self.space.official(architectures)]
        return float(found) if found.ndim == 0 else found

    def lookup(self, metric: str, **question: Any) -> Any:
        """Give what `query` looks up in: `values`, or in a space too large to list a `Computed`."""
        return self._answers.numbers(dataclasses.astuple(Question.of(metric, question)))

    def runs(
        self,
        metric: str,
        *,
        dataset: str | None = None,
        device: str | None = None,
        schedule: int | None = None,
        epoch: int | None = None,
        trained_on: str | None = None,
    ) -> NDArray[np.float64]:
        """Give the single published runs behind `values`, in the order of the column's seeds.

        Returns
        -------
        array of float64, shape (size, runs)
            NaN where an architecture lacks a run; one run where the column has no seeds.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> table.column("val_accuracy", dataset="cifar10").seeds
        (777, 888, 999, None, None)
        >>> table.runs("val_accuracy", dataset="cifar10").shape
        (15625, 5)
        """
        answer = self._answers.find(Question(metric, dataset, device, schedule, epoch, None, trained_on))
        numbers = self._answers.runs(answer)
        return numbers if numbers.ndim == 2 else numbers[:, None]

    def curves(self, architectures: Any, metric: str, **question: Any) -> NDArray[np.float64]:
        """Give the learning curves of architectures: every epoch of every published run.

        No more of the file is read than holds them. The parameters are those of `column`.

        Returns
        -------
        array of float64, shape (..., runs, epochs)
            In the order of the column's ``seeds`` and ``epochs``; NaN where there is no value; one run where
            the column has no seeds.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> nbs.load_table("nas-bench-201").curves([0, 9], "val_accuracy", dataset="cifar10").shape
        (2, 5, 1)
        """
        column = self.column(metric, **question)
        data = self._data[self._columns.index(column)]
        return read_curves(column, data, self.space.official(architectures))

    def frame(self, metrics: Sequence[str], architectures: Any = None, **question: Any) -> pd.DataFrame:
        """Give several metrics side by side.

        Parameters
        ----------
        metrics
            Metrics, each also as ``metric:device``; a part of the question that does not apply to one of
            them (an epoch to a latency) is left out for that one, and an error where it applies to none.
        architectures
            Which, as in `query`; all by default.
        **question
            As in `query`.

        Returns
        -------
        DataFrame
            Indexed by official index (``index``), one column a metric; ``attrs["units"]`` names their units.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> table.frame(["val_accuracy", "flops"], [0, 6111], dataset="cifar10").round(2).reset_index()
           index  val_accuracy   flops
        0      0         81.98   15.65
        1   6111         91.61  153.27
        """
        return frame_of(self, metrics, architectures, question)

    def applying(self, metric: str, question: dict[str, Any]) -> dict[str, Any]:
        """Leave out the parts of a question that no column of this metric has."""
        return applying(self._columns, metric, question)
