"""The Adam optimiser on arrays."""

from __future__ import annotations

import numpy as np

from nasbench_sim.spaces.product import Array


class Adam:
    """Moves parameters down a gradient, in place, as ``torch.optim.Adam`` does.

    Every number is its own problem: a replicate's are the same alone and among others.

    Parameters
    ----------
    parameters
        Floats of any shape and precision; this array itself changes.
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

    def descend(self, gradient: Array) -> None:
        """Take a step for this gradient of the loss; its array is used up."""
        first, second = self._betas
        self._steps += 1
        # The corrections of the moments' start are factors of the step and of epsilon: fewer passes.
        root = np.sqrt(1 - second**self._steps)
        self._mean *= first
        self._mean += (1 - first) * gradient
        np.square(gradient, out=gradient)
        gradient *= 1 - second
        self._square *= second
        self._square += gradient
        np.sqrt(self._square, out=gradient)
        gradient += self.epsilon * root
        np.divide(self._mean, gradient, out=gradient)
        gradient *= self._learning_rate * root / (1 - first**self._steps)
        self._parameters -= gradient
