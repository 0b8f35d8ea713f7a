"""ENAS: a recurrent controller that learns which paths of a supernet do well."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.live.data import Images
from nasbench_sim.live.supernet.network import single_path
from nasbench_sim.live.supernet.outcome import Outcome
from nasbench_sim.live.supernet.sharing import SharedTraining, SharedWeights, best_inherited
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import space

_HIDDEN = 32
_LAYERS = 2
_TEMPERATURE = 5.0
_TANH = 2.5
_ENTROPY_WEIGHT = 1e-4
_BASELINE_DECAY = 0.99
_CANDIDATES = 100
_SKIP = OPERATIONS.index("skip_connect")


class Controller(nn.Module):
    """Draws the operation of one edge after the other, each knowing those before it.

    Size, temperature and first weights are those of NAS-Bench-201's program.

    Examples
    --------
    >>> ops, logarithm, entropy = Controller()()
    >>> len(ops)
    6
    """

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.empty(1, 1, _HIDDEN))
        self.embedding = nn.Embedding(len(OPERATIONS), _HIDDEN)
        self.recurrent = nn.LSTM(_HIDDEN, _HIDDEN, _LAYERS, batch_first=True)
        self.scores = nn.Linear(_HIDDEN, len(OPERATIONS))
        named = dict(self.named_parameters())
        for name in ("start", "recurrent.weight_hh_l0", "recurrent.weight_ih_l0"):
            nn.init.uniform_(named[name], -0.1, 0.1)
        for layer in (self.embedding, self.scores):
            nn.init.uniform_(layer.weight, -0.1, 0.1)

    def forward(self) -> tuple[list[int], Tensor, Tensor]:
        """Give six operations, the logarithm of their probability, and the entropy of the draws."""
        value, state = self.start, None
        ops: list[int] = []
        logarithm, entropy = torch.zeros(()), torch.zeros(())
        for _ in EDGES:
            output, state = self.recurrent(value, state)
            scores = _TANH * torch.tanh(self.scores(output[0, 0]) / _TEMPERATURE)
            logarithms = scores.log_softmax(dim=-1)
            op = torch.multinomial(logarithms.detach().exp(), 1)[0]
            logarithm = logarithm + logarithms[op]
            entropy = entropy - (logarithms * logarithms.exp()).sum()
            ops.append(int(op))
            value = self.embedding(op).view(1, 1, -1)
        return ops, logarithm, entropy


def enas(
    images: Images,
    training: SharedTraining | None = None,
    *,
    steps: int = 50,
    aggregated: int = 20,
    seed: int = 0,
    device: str | None = None,
) -> Outcome:
    """Search NAS-Bench-201 by a controller and shared weights, which learn in turn, an epoch each.

    Parameters
    ----------
    images
        Weights learn from ``train``, the controller from ``val``.
    training
        The shared weights' training, and the supernet's size.
    steps, aggregated
        Steps of the controller an epoch, and architectures that each step averages over.
    seed
        Fixes the search on one machine.
    device
        A PyTorch device; by default a GPU where there is one.

    Returns
    -------
    Outcome
        It ends with the best of 100 architectures that the controller draws, by inherited accuracy on 512
        validation images. ``val_loss`` is not measured; ``reward`` is the mean accuracy of what the
        controller drew.

    Notes
    -----
    The baseline follows every reward, as in the paper; NAS-Bench-201's program moves it once an epoch, and in
    the first epoch its controller learns nothing, for there the baseline is the reward itself.

    References
    ----------
    Pham et al. Efficient neural architecture search via parameter sharing. ICML 2018. Controller and its
    training (Adam, learning rate 0.001, betas 0 and 0.999) as in NAS-Bench-201.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> tiny = live.SharedTraining(epochs=1, channels=4, cells=1)
    >>> live.enas(live.digits(parts=(64, 64, 64)), tiny, steps=1, aggregated=2).method
    'enas'
    """
    training = training or SharedTraining()
    rows = []
    with reproducible(seed):
        shared = SharedWeights(images, training, partial=1, seed=seed, device=device)
        controller = Controller()
        optimizer = torch.optim.Adam(controller.parameters(), lr=1e-3, betas=(0.0, 0.999), eps=1e-3)
        baseline: float | None = None
        for epoch in range(training.epochs):
            losses = []
            for done, train, _ in shared.batches():
                with torch.no_grad():
                    ops, _, _ = controller()
                losses.append(shared.learn(train, single_path(ops), (epoch + done) / training.epochs))
            rewards: list[float] = []
            for _ in range(steps):
                total = torch.zeros(())
                for _ in range(aggregated):
                    ops, logarithm, entropy = controller()
                    accuracy = shared.accuracy(shared.val_batch(training.batch), single_path(ops)) / 100
                    rewards.append(accuracy)
                    reward = accuracy + _ENTROPY_WEIGHT * float(entropy.detach())
                    baseline = reward if baseline is None else baseline
                    baseline -= (1 - _BASELINE_DECAY) * (baseline - reward)
                    total = total - logarithm * (reward - baseline)
                optimizer.zero_grad()
                torch.autograd.backward(total / aggregated)
                nn.utils.clip_grad_norm_(controller.parameters(), 5.0)
                optimizer.step()
            with torch.no_grad():
                best = best_inherited(shared, np.array([controller()[0] for _ in range(_CANDIDATES)]))
            rows.append(
                {
                    "epoch": epoch + 1,
                    "index": space("nas-bench-201").from_ops(best),
                    "skips": int((best == _SKIP).sum()),
                    "train_loss": float(np.mean(losses)),
                    "reward": 100 * float(np.mean(rewards)),
                    "seconds": shared.seconds,
                }
            )
    trajectory = pd.DataFrame(rows)
    return Outcome("enas", int(trajectory["index"].iloc[-1]), trajectory)
