"""Differentiable architecture search: logits of operations and shared weights, a step of each in turn."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.errors import RequestError
from nasbench_sim.live.data import Batch, Images
from nasbench_sim.live.supernet.hessian import largest_eigenvalue, unrolled_gradient
from nasbench_sim.live.supernet.network import Choice
from nasbench_sim.live.supernet.outcome import Outcome
from nasbench_sim.live.supernet.relaxation import Moment, Relax, Relaxation, relaxation
from nasbench_sim.live.supernet.sharing import SharedTraining, SharedWeights, best_inherited
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import space

_SKIP = OPERATIONS.index("skip_connect")
_WINDOW = 5  # epochs that eigenvalues are averaged over and compared across
_BACK = _WINDOW + _WINDOW // 2  # epochs from the last one back to the middle of the earlier window
_DROP = 0.75
_MOST_SKIPS = 2
_CANDIDATES = 100

Stop = Literal["skips", "eigenvalue"]


def gradient_search(
    method: str,
    images: Images,
    training: SharedTraining | None = None,
    *,
    stop: Stop | None = None,
    learning_rate: float = 3e-4,
    seed: int = 0,
    device: str | None = None,
) -> Outcome:
    """Search NAS-Bench-201 by gradient descent on relaxed architectures.

    Parameters
    ----------
    method
        ``darts``, ``darts_second_order``, ``gdas``, ``setn``, ``pc_darts``, ``drnas`` or ``beta_darts``.
    images
        Weights learn from ``train``, architectures from ``val``.
    training
        The shared weights' training and the supernet's size.
    stop
        ``"skips"`` (DARTS+): end before an epoch after which more than two edges are skip connections.
        ``"eigenvalue"`` (R-DARTS): end where the largest eigenvalue of the Hessian by the logits, averaged
        over five epochs, has grown by more than a third in five epochs, with the architecture of the middle
        of the earlier five.
    learning_rate
        Of Adam on the logits (betas 0.5 and 0.999, weight decay 1e-3).
    seed
        Fixes the search on one machine.
    device
        A PyTorch device; by default a GPU where there is one.

    Returns
    -------
    Outcome
        SETN ends with the best of the 100 architectures that its logits hold for the most likely, by
        inherited accuracy on 512 validation images; the others end with the largest logit of every edge.

    Notes
    -----
    Checked against the programs that the authors published, but for DARTS+, which has none. What differs, and
    why:

    - The logits step before the weights, as in DARTS; NAS-Bench-201's own DARTS, GDAS and SETN step after.
    - DARTS+ stops at two skip connections in a cell of eight edges out of fourteen; here all six edges stay
      and two of them are skip connections often enough by chance.
    - R-DARTS's program measures the eigenvalue every other epoch and compares across eight; five are the
      paper's. It adds the weight decay of the logits to the eigenvalue.
    - PC-DARTS and DrNAS search in stages or with settings of their own (batch 256 and learning rates 0.1 and
      6e-4 for PC-DARTS): they are the caller's to set.

    References
    ----------
    Liu et al., DARTS, ICLR 2019. Dong and Yang, GDAS, CVPR 2019; SETN, ICCV 2019. Xu et al., PC-DARTS, ICLR
    2020. Chen et al., DrNAS, ICLR 2021. Ye et al., beta-DARTS, CVPR 2022. Zela et al., R-DARTS, ICLR 2020.
    Liang et al., DARTS+, 2019.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> tiny = live.SharedTraining(epochs=1, channels=4, cells=1)
    >>> live.gradient_search("darts", live.digits(parts=(64, 64, 64)), tiny).trajectory.shape[0]
    1
    """
    chosen = relaxation(method)
    if stop not in (None, "skips", "eigenvalue"):
        raise RequestError(f"stop is 'skips', 'eigenvalue' or None, not {stop!r}")
    with reproducible(seed):
        search = _Search(chosen, images, training or SharedTraining(), learning_rate, seed, device)
        return search.run(stop)


class _Search:
    def __init__(
        self,
        method: Relaxation,
        images: Images,
        training: SharedTraining,
        learning_rate: float,
        seed: int,
        device: str | None,
    ) -> None:
        self.method = method
        self.shared = SharedWeights(images, training, partial=method.partial, seed=seed, device=device)
        self.logits = (1e-3 * torch.randn(len(EDGES), len(OPERATIONS))).requires_grad_()
        self.edges = (1e-3 * torch.randn(len(EDGES))).requires_grad_() if method.edge_logits else None
        self.learned = [self.logits] if self.edges is None else [self.logits, self.edges]
        self.optimizer = torch.optim.Adam(
            self.learned, lr=learning_rate, betas=(0.5, 0.999), weight_decay=1e-3
        )

    def run(self, stop: Stop | None) -> Outcome:
        epochs = self.shared.training.epochs
        rows: list[dict[str, float]] = []
        stopped = ""
        for epoch in range(epochs):
            rows.append(self._epoch(epoch, watched=stop == "eigenvalue"))
            if stop == "skips" and rows[-1]["skips"] > _MOST_SKIPS and epoch:
                rows.pop()
                stopped = f"more than {_MOST_SKIPS} skip connections after epoch {epoch + 1}"
            elif stop == "eigenvalue" and _grown([row["eigenvalue"] for row in rows]):
                rows = rows[:-_BACK]
                stopped = f"the largest eigenvalue had grown after epoch {epoch + 1}"
            if stopped:
                break
        trajectory = pd.DataFrame(rows).astype({"epoch": int, "index": int, "skips": int})
        return Outcome(self.method.name, int(trajectory["index"].iloc[-1]), trajectory, stopped)

    def _epoch(self, epoch: int, watched: bool) -> dict[str, float]:
        moment = Moment(epoch, self.shared.training.epochs)
        losses = []
        for done, train, val in self.shared.batches():
            val_loss = self._learn(train, val, moment)
            with torch.no_grad():
                choice = self._choice(self.method.weights, self.logits, moment)
            losses.append((self.shared.learn(train, choice, (epoch + done) / moment.epochs), val_loss))
        train_loss, val_loss = np.mean(losses, axis=0)
        ops = self._ended()
        row = {
            "epoch": epoch + 1,
            "index": float(space("nas-bench-201").from_ops(ops)),
            "skips": float((ops == _SKIP).sum()),
            "train_loss": train_loss,
            "val_loss": val_loss,
            "seconds": self.shared.seconds,
        }
        if watched:
            batch = self.shared.val_batch(self.shared.training.batch)
            row["eigenvalue"] = largest_eigenvalue(
                lambda logits: self.shared.loss(
                    batch, self._choice(self.method.architecture, logits, moment)
                ),
                self.logits,
            )
        return row

    def _choice(self, relax: Relax, logits: Tensor, moment: Moment) -> Choice:
        choice = relax(logits, moment)
        if self.edges is not None:
            inputs = [[e for e, (_, target) in enumerate(EDGES) if target == node] for node in (1, 2, 3)]
            choice.edges = torch.cat([self.edges[own].softmax(dim=0) for own in inputs])
        return choice

    def _learn(self, train: Batch, val: Batch, moment: Moment) -> float:
        """Take one step of the logits, and give the validation loss before it."""

        def loss(batch: Batch) -> Tensor:
            return self.shared.loss(batch, self._choice(self.method.architecture, self.logits, moment))

        if moment.epoch < self.method.warm_up * moment.epochs:
            with torch.no_grad():
                return float(loss(val))
        if self.method.unrolled:
            gradient, value = unrolled_gradient(
                self.shared, self.logits, lambda: loss(train), lambda: loss(val)
            )
            self.logits.grad = gradient
        else:
            total = loss(val)
            value = float(total.detach())
            if self.method.penalty is not None:
                total = total + self.method.penalty(self.logits, moment)
            # The weights' own gradient, a quarter of the time, is not wanted here.
            for logits, gradient in zip(self.learned, torch.autograd.grad(total, self.learned), strict=True):
                logits.grad = gradient
        self.optimizer.step()
        return value

    def _ended(self) -> NDArray[np.int64]:
        """Give the ops that the search would end with now."""
        with torch.no_grad():
            if self.method.name != "setn":
                return self.logits.argmax(dim=1).numpy()
            return best_inherited(self.shared, most_likely(self.logits, _CANDIDATES))


def most_likely(logits: Tensor, count: int) -> NDArray[np.int64]:
    """Give the ops, shape (count, 6), of the architectures with the largest products of softmax weights."""
    searched = space("nas-bench-201")
    ops = searched.ops(searched.all_indices())
    sums = logits.detach().double().log_softmax(dim=1).numpy()[np.arange(len(EDGES)), ops].sum(axis=1)
    return np.asarray(ops[np.argsort(-sums, kind="stable")[:count]])


def _grown(eigenvalues: list[float]) -> bool:
    """Tell whether the average of the last epochs exceeds that of as many before by more than a third."""
    if len(eigenvalues) < 2 * _WINDOW:
        return False
    before, now = np.mean(eigenvalues[-2 * _WINDOW : -_WINDOW]), np.mean(eigenvalues[-_WINDOW:])
    return bool(before < _DROP * now)
