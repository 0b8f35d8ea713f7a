"""What the analyses accept: checked arrays, pairs of columns, objectives, and their own seeded generator."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.ties import varies
from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError, unknown

Floats = NDArray[np.float64]
"""An array of float64 whose shape the docstring tells."""

_LISTS = (np.ndarray, list, tuple)

FEWEST = 3
"""The fewest complete pairs of which a correlation says anything."""


def floats(values: Any, name: str, dimensions: int = 1) -> Floats:
    """Return `values` as float64 of the stated number of dimensions; missing is NaN, infinite is an error.

    What is taken is said at `nasbench_sim.arrays.real_array`.

    Examples
    --------
    >>> floats([1, None, 3], "accuracy")
    array([ 1., nan,  3.])
    """
    numbers = real_array(values, name).astype(np.float64, copy=False)
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
    """Refuse Series and frames whose rows are not those of the others, in the same order.

    As arrays, values of different rows would be paired. Beside columns without an index, those that have one
    are taken in the order of their rows if that is the order of the index.

    Examples
    --------
    >>> aligned({"x": pd.Series([1, 2]), "y": pd.Series([1, 2]), "z": np.ones(2), "population": None})
    """
    indexed = {name: one.index for name, one in columns.items() if isinstance(one, (pd.Series, pd.DataFrame))}
    plain = [name for name, one in columns.items() if name not in indexed and isinstance(one, _LISTS)]
    first = next(iter(indexed), "")
    for name, index in indexed.items():
        if not index.equals(indexed[first]):
            raise RequestError(f"{first} and {name} have different indexes: align them first")
        if plain and not index.is_monotonic_increasing:
            raise RequestError(
                f"the index of {name} is not in order and {plain[0]} has none: give both as Series of one "
                "index, or the numbers of both alone (.to_numpy())"
            )


def mask_of(population: Any, size: int, name: str = "population") -> NDArray[np.bool_]:
    """Return a checked boolean mask of shape (size,); everything where `population` is None."""
    if population is None:
        return np.ones(size, dtype=bool)
    try:
        mask = np.asarray(population)
    except (TypeError, ValueError, RuntimeError):
        raise RequestError(f"{name}: a boolean mask of shape ({size},) is expected") from None
    if mask.dtype.kind == "O" and all(isinstance(one, (bool, np.bool_)) for one in mask.flat):
        mask = mask.astype(bool)  # pandas' nullable ones, none missing
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
        """Why no rank correlation is defined, in words; empty where one is."""
        return self._lacking(varies)

    @property
    def undefined_exactly(self) -> str:
        """Why not even Pearson's coefficient is: it counts differences that are no more than last bits."""
        return self._lacking(lambda values: bool(values.min() < values.max()))

    def _lacking(self, varying: Callable[[Floats], bool]) -> str:
        n = len(self.x)
        if n < FEWEST:
            counted = f"{n} complete pair(s), {self.missing} missing"
            return f"at least {FEWEST} complete pairs are needed: {counted}"
        columns = zip(self.names, (self.x, self.y), strict=True)
        constant = [name for name, values in columns if not varying(values)]
        return f"{' and '.join(constant)} constant over the {n} complete pairs" if constant else ""


def pairs(x: Any, y: Any, population: Any = None, names: tuple[str, str] = ("x", "y")) -> Pairs:
    """Return the complete pairs of two columns of equal length within a population."""
    aligned({names[0]: x, names[1]: y, "population": population})
    first, second = floats(x, names[0]), floats(y, names[1])
    if first.shape != second.shape:
        raise RequestError(f"{names[0]} and {names[1]} differ in length: {len(first)} and {len(second)}")
    within = mask_of(population, len(first))
    both = within & ~np.isnan(first) & ~np.isnan(second)
    return Pairs(first[both], second[both], int(within.sum() - both.sum()), names)


def defined_pairs(
    x: Any,
    y: Any,
    population: Any = None,
    names: tuple[str, str] = ("x", "y"),
    *,
    exactly: bool = False,
) -> Pairs:
    """Return the complete pairs, or an error that says why a correlation of them is undefined.

    Pearson's coefficient is defined of what differs `exactly`, those of ranks of what differs by the rule of
    `ties`.
    """
    found = pairs(x, y, population, names)
    reason = found.undefined_exactly if exactly else found.undefined
    if reason:
        raise RequestError(f"undefined: {reason}")
    return found


def frame_of(frame: Any) -> pd.DataFrame:
    """Return a checked frame whose columns have names of their own."""
    if not isinstance(frame, pd.DataFrame):
        raise RequestError(f"a DataFrame is expected, not a {type(frame).__name__}")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise RequestError(f"two columns of the frame are called {twice!r}")
    return frame


def columns_of(frame: pd.DataFrame, names: Iterable[Any]) -> Floats:
    """Return named columns of a frame as float64 of shape (rows, columns)."""
    wanted = names_of(names)
    for name in wanted:
        if name not in frame_of(frame).columns:
            raise unknown("column", name, frame.columns)
    if not wanted:
        raise RequestError("a frame with one or more columns is expected")
    return np.column_stack([floats(frame[name], str(name)) for name in wanted])


def names_of(names: Any) -> list[Any]:
    """Return a list of names of columns."""
    if isinstance(names, str):  # whose letters would be looked for
        raise RequestError(f"a list of columns is expected, such as [{names!r}], not {names!r}")
    wanted = listed(names, "a list of columns")
    for name in wanted:
        if not isinstance(name, Hashable):
            raise RequestError(f"a list of columns is expected, and {name!r} names none")
    return wanted


def whole(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Give a checked whole number."""
    whole_number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole_number or value < least or (most is not None and value > most):
        limits = f"of {least} or more" if most is None else f"from {least} to {most}"
        raise RequestError(f"{name} is a whole number {limits}, not {value!r}")
    return int(value)


def listed(values: Any, what: str) -> list[Any]:
    """Return a list of what there are several of, or an error that says that a list is expected."""
    try:
        return list(values)
    except TypeError:
        raise RequestError(f"{what} is expected, not {values!r:.60}") from None


def number(value: Any, name: str) -> float:
    """Return a checked finite number.

    Examples
    --------
    >>> number(np.float32(0.5), "target")
    0.5
    """
    if isinstance(value, Real) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):
            if math.isfinite(found := float(value)):
                return found
    raise RequestError(f"{name} is a finite number, not {value!r}")


def share(value: Any, name: str) -> float:
    """Return a checked number strictly between 0 and 1."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 < float(value) < 1:
        raise RequestError(f"{name} is a number between 0 and 1, not {value!r}")
    return float(value)


def one_of(value: Any, kind: str, known: Iterable[str]) -> str:
    """Return a name that is among the known ones, or an error that lists them."""
    if not isinstance(value, str) or value not in known:
        raise unknown(kind, value, known)
    return value


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
    aligned({"within": within, "the rows": ()})
    eligible = np.flatnonzero(mask_of(within, whole(size, "size", 0), "within"))
    drawn = generator(seed).choice(eligible, whole(n, "n", 0, len(eligible)), replace=False)
    mask = np.zeros(size, dtype=bool)
    mask[drawn] = True
    return mask
