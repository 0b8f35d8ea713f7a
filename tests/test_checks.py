"""Whole numbers, as every room takes them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from nasbench_sim.checks import is_whole, limits, whole
from nasbench_sim.errors import RequestError

WIDTHS = [int, *(np.dtype(code).type for code in "bBhHiIlLqQ")]


@pytest.mark.parametrize("integer", WIDTHS)
def test_integers_of_every_width(integer: type) -> None:
    found = whole(integer(7), "chunk", least=1, most=7)
    assert (found, type(found)) == (7, int)
    assert is_whole(integer(7))


@pytest.mark.parametrize(
    "wrong", [True, np.True_, 7.0, np.float64(7), "7", None, [7], np.array(7), np.array([7]), Fraction(7), 7j]
)
def test_what_is_no_whole_number(wrong: Any) -> None:
    assert not is_whole(wrong)
    with pytest.raises(RequestError, match="chunk is a whole number of 1 or more, not"):
        whole(wrong, "chunk", least=1)


@pytest.mark.parametrize(
    ("least", "most", "inside", "outside", "words"),
    [
        (None, None, [-9, 0, 2**80], [], ""),
        (1, None, [1, 2**80], [0, -1], " of 1 or more"),
        (None, 3, [3, -9], [4], " of 3 or less"),
        (1, 3, [1, 3], [0, 4], " from 1 to 3"),
    ],
)
def test_ranges(least: Any, most: Any, inside: list[int], outside: list[int], words: str) -> None:
    assert limits(least, most) == words
    assert [whole(one, "x", least, most) for one in inside] == inside
    for one in outside:
        with pytest.raises(RequestError, match=f"x is a whole number{words}, not {one}"):
            whole(one, "x", least, most)
