"""EvoXBench's NAS-Bench-201 for users of pymoo: matrices of choices in, matrices of objectives out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.compat.archive import Archive
from nasbench_sim.compat.published import OPERATIONS, TOPOLOGY
from nasbench_sim.errors import RequestError


class NASBench201SearchSpace:
    """Six variables of five choices each: the operations, in the order of the string."""

    n_var = 6

    def __init__(self) -> None:
        self.lb = [0] * self.n_var
        self.ub = [len(OPERATIONS) - 1] * self.n_var
        self.categories = [list(range(len(OPERATIONS)))] * self.n_var

    def encode(self, archs: Sequence[str]) -> NDArray[np.int64]:
        """Return the choices of architecture strings, shape (n, 6)."""
        return np.array(
            [
                [
                    OPERATIONS.index(edge.partition("~")[0])
                    for edge in arch.replace("+", "|").split("|")
                    if edge
                ]
                for arch in archs
            ]
        )

    def decode(self, X: ArrayLike) -> list[str]:  # noqa: N803 - its published name
        """Return the architecture strings of choices."""
        found = []
        for row in np.asarray(X, dtype=np.int64).tolist():
            ops = [OPERATIONS[choice] for choice in row]
            nodes = (ops[:1], ops[1:3], ops[3:])
            texts = ("|".join(f"{op}~{source}" for source, op in enumerate(node)) for node in nodes)
            found.append("+".join(f"|{text}|" for text in texts))
        return found

    def sample(self, n_samples: int) -> list[str]:
        """Return random architecture strings, drawn by numpy's global generator as there."""
        return self.decode(np.random.choice(len(OPERATIONS), (n_samples, self.n_var)))  # noqa: NPY002


class NASBench201Benchmark:
    """Objectives of NAS-Bench-201, all to be minimised.

    Parameters
    ----------
    fidelity
        Epochs of the schedule, 12 or 200.
    objs
        Joined by ``&``, in this order: ``err`` (%), ``params``, ``flops`` (millions), then
        ``<device>_latency`` (ms), ``<device>_energy`` (mJ), ``eyeriss_arithmetic_intensity``.
    dataset
        ``cifar10``, ``cifar100`` or ``ImageNet16-120``.
    normalized_objectives
        Whether the front of all architectures is scaled to [0, 1].

    Examples
    --------
    >>> benchmark = NASBench201Benchmark(200, "err&params", normalized_objectives=False)
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):  # of what the embedded table lacks
    ...     found = benchmark.evaluate([[3, 3, 3, 3, 3, 3]])
    >>> found.shape
    (1, 2)
    """

    def __init__(
        self,
        fidelity: int = 200,
        objs: str = "err&params&flops",
        dataset: str = "cifar10",
        normalized_objectives: bool = True,
    ) -> None:
        if str(fidelity) not in TOPOLOGY.schedules:
            raise RequestError(f"a fidelity of 12 or 200 epochs, not {fidelity!r}")
        self.search_space = NASBench201SearchSpace()
        self.objs = objs.split("&")
        self.dataset = dataset
        self.normalized_objectives = normalized_objectives
        self._hp = str(fidelity)
        self._archive = Archive(TOPOLOGY)

    def _errors(self, index: NDArray[np.int64], true_eval: bool) -> NDArray[np.float64]:
        """Return test errors of the mean (%), or validation errors of drawn runs."""
        archive, hp = self._archive, self._hp
        trained = "cifar10-valid" if self.dataset == "cifar10" and not true_eval else self.dataset
        metric = f"{'test' if true_eval else 'val'}_accuracy"
        if true_eval:
            return 100 - archive.means(metric, trained, hp)[index]
        last, name = archive.layout.schedules[hp] - 1, "x-valid"
        found = []
        for place in index.tolist():
            seed = int(np.random.choice(len(archive.seeds(place, trained, hp))))  # noqa: NPY002 - as there
            run = archive.seeds(place, trained, hp)[seed]
            found.append(100 - archive.metrics(place, trained, hp, name, last, run, drawn=True)["accuracy"])
        return np.array(found)

    def _values(self, index: NDArray[np.int64], true_eval: bool) -> NDArray[np.float64]:
        table, costs = self._archive.table, self._archive.all_costs(self.dataset)
        columns: list[NDArray[np.float64]] = []
        for name in self.objs:
            device, _, metric = name.partition("_")
            if name == "err":
                columns.append(self._errors(index, true_eval))
            elif name in costs:
                columns.append(costs[name][index])
            else:
                columns.append(table.query(index, metric, device=device, dataset=self.dataset))
        return np.array(columns, dtype=np.float64).T

    def evaluate(self, X: ArrayLike, true_eval: bool = False) -> NDArray[np.float64]:  # noqa: N803
        """Return the objectives of choices, shape (n, objectives).

        Parameters
        ----------
        X
            Choices, shape (n, 6).
        true_eval
            Whether the error is the mean test error, rather than the validation error of a run drawn by
            numpy's global generator.
        """
        index = np.asarray(self._archive.table.space.index(self.search_space.decode(X)), dtype=np.int64)
        values = self._values(index, true_eval)
        return self.normalize(values) if self.normalized_objectives else values

    @cached_property
    def _front(self) -> NDArray[np.int64]:
        import pandas as pd

        from nasbench_sim.analysis import pareto_front

        every = np.asarray(self._archive.table.space.all_indices())
        frame = pd.DataFrame(self._values(every, True), columns=self.objs).dropna()
        return np.asarray(pareto_front(frame, dict.fromkeys(self.objs, "min")).index)

    @property
    def pareto_front(self) -> NDArray[np.float64]:
        """The objectives of all architectures that none dominates, by the mean test error."""
        return self._values(self._front, True)

    @property
    def pareto_set(self) -> list[str]:
        """The strings of the architectures that none dominates."""
        return [self._archive.strings[index] for index in self._front.tolist()]

    @cached_property
    def utopian_point(self) -> NDArray[np.float64]:
        """The best value of each objective on the front."""
        return np.asarray(self.pareto_front.min(axis=0))

    @cached_property
    def nadir_point(self) -> NDArray[np.float64]:
        """The worst value of each objective on the front."""
        return np.asarray(self.pareto_front.max(axis=0))

    @property
    def hv_ref_point(self) -> NDArray[np.float64]:
        """The reference point of the hypervolume: the worst values on the front."""
        return self.nadir_point

    def normalize(self, F: ArrayLike) -> NDArray[np.float64]:  # noqa: N803
        """Return objectives with the front scaled to [0, 1]."""
        span = self.nadir_point - self.utopian_point
        return np.asarray((np.asarray(F) - self.utopian_point) / span)
