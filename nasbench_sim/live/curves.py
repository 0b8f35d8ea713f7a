"""What a live training measured: one number an epoch of each accuracy, loss and time."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

METRICS = (
    "train_accuracy",
    "val_accuracy",
    "test_accuracy",
    "train_loss",
    "val_loss",
    "test_loss",
    "train_time",
)


@dataclasses.dataclass(frozen=True)
class Curves:
    """One training run.

    Parameters
    ----------
    architecture
        Official index.
    seed
        Of the training.
    values
        Metric -> array of shape (epochs,): accuracies in percent, losses in nats, and ``train_time``: seconds
        from the start of the training to the end of the epoch, without evaluations, on this machine (on a
        processor: seconds of computing). Train accuracy and loss are means over the epoch's batches while it
        trained, as published.
    also
        What was measured once, before or after the training: name -> numbers.

    Examples
    --------
    >>> Curves(0, 777, {"val_accuracy": np.array([10.0, 20.0])}).last("val_accuracy")
    20.0
    """

    architecture: int
    seed: int
    values: dict[str, NDArray[np.float64]]
    also: dict[str, NDArray[np.float64]] = dataclasses.field(default_factory=dict)

    def last(self, metric: str) -> float:
        """Give the value after the last epoch."""
        return float(self.values[metric][-1])

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return len(next(iter(self.values.values())))

    def to_json(self) -> dict[str, Any]:
        """Give all of it as plain JSON types."""
        fields = {"architecture": self.architecture, "seed": self.seed, "values": _listed(self.values)}
        return {**fields, "also": _listed(self.also)} if self.also else fields

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Curves:
        """Give the run back from `to_json`."""
        values, also = (
            {
                str(name): np.asarray(numbers, dtype=np.float64)
                for name, numbers in fields.get(part, {}).items()
            }
            for part in ("values", "also")
        )
        return cls(int(fields["architecture"]), int(fields["seed"]), values, also)


def _listed(arrays: dict[str, NDArray[np.float64]]) -> dict[str, list[float]]:
    return {name: numbers.tolist() for name, numbers in arrays.items()}
