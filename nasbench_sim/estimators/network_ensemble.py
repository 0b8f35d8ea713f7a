"""The predictor of BANANAS: an ensemble of deep, narrow networks, trained for many problems at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.estimators.adam import Adam
from nasbench_sim.estimators.networks import NetworkStack, parameter_count
from nasbench_sim.spaces.product import Array


class NetworkEnsemble:
    """Networks that differ in their initial weights and in the order of their training data.

    Trained as published: mean absolute error, Adam with learning rate 0.01 and betas 0.9 and 0.99, 150
    epochs in batches of 32. Values are fitted as given: standardise them.

    Parameters
    ----------
    uniform
        ``uniform(k)`` gives k numbers in [0, 1) for each of R problems, shape (R, k).
    networks, layers, width, epochs
        Of the ensemble, of each network, of each layer, of the training.

    References
    ----------
    White, Neiswanger, Savani. BANANAS: Bayesian optimization with neural architectures for neural
    architecture search. AAAI 2021; ``meta_neural_net.py`` and ``params.py`` of naszilla.

    Examples
    --------
    >>> random = np.random.Generator(np.random.Philox(0))
    >>> features = np.eye(4)
    >>> ensemble = NetworkEnsemble(lambda k: random.random((1, k))).fit(features, features @ [1.0, 2, 3, 4])
    >>> ensemble.predict(features).round().tolist()
    [1.0, 2.0, 3.0, 4.0]
    """

    batch = 32
    learning_rate = 0.01
    betas = (0.9, 0.99)

    def __init__(
        self,
        uniform: Callable[[int], NDArray[np.float64]],
        networks: int = 5,
        layers: int = 10,
        width: int = 20,
        epochs: int = 150,
    ) -> None:
        self.networks = networks
        self.layers = layers
        self.width = width
        self.epochs = epochs
        self._uniform = uniform

    def fit(self, features: Array, values: Array) -> NetworkEnsemble:
        """Train anew.

        Parameters
        ----------
        features
            Shape (R, n, inputs), or (n, inputs) for one problem.
        values
            Shape (R, n) or (n,).
        """
        features = _stacked(features)
        sizes = [features.shape[2]] + [self.width] * self.layers
        per_problem = self._uniform(self.networks * parameter_count(sizes))
        self._stack = NetworkStack(sizes, per_problem.reshape(len(features) * self.networks, -1))
        self._adam = Adam(self._stack.parameters, self.learning_rate, self.betas)
        return self.go_on(features, values, self.epochs)

    def go_on(self, features: Array, values: Array, epochs: int) -> NetworkEnsemble:
        """Train on from what the networks have learned, with all that is known now; as `fit` otherwise."""
        features, values = _stacked(features), np.atleast_2d(values).astype(np.float32)
        problems, n = features.shape[:2]
        of_network = np.repeat(np.arange(problems), self.networks)[:, None]
        for _ in range(epochs):
            order = self._uniform(self.networks * n).reshape(-1, n).argsort(axis=1, kind="stable")
            for start in range(0, n, self.batch):
                rows = order[:, start : start + self.batch]
                gradient = self._stack.loss_gradient(features[of_network, rows], values[of_network, rows])
                self._adam.descend(gradient)
        return self

    def predictions(self, features: Array) -> NDArray[np.float32]:
        """Give every network's prediction, shape (R, networks, n), for features (R, n, inputs)."""
        repeated = np.repeat(_stacked(features), self.networks, axis=0)
        parts = [  # small products, which BLAS computes alike with any number of threads
            self._stack.outputs(repeated[:, start : start + self.batch])
            for start in range(0, repeated.shape[1], self.batch)
        ]
        return np.concatenate(parts, axis=1).reshape(-1, self.networks, repeated.shape[1])

    def predict(self, features: Array) -> NDArray[np.float32]:
        """Give the mean prediction, shape (R, n) or (n,) as the features are."""
        mean = self.predictions(features).mean(axis=1)
        return np.asarray(mean if np.ndim(features) == 3 else mean[0])

    def input_gradient(self, features: Array) -> NDArray[np.float32]:
        """Give the gradient of the mean prediction by the features, shape (R, n, inputs)."""
        repeated = np.repeat(_stacked(features), self.networks, axis=0)
        gradient = self._stack.input_gradient(repeated)
        return np.asarray(gradient.reshape(-1, self.networks, *repeated.shape[1:]).mean(axis=1))


def _stacked(features: Array) -> NDArray[np.float32]:
    stacked = np.asarray(features, dtype=np.float32)
    return stacked if stacked.ndim == 3 else stacked[None]
