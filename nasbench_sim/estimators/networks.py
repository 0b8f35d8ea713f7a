"""Many small fully connected networks of one shape at once, with their gradients written out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


class NetworkStack:
    """S independent networks with rectified hidden layers and one linear output.

    Weights start uniform within sqrt(6 / (inputs + outputs)) of zero (Glorot, Bengio 2010, the default of
    Keras), biases at zero. Networks never mix: each is its own matrix product, so that a network's numbers
    are the same alone and among others.

    Parameters
    ----------
    sizes
        Numbers of inputs and of the units of each hidden layer.
    uniform
        Numbers in [0, 1) for the initial weights, shape (S, `parameter_count(sizes)`).
    dtype
        Of all numbers.

    Examples
    --------
    >>> stack = NetworkStack([2, 3], np.full((4, parameter_count([2, 3])), 0.75))
    >>> stack.outputs(np.ones((4, 5, 2), dtype=np.float32)).shape
    (4, 5)
    """

    def __init__(self, sizes: Sequence[int], uniform: NDArray[np.float64], dtype: type = np.float32) -> None:
        shapes = list(zip(sizes, [*sizes[1:], 1], strict=True))
        count = len(uniform)
        self.parameters: Array = np.zeros(uniform.shape, dtype=dtype)
        self._gradient: Array = np.zeros(uniform.shape, dtype=dtype)
        self._weights, self._biases = _views(self.parameters, shapes)
        self._weight_gradients, self._bias_gradients = _views(self._gradient, shapes)
        start = 0
        for weights, (inputs, outputs) in zip(self._weights, shapes, strict=True):
            drawn = uniform[:, start : start + inputs * outputs].reshape(count, inputs, outputs)
            weights[:] = (2 * drawn - 1) * np.sqrt(6 / (inputs + outputs))
            start += inputs * outputs + outputs

    def outputs(self, features: Array) -> Array:
        """Give the outputs, shape (S, n), for features of shape (S, n, inputs)."""
        return self._activations(features)[-1][:, :, 0]

    def loss_gradient(self, features: Array, targets: Array) -> Array:
        """Give the gradient of each network's mean absolute error, shape (S, parameters).

        Parameters
        ----------
        features
            Shape (S, n, inputs).
        targets
            Shape (S, n).

        Returns
        -------
        array
            Overwritten by the next call.
        """
        activations = self._activations(features)
        error = np.sign(activations[-1] - targets[:, :, None]) / self.parameters.dtype.type(targets.shape[1])
        for layer in range(len(self._weights) - 1, -1, -1):
            np.matmul(activations[layer].transpose(0, 2, 1), error, out=self._weight_gradients[layer])
            np.sum(error, axis=1, keepdims=True, out=self._bias_gradients[layer])
            if layer:
                error = self._before(layer, error, activations[layer])
        return self._gradient

    def input_gradient(self, features: Array) -> Array:
        """Give the gradient of the outputs by the features, shape (S, n, inputs)."""
        activations = self._activations(features)
        error = np.ones_like(activations[-1])
        for layer in range(len(self._weights) - 1, 0, -1):
            error = self._before(layer, error, activations[layer])
        return np.asarray(error @ self._weights[0].transpose(0, 2, 1))

    def _activations(self, features: Array) -> list[Array]:
        """Give the features, the outputs of every hidden layer, and the output."""
        found = [features]
        for weights, biases in zip(self._weights, self._biases, strict=True):
            if len(found) > 1:
                np.maximum(found[-1], 0, out=found[-1])
            found.append(found[-1] @ weights + biases)
        return found

    def _before(self, layer: int, error: Array, activation: Array) -> Array:
        """Carry an error back to the output of the layer below."""
        return np.asarray((error @ self._weights[layer].transpose(0, 2, 1)) * (activation > 0))


def parameter_count(sizes: Sequence[int]) -> int:
    """Give the number of parameters of one network with these numbers of inputs and hidden units."""
    return sum(inputs * outputs + outputs for inputs, outputs in zip(sizes, [*sizes[1:], 1], strict=True))


def _views(flat: Array, shapes: Sequence[tuple[int, int]]) -> tuple[list[Array], list[Array]]:
    """Give the weights and biases of each layer as views into rows of all parameters."""
    weights, biases, start = [], [], 0
    for inputs, outputs in shapes:
        middle = start + inputs * outputs
        weights.append(flat[:, start:middle].reshape(len(flat), inputs, outputs))
        biases.append(flat[:, middle : middle + outputs].reshape(len(flat), 1, outputs))
        start = middle + outputs
    return weights, biases
