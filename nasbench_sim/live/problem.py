"""What a learning problem is: its data, its loss, and what is measured of a trained network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from torch import Tensor, nn

HELD_OUT = ("val", "test")
"""The parts of the data that are measured on and never trained on."""

Inputs = Any
"""What a network of the problem takes: a tensor, or a list of them."""


class Measure(NamedTuple):
    """Unit of a measured quantity, and the direction in which it is better."""

    unit: str
    better: Literal["max", "min"]


class Batch(NamedTuple):
    """What a network is given, and what its outputs should be."""

    inputs: Inputs
    targets: Any


class Problem(ABC):
    """A learning problem: training knows data only by this.

    Attributes
    ----------
    name
        The data set in the columns of a table.
    measures
        Quantity -> unit and better direction; a column of it is called by part and quantity, such as
        ``val_perplexity``.
    """

    name: str
    measures: ClassVar[Mapping[str, Measure]]

    @abstractmethod
    def batches(self, size: int, generator: Any) -> Iterator[Batch]:
        """Draw batches of the training part without end, by a `torch.Generator` alone."""

    @abstractmethod
    def loss(self, outputs: Any, targets: Any) -> Tensor:
        """Compute the mean loss of a batch, a scalar."""

    @abstractmethod
    def measure(self, model: nn.Module, part: str) -> dict[str, float]:
        """Compute every quantity of `measures` on ``"val"`` or ``"test"`` with a model that evaluates."""

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """Return name, sizes and a hash of the data, as plain JSON types."""

    @abstractmethod
    def to(self, device: Any) -> Problem:
        """Return the problem with its data on a PyTorch device."""
