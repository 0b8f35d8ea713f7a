"""A look-up table: what an architecture costs is the sum of what its operations cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.estimators.measurements import measured, unlearned
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


class LookUpTable:
    """One number an operation and position, and one for what all architectures share.

    Parameters
    ----------
    space
        The architectures.
    shared
        Whether an operation costs the same at every position: fewer numbers, learned from fewer
        measurements.

    References
    ----------
    Li et al. HW-NAS-Bench. ICLR 2021. Its Eyeriss values and its FPGA values of cifar are exactly of this
    form, with shared costs; its FPGA latency on ImageNet16-120 is the larger of two such sums.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> latency = table.values("latency:eyeriss", dataset="cifar10")
    >>> index = table.space.sample(40, seed=0)
    >>> learned = LookUpTable(table.space, shared=True).fit(index, latency[index])
    >>> {name: round(cost, 3) for name, cost in learned.operations().items() if cost > 1e-9}
    {'nor_conv_1x1': 0.246, 'nor_conv_3x3': 1.475, 'avg_pool_3x3': 1.475}
    """

    def __init__(self, space: SearchSpace, shared: bool = False) -> None:
        self.space = space
        self.shared = shared
        self._names = list(dict.fromkeys(name for options in space.choices for name in options))
        self._column = np.full((len(space.positions), int(space.cardinalities.max())), -1)
        columns = 0
        for position, options in enumerate(space.choices):
            for op, name in enumerate(options):
                self._column[position, op] = self._names.index(name) if shared else columns
                columns += 1
        self._width = len(self._names) if shared else columns
        self.cost = np.full(self._width, np.nan)
        self.base = float("nan")

    def fit(self, index: Array, values: NDArray[np.float64]) -> LookUpTable:
        """Learn the costs by least squares from measured architectures.

        Where the measurements leave a choice, the costs of the smallest squared norm; at each position (or of
        all operations, where shared) they are then shifted so that the cheapest costs nothing.

        Parameters
        ----------
        index, values
            Official indices and their costs, shape (n,); missing values are left out.
        """
        index, values = measured(index, values, "look-up table")
        counts = self._counts(index)
        design = np.concatenate([counts, np.ones((len(counts), 1))], axis=1)
        found = np.linalg.lstsq(design, values, rcond=None)[0]
        self.cost, self.base = found[:-1], float(found[-1])
        groups = [np.arange(self._width)] if self.shared else [row[row >= 0] for row in self._column]
        for group in groups:  # every architecture has one operation a position: a shift goes to the base
            least = float(self.cost[group].min())
            self.cost[group] -= least
            self.base += least * (len(self.space.positions) if self.shared else 1)
        return self

    @classmethod
    def of_operators(
        cls, space: SearchSpace, measured: Mapping[str, float], base: float = 0.0
    ) -> LookUpTable:
        """Give the table of operators that were measured one by one.

        Parameters
        ----------
        space
            The architectures.
        measured
            Operation -> its cost, for every operation of the space.
        base
            The cost of what all architectures share.

        Raises
        ------
        RequestError
            For an operation that is unknown or missing.

        Examples
        --------
        >>> space = SearchSpace("tiny", [("conv", "skip"), ("conv", "skip")])
        >>> LookUpTable.of_operators(space, {"conv": 2.0, "skip": 0.5}, base=1.0).predict([0, 1, 3])
        array([5. , 3.5, 2. ])
        """
        table = cls(space, shared=True)
        for name in measured:
            if name not in table._names:
                raise unknown("operation", name, table._names)
        lacking = [name for name in table._names if name not in measured]
        if lacking:
            raise RequestError(f"{', '.join(lacking)} of {space.name} have no cost")
        table.cost = np.array([float(measured[name]) for name in table._names])
        table.base = float(base)
        return table

    def predict(self, index: Any) -> NDArray[np.float64]:
        """Give the costs of architectures, shape (n,)."""
        if np.isnan(self.base):
            raise unlearned("look-up table")
        return np.asarray(self._counts(np.asarray(index)) @ self.cost + self.base)

    def operations(self) -> dict[str, float]:
        """Give the cost of each operation of a shared table."""
        if not self.shared:
            raise RequestError("an operation has one cost only in a shared look-up table")
        return dict(zip(self._names, self.cost.tolist(), strict=True))

    def _counts(self, index: Array) -> NDArray[np.float64]:
        """Give how often each number enters the sum, shape (n, numbers)."""
        ops = self.space.ops(index)
        used = self._column[np.arange(ops.shape[1]), ops]
        counts = np.zeros((len(ops), self._width))
        np.add.at(counts, (np.arange(len(ops))[:, None], used), 1.0)
        return counts
