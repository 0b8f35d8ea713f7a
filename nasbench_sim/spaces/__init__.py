"""What an architecture is: ids, strings, neighbours, isomorphism, encodings, exact params and FLOPs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal, overload

from nasbench_sim.errors import unknown
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.conditional import Conditional
from nasbench_sim.spaces.fbnet import FBNet
from nasbench_sim.spaces.input_pairs import input_pairs, pair_choices
from nasbench_sim.spaces.nas_bench_201 import NasBench201
from nasbench_sim.spaces.nas_bench_macro import NasBenchMacro
from nasbench_sim.spaces.nats_size import NatsBenchSize
from nasbench_sim.spaces.restricted import RestrictedSpace
from nasbench_sim.spaces.sampled import SampledSpace

__all__ = [
    "Conditional",
    "FBNet",
    "NasBench201",
    "NasBenchMacro",
    "NatsBenchSize",
    "RestrictedSpace",
    "SampledSpace",
    "SearchSpace",
    "available",
    "input_pairs",
    "pair_choices",
    "registered",
    "space",
]

_SPACES: dict[str, Callable[[], SearchSpace]] = {
    "nas-bench-201": NasBench201,
    "nats-bench-size": NatsBenchSize,
    "nas-bench-macro": NasBenchMacro,
    "fbnet": FBNet,
}


@functools.cache
def _built(name: str) -> SearchSpace:
    return _SPACES[name]()


@overload
def space(name: Literal["nas-bench-201"] = ...) -> NasBench201: ...
@overload
def space(name: str) -> SearchSpace: ...
def space(name: str = "nas-bench-201") -> SearchSpace:
    """Give a search space by name.

    Examples
    --------
    >>> space("nas-bench-201").size
    15625
    """
    if name not in _SPACES:
        raise unknown("search space", name, _SPACES)
    return _built(name)


def available() -> tuple[str, ...]:
    """Give the names of the search spaces."""
    return tuple(_SPACES)


def registered(candidate: SearchSpace) -> bool:
    """Tell whether a space is one of those that `space` serves by name."""
    return candidate.name in _SPACES and _built(candidate.name) is candidate
