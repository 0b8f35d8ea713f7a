"""The Adam optimiser on arrays."""

from __future__ import annotations

import numpy as np

from nasbench_sim.spaces.product import Array

_CACHED = 2**14  # numbers that are worked on together


class Adam:
    """Moves parameters down a gradient, in place, as ``torch.optim.Adam`` does.

    Every number is its own problem: a replicate's are the same alone and among others.

    Parameters
    ----------
    parameters
        Floats of any precision and shape of one axis or more; this array itself changes.
    learning_rate, betas
        As published.

    References
    ----------
    Kingma, Ba. Adam: a method for stochastic optimization. ICLR 2015.

    Examples
    --------
    >>> parameters = np.array([1.0, 2.0])
    >>> Adam(parameters, learning_rate=0.1).descend(np.array([3.0, 0.0]))
    >>> parameters
    array([0.9, 2. ])
    """

    epsilon = 1e-8

    def __init__(
        self, parameters: Array, learning_rate: float, betas: tuple[float, float] = (0.9, 0.999)
    ) -> None:
        self._parameters = parameters
        self._mean = np.zeros_like(parameters)
        self._square = np.zeros_like(parameters)
        self._learning_rate = learning_rate
        self._betas = betas
        self._steps = 0
        self._rows = max(1, _CACHED // max(parameters[:1].size, 1))
        self._scratch = np.empty_like(parameters[: self._rows])

    def descend(self, gradient: Array) -> None:
        """Take a step for this gradient of the loss; its array is used up."""
        first, second = self._betas
        self._steps += 1
        # The corrections of the moments' start are factors of the step and of epsilon: fewer passes.
        root = np.sqrt(1 - second**self._steps)
        step, epsilon = self._learning_rate * root / (1 - first**self._steps), self.epsilon * root
        for start in range(0, len(gradient), self._rows):  # parts that stay in the cache through all passes
            part = slice(start, start + self._rows)
            used, mean, square = gradient[part], self._mean[part], self._square[part]
            scratch = np.multiply(used, 1 - first, out=self._scratch[: len(used)])
            mean *= first
            mean += scratch
            np.square(used, out=used)
            used *= 1 - second
            square *= second
            square += used
            np.sqrt(square, out=used)
            used += epsilon
            np.divide(mean, used, out=used)
            used *= step
            self._parameters[part] -= used
