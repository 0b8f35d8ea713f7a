"""Bayesian optimisation with an exact Gaussian process over the whole space."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Choice, Real, Whole
from nasbench_sim.search.parts.scores import normal_scores
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.bayesian.kernels import KERNELS, LARGEST, HammingKernel
from nasbench_sim.search.strategies.bayesian.posterior import Posterior
from nasbench_sim.spaces.product import Array


class GaussianProcess(Searcher):
    """Evaluates the architecture, of all not evaluated yet, that maximises an acquisition.

    The first evaluations are random, without repeats. Then every architecture of the space is scored at
    every step by the exact posterior of a Gaussian process of the normal scores of the observed values; of
    equals the smallest official index is evaluated. Kernel and noise are fixed: on NAS-Bench-201 a grid
    refitted by marginal likelihood was no better. The scale of the scores is their maximum-likelihood
    estimate. A failed evaluation is worse than any value. A replicate ends when it has evaluated all.

    ``"ei"`` is the expected improvement over the largest posterior mean of what was evaluated (the values
    are noisy), ``"ucb"`` the mean plus `beta` deviations, ``"thompson"`` an exact joint draw of the
    posterior over the whole space: a draw of the prior, which the Hamming kernel's Kronecker structure makes
    cheap, corrected by Matheron's rule.

    Time and memory of a replicate: with the Hamming kernel a step takes size * positions + n * n operations
    after n evaluations, and size + n * n numbers are kept, which for hundreds of evaluations on NAS-Bench-201
    is linear; with the path kernel it is n * size operations and n * size * 4 bytes.

    References
    ----------
    Snoek, Larochelle, Adams. Practical Bayesian optimization of machine learning algorithms. NeurIPS 2012.
    Srinivas, Krause, Kakade, Seeger. Gaussian process optimization in the bandit setting. ICML 2010.
    Wilson et al. Efficiently sampling functions from Gaussian process posteriors. ICML 2020 (Matheron).
    White, Neiswanger, Savani. BANANAS. AAAI 2021 (10 random architectures first; path distance).
    """

    name = "gaussian_process"
    portable = False
    chunk = 8
    largest = LARGEST

    initial = Whole(10, "random architectures evaluated first")
    acquisition = Choice("ei", "what is maximised", options=("ei", "ucb", "thompson"))
    kernel = Choice("hamming", "covariance of two architectures", options=tuple(KERNELS))
    lengthscale = Real(0.5, "of the kernel, as a part of the largest distance", least=1e-3, most=1e3)
    noise = Real(0.01, "variance of the noise, as a part of the prior variance", least=1e-4, most=1e3)
    beta = Real(2.0, "deviations added to the mean, for ucb", least=0.0)

    def start(self) -> None:
        """Prepare a posterior a replicate."""
        self.context.require(self.initial, "the random architectures")
        if self.acquisition == "thompson" and self.kernel != "hamming":
            raise RequestError("acquisition='thompson' needs kernel='hamming': its draws are exact for that")
        kernel = KERNELS[self.kernel](self.space, self.lengthscale)
        if self.acquisition == "thompson" and not isinstance(kernel, HammingKernel):
            raise RequestError(
                f"acquisition='thompson' draws over all products of choices: too many in {self.space.name}"
            )
        self._posterior = [Posterior(kernel, self.noise) for _ in range(self.replicates)]
        self._targets: list[list[float]] = [[] for _ in range(self.replicates)]

    def ask(self) -> Array:
        """Propose the best of all architectures of each replicate."""
        return np.array([[self._best(row)] for row in range(self.replicates)])

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Condition each posterior on what was evaluated."""
        for row in np.flatnonzero(index[:, 0] >= 0):
            self._posterior[row].add(int(index[row, 0]))
            self._targets[row].append(float(values[row, 0]))

    def scores(self, row: int) -> NDArray[np.float64]:
        """Give what the posterior of a replicate is fitted to, one number an observation."""
        return normal_scores(np.array(self._targets[row]))

    def _best(self, row: int) -> int:
        seen = self._posterior[row].seen
        if len(seen) == self.space.size:
            return -1
        if len(seen) < self.initial or max(self._targets[row]) == -np.inf:
            unknown = np.delete(self.space.all_indices(), seen)
            drawn = self.streams.uniform(1, np.array([row]))[0, 0]
            return int(unknown[int(drawn * len(unknown))])
        return self._maximiser(row, seen)

    def _maximiser(self, row: int, seen: Array) -> int:
        """Return the architecture, of those not evaluated, with the largest acquisition."""
        posterior = self._posterior[row]
        scores = self.scores(row)
        whitened = posterior.whitened(scores)
        scale = np.sqrt(max(float(np.mean(whitened**2)), 1e-12))
        if self.acquisition == "thompson":
            acquired = self._drawn(row, scores / scale)
            acquired[seen] = -np.inf
            return int(acquired.argmax())
        mean = posterior.mean(whitened / scale)  # in units of the prior deviation, as the variance is
        deviation = np.sqrt(np.maximum(posterior.variance, 1e-10))
        if self.acquisition == "ucb":
            acquired = mean + self.beta * deviation
            acquired[seen] = -np.inf
            return int(acquired.argmax())
        mean -= mean[seen].max()
        mean[seen] = -np.inf
        promising = largest_improvements(mean, deviation)
        return int(promising[expected_improvement(mean[promising], deviation[promising]).argmax()])

    def _drawn(self, row: int, scores: NDArray[np.float64]) -> Array:
        posterior = self._posterior[row]
        assert isinstance(posterior.kernel, HammingKernel)  # as `start` made sure
        products = posterior.kernel.products
        normal = self.streams.normal(products + len(scores), np.array([row]))[0]
        prior = posterior.kernel.sample(normal[:products])
        imagined = prior[posterior.seen] + np.sqrt(self.noise) * normal[products:]
        return np.asarray(prior + posterior.mean(posterior.whitened(scores - imagined)))


def expected_improvement(margin: Array, deviation: Array) -> Array:
    """Give the expectation of max(0, X) for X normal with mean `margin` and standard deviation `deviation`.

    Examples
    --------
    >>> expected_improvement(np.array([0.0, 1.0]), np.array([1.0, 1e-6])).round(4)
    array([0.3989, 1.    ])
    """
    from scipy.special import ndtr

    standard = margin / deviation
    density = np.exp(-0.5 * standard * standard) / np.sqrt(2 * np.pi)
    return np.asarray(deviation * (standard * ndtr(standard) + density))


def largest_improvements(margin: Array, deviation: Array) -> NDArray[np.intp]:
    """Return the places where the expected improvement may be largest, rising: few, of many.

    By bounds from a table of it for a deviation of one, which rises with the margin.

    Examples
    --------
    >>> largest_improvements(np.array([0.0, -1.0, 1.0, -np.inf]), np.ones(4))
    array([2])
    """
    step, start, levels = _improvements()
    place = margin / deviation
    if place.max() >= start + step * (len(levels) - 2):
        return np.flatnonzero(margin > -np.inf)
    place -= start
    place *= 1.0 / step
    cell = np.maximum(place, 0.0, out=place).astype(np.intp)
    least = (deviation * levels.take(cell)).max()
    cell += 1
    return np.flatnonzero((deviation * levels.take(cell) >= least) & (margin > -np.inf))


@functools.cache
def _improvements() -> tuple[float, float, NDArray[np.float64]]:
    """Return step, start and values of the table; below its start nothing is expected to speak of."""
    step, start = 1 / 64, -8.0
    levels = expected_improvement(start + step * np.arange(1025), np.ones(1025))
    levels[0] = 0.0
    return step, start, levels
