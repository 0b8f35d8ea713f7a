"""What the analyses accept: checked arrays, pairs of columns, objectives, and their own seeded generator."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError, unknown

Floats = NDArray[np.float64]
"""An array of float64 whose shape the docstring tells."""

FEWEST = 3
"""The fewest complete pairs of which a correlation says anything."""


def floats(values: ArrayLike, name: str, dimensions: int = 1) -> Floats:
    """Give `values` as float64 of the stated number of dimensions; missing is NaN, infinite is an error.

    Examples
    --------
    >>> floats([1, None, 3], "accuracy")
    array([ 1., nan,  3.])
    """
    try:
        if isinstance(values, np.ma.MaskedArray):  # of which asarray gives what the mask hides
            values = np.ma.masked_array(values, dtype=np.float64).filled(np.nan)
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise RequestError(f"{name}: numbers are expected, missing as NaN") from None
    if numbers.ndim != dimensions:
        raise RequestError(f"{name}: an array of {dimensions} dimension(s) is expected, not {numbers.shape}")
    if np.isinf(numbers).any():
        raise RequestError(f"{name}: infinite values; missing is NaN")
    return numbers


def complete(values: ArrayLike, name: str) -> Floats:
    """Give one or more numbers, shape (n,), none of them missing."""
    numbers = floats(values, name)
    if not len(numbers) or np.isnan(numbers).any():
        raise RequestError(f"{name}: one or more numbers are expected, none missing")
    return numbers


def sample(values: ArrayLike, name: str, least: int = 1) -> Floats:
    """Give the values of a sample that are not missing, at least `least` of them."""
    numbers = floats(values, name)
    present = numbers[~np.isnan(numbers)]
    if len(present) < least:
        raise RequestError(
            f"{name}: {least} or more values are needed, {len(present)} of {len(numbers)} exist"
        )
    return present


def deviation(values: Floats) -> float:
    """Give the standard deviation of a sample, ddof 1; NaN where there is one value only.

    Examples
    --------
    >>> deviation(np.array([1.0, 3.0])), deviation(np.array([1.0]))
    (1.4142135623730951, nan)
    """
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def aligned(columns: Mapping[str, Any]) -> None:
    """Refuse Series and frames of different indexes: as arrays, values of different rows would be paired.

    Examples
    --------
    >>> aligned({"x": pd.Series([1, 2]), "y": pd.Series([1, 2]), "z": np.ones(2)})
    """
    indexed = {name: one.index for name, one in columns.items() if isinstance(one, (pd.Series, pd.DataFrame))}
    first = next(iter(indexed), "")
    for name, index in indexed.items():
        if not index.equals(indexed[first]):
            raise RequestError(f"{first} and {name} have different indexes: align them first")


def mask_of(population: ArrayLike | None, size: int, name: str = "population") -> NDArray[np.bool_]:
    """Give a checked boolean mask of shape (size,); everything where `population` is None."""
    if population is None:
        return np.ones(size, dtype=bool)
    mask = np.asarray(population)
    if mask.dtype != bool or mask.shape != (size,):
        raise RequestError(
            f"{name}: a boolean mask of shape ({size},) is expected, not {mask.dtype.name} of {mask.shape}"
        )
    return mask


@dataclasses.dataclass(frozen=True)
class Pairs:
    """The complete pairs of two named columns, and how many of the population were left out as missing."""

    x: Floats
    y: Floats
    missing: int
    names: tuple[str, str]

    @property
    def undefined(self) -> str:
        """Why no correlation is defined, in words; empty where one is."""
        n = len(self.x)
        if n < FEWEST:
            counted = f"{n} complete pair(s), {self.missing} missing"
            return f"at least {FEWEST} complete pairs are needed: {counted}"
        columns = zip(self.names, (self.x, self.y), strict=True)
        constant = [name for name, values in columns if values.min() == values.max()]
        return f"{' and '.join(constant)} constant over the {n} complete pairs" if constant else ""


def pairs(
    x: ArrayLike, y: ArrayLike, population: ArrayLike | None = None, names: tuple[str, str] = ("x", "y")
) -> Pairs:
    """Give the complete pairs of two columns of equal length within a population."""
    aligned({names[0]: x, names[1]: y, "population": population})
    first, second = floats(x, names[0]), floats(y, names[1])
    if first.shape != second.shape:
        raise RequestError(f"{names[0]} and {names[1]} differ in length: {len(first)} and {len(second)}")
    within = mask_of(population, len(first))
    both = within & ~np.isnan(first) & ~np.isnan(second)
    return Pairs(first[both], second[both], int(within.sum() - both.sum()), names)


def defined_pairs(
    x: ArrayLike, y: ArrayLike, population: ArrayLike | None = None, names: tuple[str, str] = ("x", "y")
) -> Pairs:
    """Give the complete pairs, or an error that says why a correlation of them is undefined."""
    found = pairs(x, y, population, names)
    if found.undefined:
        raise RequestError(f"undefined: {found.undefined}")
    return found


def columns_of(frame: pd.DataFrame, names: Iterable[str]) -> Floats:
    """Give named columns of a frame as float64 of shape (rows, columns)."""
    if not isinstance(frame, pd.DataFrame):
        raise RequestError(f"a DataFrame is expected, not a {type(frame).__name__}")
    if isinstance(names, str):  # whose letters would be looked for
        raise RequestError(f"a list of columns is expected, such as [{names!r}], not {names!r}")
    wanted = list(names)
    if not wanted:
        raise RequestError("a frame with one or more columns is expected")
    for name in wanted:
        if name not in frame.columns:
            raise unknown("column", name, frame.columns)
    return np.column_stack([floats(frame[name], name) for name in wanted])


def signs(objectives: Mapping[str, str]) -> Floats:
    """Give +1 for each objective to minimise and -1 for each to maximise."""
    if not isinstance(objectives, Mapping) or not objectives:
        raise RequestError(f"objectives name columns with 'min' or 'max', not {objectives!r}")
    for direction in objectives.values():
        if direction not in ("min", "max"):
            raise unknown("direction", direction, ("min", "max"))
    return np.array([1.0 if direction == "min" else -1.0 for direction in objectives.values()])


def whole(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Give a checked whole number."""
    whole_number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole_number or value < least or (most is not None and value > most):
        limits = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise RequestError(f"{name} is a whole number {limits}, not {value!r}")
    return int(value)


def share(value: float, name: str) -> float:
    """Give a checked number strictly between 0 and 1."""
    number = isinstance(value, (Real, np.number)) and not isinstance(value, bool)
    if not number or not 0 < value < 1:
        raise RequestError(f"{name} is a number between 0 and 1, not {value!r}")
    return float(value)


def generator(seed: int) -> np.random.Generator:
    """Give a generator of its own for a seed, the same on every machine."""
    return np.random.Generator(np.random.Philox(whole(seed, "seed", 0)))


def sample_mask(size: int, n: int, seed: int, within: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Give a random population: a mask of `n` rows drawn without replacement.

    Parameters
    ----------
    size
        Number of rows.
    n
        How many to draw.
    seed
        Seed of the draw.
    within
        Mask of the rows to draw from; all by default.

    Returns
    -------
    array of bool, shape (size,)

    Examples
    --------
    >>> int(sample_mask(100, 7, seed=0).sum())
    7
    """
    eligible = np.flatnonzero(mask_of(within, size, "within"))
    drawn = generator(seed).choice(eligible, whole(n, "n", 0, len(eligible)), replace=False)
    mask = np.zeros(size, dtype=bool)
    mask[drawn] = True
    return mask
