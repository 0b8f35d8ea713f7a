"""What each replicate has trained before: how far, and which of the published runs it drew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.task import Task
from nasbench_sim.spaces.product import Array


class Memory:
    """Charges the evaluations of tasks whose repeats are free or whose trainings can be continued.

    A repeat, or a moment that a training has passed already, is free and gives the run that was drawn before
    where the task says so; a later moment of the same training continues it: the same run, for the difference
    of the costs. Everything else is trained from scratch and draws a run of its own.

    Parameters
    ----------
    task
        Its costs, and what is free.
    replicates
        How many.
    """

    def __init__(self, task: Task, replicates: int) -> None:
        self.shared = task.repeats == "free"
        """Whether all evaluations of an architecture are moments of one training."""
        self._resume = task.resume
        trainings = [one.training for one in task.fidelities] or [()]
        self.training = np.array([trainings.index(training) for training in trainings])
        """Which training each place in the task's fidelities is a moment of, shape (fidelities,)."""
        # Architecture, training, configuration -> how far it is, what chose its run, seconds up to there.
        self._trained: list[dict[tuple[int, int, int], tuple[int, float, float]]] = [
            {} for _ in range(replicates)
        ]

    @staticmethod
    def needed(task: Task) -> bool:
        """Tell whether anything depends on what was evaluated before."""
        return task.repeats == "free" or task.resume

    def charge(
        self,
        index: Array,
        level: Array | None,
        uniform: NDArray[np.float64] | None,
        seconds: NDArray[np.float64],
        configuration: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Charge proposals, one after the other within each replicate.

        Parameters
        ----------
        index
            Shape (q, R); -1 where nothing is proposed.
        level
            Places in the task's fidelities, shape (q, R); None where it has none.
        uniform
            What would choose the run, shape (q, R); None where nothing is drawn.
        seconds
            What each would cost from scratch, shape (q, R).
        configuration
            What tells trainings of one architecture apart, shape (q, R); None where they are one.

        Returns
        -------
        uniform, cost, counts
            Shape (q, R): what chooses the run, the seconds, and False where nothing was evaluated.
        """
        draws = np.zeros(index.shape) if uniform is None else uniform.copy()
        cost = np.zeros(index.shape)
        counts = np.zeros(index.shape, dtype=bool)
        proposed = np.nonzero(index >= 0)  # slot by slot, so that each replicate's come in their order
        places = np.zeros(index.shape, dtype=np.int64) if level is None else level
        own = np.zeros_like(places) if configuration is None or self.shared else configuration
        asked = (part[proposed].tolist() for part in (index, places, draws, own, seconds))
        charged = []
        training = self.training.tolist()
        for replicate, architecture, at, drawn, one, price in zip(proposed[1].tolist(), *asked, strict=True):
            trained = self._trained[replicate]
            key = (architecture, training[at], one)
            reached, before, paid = trained.get(key, (-1, 0.0, 0.0))
            if self.shared and reached >= at:
                charged.append((before, 0.0, False))
                continue
            continued = self._resume and 0 <= reached < at
            run = before if continued else drawn
            trained[key] = (at, run, price)
            charged.append((run, price - paid if continued else price, True))
        if charged:
            draws[proposed], cost[proposed], counts[proposed] = zip(*charged, strict=True)
        return draws, cost, counts
