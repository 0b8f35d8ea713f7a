"""An autoregressive policy: a one-layer LSTM that chooses position after position, for R replicates."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.estimators.adam import Adam
from nasbench_sim.oracle import Streams
from nasbench_sim.search.parts.categorical import chosen, drawn, possible, softmax
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

Floats = NDArray[np.floating[Any]]


class Step(NamedTuple):
    """What the policy computed at one position, shapes (R, B, ...): what its gradient needs."""

    before: Array
    """The token read: the previous choice, or the last token at the first position."""
    hidden: Floats
    cell: Floats
    gates: Floats
    """Input, forget, output and candidate after their activation, side by side."""
    new_cell: Floats
    new_hidden: Floats
    probability: Floats


class RecurrentPolicy:
    """Parameters, sampling and gradient of the policy; each replicate has parameters of its own.

    The LSTM reads the choice before (at first, a token of its own) and each position has a softmax layer of
    its own on the hidden state.

    Parameters
    ----------
    space
        Whose positions are chosen, in order.
    streams
        Random numbers: the parameters begin uniform in [-scale, scale].
    hidden
        Units of the LSTM.
    learning_rate
        Of Adam.
    scale
        Of the first parameters.
    dtype
        Of all numbers.
    """

    def __init__(
        self,
        space: SearchSpace,
        streams: Streams,
        hidden: int,
        learning_rate: float,
        scale: float,
        dtype: type = np.float32,
    ) -> None:
        self._exists = possible(space)
        self._cardinalities = space.cardinalities
        positions, choices = self._exists.shape
        shapes = {
            "token": (choices + 1, 4 * hidden),
            "recurrent": (hidden, 4 * hidden),
            "bias": (1, 4 * hidden),
            "head": (positions, hidden, choices),
        }
        self._parameters: dict[str, Floats] = {}
        self._adam: dict[str, Adam] = {}
        for name, shape in shapes.items():
            uniform = streams.uniform(int(np.prod(shape)))
            first = scale * (2 * uniform.reshape(-1, *shape) - 1)
            self._parameters[name] = first.astype(dtype)
            self._adam[name] = Adam(self._parameters[name], learning_rate)
        self._hidden = hidden

    def sample(self, uniform: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Draw architectures by uniform numbers of shape (R, B, positions).

        Returns
        -------
        ops, probability
            Shape (R, B, positions); the probability with which each op was chosen.
        """
        ops = np.zeros(uniform.shape, dtype=np.int64)
        steps = self._run(ops, uniform)
        return ops, self.probability_of(ops, steps)

    def steps(self, ops: Array) -> list[Step]:
        """Run the policy along given architectures, shape (R, B, positions)."""
        return self._run(ops, None)

    @staticmethod
    def probability_of(ops: Array, steps: list[Step]) -> Floats:
        """Give the probability of each op at its position, shape (R, B, positions)."""
        found = [
            np.take_along_axis(step.probability, ops[..., position, None], axis=2)[..., 0]
            for position, step in enumerate(steps)
        ]
        return np.stack(found, axis=2)

    def ascend(self, ops: Array, steps: list[Step], weight: Floats, entropy: float) -> None:
        """Take one step of Adam up the gradient of sum(weight * log probability) + entropy * sum(entropies).

        Parameters
        ----------
        ops, steps
            Architectures, and the policy's run along them.
        weight
            Of each choice, shape (R, B, positions), held constant.
        entropy
            Weight of the entropies of the distributions.
        """
        for name, gradient in self._gradient(ops, steps, weight, entropy).items():
            self._adam[name].descend(np.negative(gradient, out=gradient))

    def _run(self, ops: NDArray[np.int64], uniform: Floats | None) -> list[Step]:
        """Run along `ops`, which are filled in where uniform numbers are given to draw them by."""
        replicates, batch, positions = ops.shape
        rows = np.arange(replicates)[:, None]
        hidden = np.zeros((replicates, batch, self._hidden), dtype=self._parameters["bias"].dtype)
        cell = np.zeros_like(hidden)
        before = np.full((replicates, batch), self._exists.shape[1])
        steps = []
        for position in range(positions):
            total = self._parameters["token"][rows, before] + self._parameters["bias"]
            total += hidden @ self._parameters["recurrent"]
            gates = _activated(total, self._hidden)
            entering, forgetting, leaving, candidate = np.split(gates, 4, axis=2)
            new_cell = forgetting * cell + entering * candidate
            new_hidden = leaving * np.tanh(new_cell)
            logits = new_hidden @ self._parameters["head"][:, position]
            probability = softmax(np.where(self._exists[position], logits, -np.inf))
            steps.append(Step(before, hidden, cell, gates, new_cell, new_hidden, probability))
            if uniform is not None:
                ops[..., position] = drawn(probability, uniform[..., position], self._cardinalities[position])
            before, hidden, cell = ops[..., position], new_hidden, new_cell
        return steps

    def _gradient(self, ops: Array, steps: list[Step], weight: Floats, entropy: float) -> dict[str, Floats]:
        """Give the gradient of `ascend` by back-propagation through the positions, last to first."""
        positions, tokens = len(steps), self._parameters["token"].shape[1]
        head = np.empty_like(self._parameters["head"])
        to_hidden = np.zeros_like(steps[0].hidden)
        to_cell = np.zeros_like(to_hidden)
        to_totals = []
        for position in range(positions - 1, -1, -1):
            step = steps[position]
            to_logits = self._to_logits(ops[..., position], step.probability, weight[..., position], entropy)
            np.matmul(step.new_hidden.swapaxes(1, 2), to_logits, out=head[:, position])
            to_hidden = to_hidden + to_logits @ self._parameters["head"][:, position].swapaxes(1, 2)
            entering, forgetting, leaving, candidate = np.split(step.gates, 4, axis=2)
            squashed = np.tanh(step.new_cell)
            to_cell = to_cell + to_hidden * leaving * (1 - squashed**2)
            to_total = np.concatenate(
                [
                    to_cell * candidate * entering * (1 - entering),
                    to_cell * step.cell * forgetting * (1 - forgetting),
                    to_hidden * squashed * leaving * (1 - leaving),
                    to_cell * entering * (1 - candidate**2),
                ],
                axis=2,
            )
            to_totals.append(to_total)
            to_hidden = to_total @ self._parameters["recurrent"].swapaxes(1, 2)
            to_cell = to_cell * forgetting
        # The positions share these parameters: one product over all of them.
        along = np.concatenate(to_totals[::-1], axis=1)
        read = chosen(np.concatenate([step.before for step in steps], axis=1), tokens).astype(along.dtype)
        hidden = np.concatenate([step.hidden for step in steps], axis=1)
        return {
            "token": read.swapaxes(1, 2) @ along,
            "recurrent": hidden.swapaxes(1, 2) @ along,
            "bias": along.sum(axis=1, keepdims=True),
            "head": head,
        }

    @staticmethod
    def _to_logits(ops: Array, probability: Floats, weight: Floats, entropy: float) -> Floats:
        """Give the gradient at the logits of one position, shape (R, B, choices)."""
        taken = chosen(ops, probability.shape[2])
        with np.errstate(divide="ignore", invalid="ignore"):
            surprise = np.where(probability > 0, -np.log(probability), 0.0)
        mean_surprise = (probability * surprise).sum(axis=2, keepdims=True)
        rising = weight[..., None].astype(probability.dtype) * (taken - probability)
        return np.asarray(rising + entropy * probability * (surprise - mean_surprise))


def _activated(total: Floats, hidden: int) -> Floats:
    """Apply the logistic function to the three gates, tanh to the candidate."""
    gates = np.empty_like(total)
    gates[..., : 3 * hidden] = 0.5 + 0.5 * np.tanh(0.5 * total[..., : 3 * hidden])
    gates[..., 3 * hidden :] = np.tanh(total[..., 3 * hidden :])
    return gates
