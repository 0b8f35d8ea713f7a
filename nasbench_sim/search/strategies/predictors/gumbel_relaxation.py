"""Gradient ascent on a predictor through the Gumbel-softmax relaxation of the choices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.adam import Adam
from nasbench_sim.estimators.network_ensemble import NetworkEnsemble
from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.parts.categorical import possible, softmax
from nasbench_sim.search.strategies.predictors.networks import NetworkRounds
from nasbench_sim.spaces.product import Array


class GumbelRelaxation(NetworkRounds):
    """Fits networks to what was evaluated, and follows their gradient to the choices that they prefer.

    The networks learn from the one-hot encoded choices. Then logits of the choices, from one start for each
    architecture of the round, ascend the mean prediction for ``softmax((logits + Gumbel noise) /
    temperature)`` by Adam, while the temperature falls linearly. The largest logits are proposed; a start
    that ends at an architecture which is known or proposed already gives way to the best-predicted of its
    neighbours that is neither.

    References
    ----------
    Jang, Gu, Poole. Categorical reparameterization with Gumbel-softmax. ICLR 2017. Maddison, Mnih, Teh. The
    concrete distribution. ICLR 2017. Dong, Yang. Searching for a robust neural architecture in four GPU
    hours (GDAS). CVPR 2019 (temperature from 10 to 0.1, logits 1e-3 * randn). Luo, Tian, Qin, Chen, Liu.
    Neural architecture optimization. NeurIPS 2018 (gradient ascent on a predictor, in rounds). The networks
    are those of BANANAS, and go on learning from round to round; steps and learning rate of the ascent are
    this module's own.
    """

    name = "gumbel_relaxation"
    portable = False

    steps = Whole(100, "of the ascent")
    learning_rate = Real(0.1, "of the ascent", least=0.0)
    hottest = Real(10.0, "temperature at the first step", least=1e-3)
    coldest = Real(0.1, "temperature at the last step", least=1e-3)

    def start(self) -> None:
        """Refuse a temperature that rises."""
        super().start()
        if self.coldest > self.hottest:
            raise RequestError(f"coldest={self.coldest:g} is hotter than hottest={self.hottest:g}")

    def chosen(self) -> list[list[int]]:
        """Ascend on networks trained anew, each replicate from starts of its own."""
        ensemble = self.learned("one_hot")
        ends = self.space.repaired(self._ascended(ensemble).argmax(axis=3))
        families = self._families(ends, ensemble).tolist()
        return [self.archive.firsts(row, own) for row, own in enumerate(families)]

    def _ascended(self, ensemble: NetworkEnsemble) -> NDArray[np.float64]:
        """Give the logits at the end, shape (R, batch, positions, most choices); -inf beyond the choices."""
        exists = possible(self.space)
        shape = (self.replicates, self.batch, *exists.shape)
        draws = int(np.prod(shape[1:]))
        start = 1e-3 * self.streams.normal(draws).reshape(shape)
        logits = np.where(exists, start, -np.inf)
        adam = Adam(logits, self.learning_rate)
        slope = np.zeros(shape)
        for temperature in np.linspace(self.hottest, self.coldest, self.steps):
            noise = gumbel(self.streams.uniform(draws)).reshape(shape)
            choice = softmax((logits + noise) / temperature)
            slope[:, :, exists] = ensemble.input_gradient(choice[:, :, exists])
            adam.descend(-relaxed_gradient(choice, slope, temperature))
        return logits

    def _families(self, ends: Array, ensemble: NetworkEnsemble) -> Array:
        """Give each end followed by its neighbours, the best-predicted first, shape (R, batch, members)."""
        families = np.concatenate([ends[..., None], self.space.neighbors(ends)], axis=2)
        features = self.space.encode(families.reshape(len(ends), -1), "one_hot")
        predicted = ensemble.predict(features).reshape(families.shape)
        predicted[:, :, 0] = np.inf
        order = np.argsort(-predicted, axis=2, kind="stable")
        return np.take_along_axis(families, order, axis=2)


def gumbel(uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give standard Gumbel numbers from uniform numbers in [0, 1)."""
    exponential = np.maximum(-np.log1p(-uniform), np.finfo(np.float64).tiny)
    return np.asarray(-np.log(exponential))


def relaxed_gradient(
    choice: NDArray[np.float64], slope: NDArray[np.float64], temperature: float
) -> NDArray[np.float64]:
    """Carry a gradient by ``choice = softmax(logits / temperature)`` back to the logits, on the last axis.

    Examples
    --------
    >>> relaxed_gradient(np.array([0.5, 0.5]), np.array([1.0, 0.0]), temperature=0.5)
    array([ 0.5, -0.5])
    """
    centred = slope - (choice * slope).sum(axis=-1, keepdims=True)
    return np.asarray(choice * centred / temperature)
