"""BOHB: Hyperband whose newcomers are drawn from a density model of the good ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.multi_fidelity import Proposals
from nasbench_sim.search.strategies.multi_fidelity.categorical_density import CategoricalDensity
from nasbench_sim.search.strategies.multi_fidelity.halving import Halving, hyperband_brackets
from nasbench_sim.spaces.product import Array


class Bohb(Halving):
    """Draws newcomers near good architectures and takes the one whose density ratio, bad to good, is least.

    The observations of the dearest rung that has enough of them are split at the best 15 %; both parts get a
    kernel density over the positions. A newcomer is the best of some draws from the good one, or, with a
    probability and while no rung has enough, a uniform one. Newcomers are drawn one at a time, each with all
    that was observed before.

    As in the published program the brackets begin with floor(m / (s + 1)) * eta**s architectures, a model
    needs one observation more than there are positions in each part, and the bandwidth is the normal
    reference rule of the operations' numbers, as if they were ordered, but not below `min_bandwidth`. There a
    bandwidth can exceed what makes the kernel uniform, so that densities are negative; here it cannot. Its
    kernel counts as the choices of a position those that occur in its part of the observations (statsmodels'
    default), so that one which never occurs can have an infinite density; here all choices count. The
    program's bandwidth factor has no effect on categories, and none here.

    References
    ----------
    Falkner, Klein, Hutter. BOHB: robust and efficient hyperparameter optimization at scale. ICML 2018; the
    program HpBandSter. The defaults are those of NATS-Bench (Dong et al., TPAMI 2021): eta 3, 1 to 12
    epochs, 4 samples, no random fraction, least bandwidth 0.3.
    """

    name = "bohb"
    portable = False

    samples = Whole(4, "draws from the good density, of which the best is proposed")
    random_fraction = Real(0.0, "of the newcomers that are drawn uniformly", least=0.0, most=1.0)
    top_percent = Real(15.0, "of the observations that are good", least=0.0, most=100.0)
    min_bandwidth = Real(0.3, "least bandwidth of the kernel of a position", least=0.0, most=1.0)

    def start(self) -> None:
        """Begin without observations."""
        super().start()
        positions = len(self.space.positions)
        self._least = positions + 1
        self._ops = [np.zeros((self.replicates, 0, positions), dtype=np.int8) for _ in self.rungs]
        self._values = [np.zeros((self.replicates, 0)) for _ in self.rungs]
        self._model: tuple[CategoricalDensity, CategoricalDensity] | None = None
        self._modelled = -1  # the rung that the model is of

    def brackets(self) -> list[list[int]]:
        """Return the brackets of the published program."""
        return hyperband_brackets(len(self.rungs), self.eta, "table")

    def newcomers(self, most: int) -> Array:
        """Draw one architecture a replicate."""
        uniform = self.streams.architectures(self.space, 1)
        if self._model is None:
            return uniform
        positions = len(self.space.positions)
        numbers = self.streams.uniform(1 + self.samples * (1 + 2 * positions))
        good, bad = self._model
        drawn = good.draw(numbers[:, 1:].reshape(self.replicates, self.samples, -1))
        ratio = np.maximum(bad.density(drawn), 1e-32) / np.maximum(good.density(drawn), 1e-32)
        chosen = drawn[np.arange(self.replicates), ratio.argmin(axis=1)]
        modelled = self.space.repaired(chosen)[:, None]
        return np.where(numbers[:, :1] < self.random_fraction, uniform, modelled)

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Fit the model anew, if its rung or a dearer one was observed."""
        super().learn(proposals, values)
        rung = self.rungs.index(int(proposals.level[0, 0]))
        if rung < self._modelled:
            return
        seen = self.space.ops_of_valid_index(np.maximum(proposals.index, 0))
        self._ops[rung] = np.concatenate([self._ops[rung], seen], axis=1)
        self._values[rung] = np.concatenate([self._values[rung], values], axis=1)
        count = self._values[rung].shape[1]
        good = max(self._least, int(self.top_percent * count // 100))
        bad = min(max(self._least, int((100 - self.top_percent) * count // 100)), count - good)
        if bad < self._least:
            return
        order = np.argsort(-self._values[rung], axis=1, kind="stable")[..., None]
        ordered = np.take_along_axis(self._ops[rung], order, axis=1)
        cardinalities = self.space.cardinalities
        self._model = (
            CategoricalDensity(ordered[:, :good], cardinalities, self.min_bandwidth),
            CategoricalDensity(ordered[:, good : good + bad], cardinalities, self.min_bandwidth),
        )
        self._modelled = rung
