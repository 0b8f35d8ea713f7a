"""Uniform single-path training of a supernet, and ranking by inherited weights (RSPS, SPOS)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.live.data import Images
from nasbench_sim.live.supernet.network import single_path
from nasbench_sim.live.supernet.outcome import Outcome
from nasbench_sim.live.supernet.sharing import SharedTraining, SharedWeights, best_inherited
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import space
from nasbench_sim.tables import Column, Table

_CANDIDATES = 100
_SKIP = OPERATIONS.index("skip_connect")


class TrainedSupernet:
    """A supernet whose weights were trained on single paths, drawn uniformly; made by `train_supernet`.

    Attributes
    ----------
    outcome
        RSPS: after every epoch, the best of 100 random architectures by inherited accuracy on 512 validation
        images.
    """

    def __init__(self, shared: SharedWeights, outcome: Outcome, dataset: str) -> None:
        self.outcome = outcome
        self._shared = shared
        self._dataset = dataset

    def accuracy(self, architectures: Any) -> Any:
        """Give the validation accuracy with inherited weights, in percent: all validation images.

        Parameters
        ----------
        architectures
            Official index, architecture string, or an array of either.
        """
        ops = space("nas-bench-201").ops(architectures)
        images = self._shared.val
        found = [self._shared.accuracy(images, single_path(row)) for row in ops.reshape(-1, 6).tolist()]
        return found[0] if ops.ndim == 1 else np.array(found).reshape(ops.shape[:-1])

    def table(self, name: str, architectures: Any = None) -> Table:
        """Give a table of inherited accuracies (``val_accuracy``), for any searcher to search: SPOS.

        Parameters
        ----------
        name
            Of the table.
        architectures
            Which are ranked; by default one of every isomorphism class, whose value all of the class get.
        """
        searched = space("nas-bench-201")
        origin = searched.canonical(searched.all_indices())
        values: NDArray[np.float64] = np.full(searched.size, np.nan)
        if architectures is None:
            classes = np.unique(origin)
            values[classes] = self.accuracy(classes)
            values = values[origin]
        else:
            indices = np.atleast_1d(searched.official(architectures))
            values[indices] = self.accuracy(indices)
        column = Column(
            metric="val_accuracy",
            dataset=self._dataset,
            source="inherited weights of a supernet that was trained live",
            note="not the accuracy of networks trained on their own",
        )
        return Table(name, searched, [(column, values)], {"made_by": "nasbench_sim.live.train_supernet"})


def train_supernet(
    images: Images, training: SharedTraining | None = None, *, seed: int = 0, device: str | None = None
) -> TrainedSupernet:
    """Train the supernet of NAS-Bench-201 on single paths, each drawn uniformly for one batch.

    Parameters
    ----------
    images
        Weights learn from ``train``; ``val`` ranks architectures.
    training
        How, and how large the supernet is.
    seed
        Fixes the result on one machine.
    device
        A PyTorch device; by default a GPU where there is one.

    References
    ----------
    Li, Talwalkar. Random search and reproducibility for neural architecture search. UAI 2019. Guo et al.
    Single path one-shot neural architecture search with uniform sampling. ECCV 2020.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> tiny = live.SharedTraining(epochs=1, channels=4, cells=1)
    >>> trained = live.train_supernet(live.digits(parts=(64, 64, 64)), tiny)
    >>> trained.accuracy([0, 6111]).shape
    (2,)
    """
    training = training or SharedTraining()
    rows = []
    with reproducible(seed):
        shared = SharedWeights(images, training, partial=1, seed=seed, device=device)
        drawn = np.random.default_rng([seed, 1])
        for epoch in range(training.epochs):
            losses = []
            for done, train, _ in shared.batches():
                ops = drawn.integers(len(OPERATIONS), size=len(EDGES)).tolist()
                progress = (epoch + done) / training.epochs
                losses.append(shared.learn(train, single_path(ops), progress))
            candidates = drawn.integers(len(OPERATIONS), size=(_CANDIDATES, len(EDGES)))
            best = best_inherited(shared, candidates)
            rows.append(
                {
                    "epoch": epoch + 1,
                    "index": space("nas-bench-201").from_ops(best),
                    "skips": int((best == _SKIP).sum()),
                    "train_loss": float(np.mean(losses)),
                    "seconds": shared.seconds,
                }
            )
    trajectory = pd.DataFrame(rows)
    outcome = Outcome("rsps", int(trajectory["index"].iloc[-1]), trajectory)
    return TrainedSupernet(shared, outcome, images.name)
