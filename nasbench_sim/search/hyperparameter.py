"""Declared hyperparameters of a searcher: name, type, range and published default in one line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from nasbench_sim.checks import is_whole, limits, whole
from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

T = TypeVar("T")


class Hyperparameter(Generic[T]):
    """A class attribute that declares a hyperparameter and, on an instance, gives its value.

    Parameters
    ----------
    default
        The published value.
    help
        What it does, in a line.
    """

    name: str

    def __init__(self, default: T, help: str) -> None:
        self.default = default
        self.help = help

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the attribute's name."""
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        """Give the value that the instance was configured with; the default on the class."""
        if instance is None:
            return self.default
        value: T = instance.hyperparameters[self.name]
        return value

    def check(self, value: Any) -> T:
        """Give the value in its own type, or raise a `RequestError` that says what is allowed."""
        raise self.wrong(value)

    def wrong(self, value: Any) -> RequestError:
        """Build the error for a value that is not allowed."""
        return RequestError(f"hyperparameter {self.name} is {self.allowed()}, not {value!r}")

    def allowed(self) -> str:
        """Say in words what is allowed."""
        return "something else"


class Whole(Hyperparameter[int]):
    """A whole number within a range."""

    def __init__(self, default: int, help: str, *, least: int = 1, most: int | None = None) -> None:
        super().__init__(default, help)
        self.least = least
        self.most = most

    def check(self, value: Any) -> int:
        """Accept integers of Python and numpy within the range."""
        return whole(value, f"hyperparameter {self.name}", self.least, self.most)

    def allowed(self) -> str:
        """Say the range."""
        return "a whole number" + limits(self.least, self.most)


class Real(Hyperparameter[float]):
    """A finite number within a closed range."""

    def __init__(
        self, default: float, help: str, *, least: float = -math.inf, most: float = math.inf
    ) -> None:
        super().__init__(default, help)
        self.least = least
        self.most = most

    def check(self, value: Any) -> float:
        """Accept finite numbers within the range."""
        if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or np.ndim(value):
            raise self.wrong(value)
        number = float(value)
        if not math.isfinite(number) or not self.least <= number <= self.most:
            raise self.wrong(value)
        return number

    def allowed(self) -> str:
        """Say the range."""
        if self.most < math.inf:
            return f"a number from {self.least:g} to {self.most:g}"
        return "a finite number" + ("" if self.least == -math.inf else f" of {self.least:g} or more")


class Flag(Hyperparameter[bool]):
    """True or False."""

    def check(self, value: Any) -> bool:
        """Accept a bool."""
        if not isinstance(value, bool):
            raise self.wrong(value)
        return value

    def allowed(self) -> str:
        """Say both."""
        return "True or False"


class Choice(Hyperparameter[str]):
    """One of several names."""

    def __init__(self, default: str, help: str, *, options: Sequence[str]) -> None:
        super().__init__(default, help)
        self.options = tuple(options)

    def check(self, value: Any) -> str:
        """Accept one of the options."""
        if not isinstance(value, str) or value not in self.options:
            raise unknown(f"value of hyperparameter {self.name}", value, self.options)
        return str(value)

    def allowed(self) -> str:
        """List the options."""
        return "one of " + ", ".join(self.options)


class Architectures(Hyperparameter[tuple[int | str, ...]]):
    """A list of architectures, each an official index or an architecture string; none by default.

    Examples
    --------
    >>> Architectures("where to begin").check([3, "a:c"])
    (3, 'a:c')
    """

    def __init__(self, help: str) -> None:
        super().__init__((), help)

    def check(self, value: Any) -> tuple[int | str, ...]:
        """Accept lists, tuples and one-dimensional arrays; what is in the space, `indices` checks."""
        members = value.tolist() if isinstance(value, np.ndarray) else value
        if not isinstance(members, (list, tuple)):
            raise self.wrong(value)
        listed: list[int | str] = []
        for member in members:
            if not (isinstance(member, str) or is_whole(member)):
                raise self.wrong(value)
            listed.append(str(member) if isinstance(member, str) else int(member))
        return tuple(listed)

    def allowed(self) -> str:
        """Say the form."""
        return "a list of official indices or architecture strings"

    @staticmethod
    def indices(listed: tuple[int | str, ...], space: SearchSpace, population: int | None = None) -> Array:
        """Give the official indices of a list that `check` accepted.

        Parameters
        ----------
        listed, space
            The members, and where they are from.
        population
            How many they may be at most.

        Returns
        -------
        array of int64, shape (n,)

        Raises
        ------
        ArchitectureError
            For a member that is not in the space.
        RequestError
            For an architecture that is listed twice, be it by index and by string, and for too many.
        """
        if population is not None and len(listed) > population:
            raise RequestError(
                f"warm_start lists {len(listed)} architectures for a population of {population}"
            )
        found = [space.official(member) for member in listed]
        for place, index in enumerate(found):
            if index in found[:place]:
                raise RequestError(f"architecture {listed[place]!r} is listed more than once")
        return np.array(found, dtype=space.index_dtype)
