"""The Adam optimiser on arrays whose first axis is the replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Adam:
    """Updates parameters by descent, as ``torch.optim.Adam`` does.

    Parameters
    ----------
    shape
        Shape of the parameters.
    learning_rate, betas, epsilon
        As published.

    References
    ----------
    Kingma, Ba. Adam: a method for stochastic optimization. ICLR 2015.

    Examples
    --------
    >>> adam = Adam((1,), learning_rate=0.1)
    >>> adam.step(np.array([3.0]))
    array([-0.1])
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        learning_rate: float,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ) -> None:
        self.learning_rate = learning_rate
        self.betas = betas
        self.epsilon = epsilon
        self._mean = np.zeros(shape)
        self._square = np.zeros(shape)
        self._steps = 0

    def step(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what to add to the parameters for this gradient of the loss."""
        first, second = self.betas
        self._steps += 1
        self._mean += (1 - first) * (gradient - self._mean)
        self._square += (1 - second) * (gradient**2 - self._square)
        mean = self._mean / (1 - first**self._steps)
        square = self._square / (1 - second**self._steps)
        step: NDArray[np.float64] = -self.learning_rate * mean / (np.sqrt(square) + self.epsilon)
        return step
