"""Spaces of every kind that can be built: conditions, rules, pairs of inputs, parts and samples."""

from __future__ import annotations

import functools

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.spaces import Conditional, SampledSpace, SearchSpace, pair_choices
from nasbench_sim.spaces.product import Array


class FewLarge(SearchSpace):
    """At most two of the layers are wide."""

    def __init__(self, layers: int = 8) -> None:
        super().__init__("few-large", [("small", "middle", "large")] * layers)

    def valid(self, ops: Array) -> Array:
        """At most two are large."""
        return (ops == 2).sum(axis=-1) <= 2


class FewLargeAndLong(FewLarge):
    """So long that no list can hold them: indices have gaps."""

    def __init__(self) -> None:
        super().__init__(60)
        self.name = "few-large-and-long"

    def valid(self, ops: Array) -> Array:
        """At most a third is large."""
        return (ops == 2).sum(axis=-1) <= 20


class ExactlyTwo(SearchSpace):
    """No single change leads from one architecture to another."""

    def __init__(self) -> None:
        super().__init__("exactly-two", [("off", "on")] * 8)

    def valid(self, ops: Array) -> Array:
        """Exactly two are on."""
        return ops.sum(axis=-1) == 2


class DeepAndRuled(SearchSpace):
    """Conditions and a rule."""

    def __init__(self) -> None:
        names = ["depth", *(f"layer {i}" for i in range(1, 6))]
        super().__init__(
            "deep-and-ruled",
            [("3", "4", "5"), *([("a", "b", "c")] * 5)],
            names,
            [Conditional("layer 4", {"depth": ["4", "5"]}), Conditional("layer 5", {"depth": ["5"]})],
        )

    def valid(self, ops: Array) -> Array:
        """The first two differ."""
        return ops[..., 1] != ops[..., 2]


def deep(layers: int, choices: int = 3) -> SearchSpace:
    """Two numbers a layer, which count up to a depth."""
    depths = [str(depth) for depth in range(layers - 2, layers + 1)]
    positions, conditions = ["depth"], []
    for layer in range(1, layers + 1):
        for part in ("heads", "ratio"):
            positions.append(f"{part} {layer}")
            if layer > layers - 2:
                there = [depth for depth in depths if int(depth) >= layer]
                conditions.append(Conditional(positions[-1], {"depth": there}))
    options = [str(i) for i in range(choices)]
    return SearchSpace(f"deep-{layers}", [depths] + [options] * (2 * layers), positions, conditions)


def chain() -> SearchSpace:
    """A condition under a condition."""
    return SearchSpace(
        "chain",
        [("none", "conv"), ("3", "5", "7"), ("plain", "grouped"), ("a", "b")],
        ["kind", "kernel", "groups", "other"],
        [
            Conditional("kernel", {"kind": ["conv"]}),
            Conditional("groups", {"kernel": ["5", "7"], "kind": ["conv"]}),
        ],
    )


def cell() -> SearchSpace:
    """Three nodes with two inputs each."""
    inputs = [pair_choices(nodes) for nodes in (2, 3, 4)]
    return SearchSpace("cell", [part for pairs in inputs for part in (pairs, ("conv", "pool", "skip"))])


BUILT = {
    "uneven": lambda: SearchSpace("uneven", ["abcd", "ef", "g", "hij"]),
    "one": lambda: SearchSpace("one", ["a", "b"]),
    "few-large": FewLarge,
    "few-large-and-long": FewLargeAndLong,
    "exactly-two": ExactlyTwo,
    "deep": functools.partial(deep, 4, 2),
    "deep-and-large": functools.partial(deep, 12),
    "deep-beyond-64-bits": functools.partial(deep, 24),
    "deep-and-ruled": DeepAndRuled,
    "chain": chain,
    "cell": cell,
    "restricted": lambda: nbs.space("nas-bench-201").restrict(
        {
            "0->1": ["none", "nor_conv_3x3"],
            "2->3": ["skip_connect"],
            "1->3": ["avg_pool_3x3", "none", "skip_connect"],
        }
    ),
    "restricted-depth": lambda: deep(4, 2).restrict({"depth": ["2", "3"], "heads 3": ["1"]}),
    "restricted-rule": lambda: FewLarge().restrict({"0": ["large"], "3": ["small", "large"]}),
    "restricted-twice": lambda: deep(4).restrict({"depth": ["4"]}).restrict({"heads 1": ["0", "2"]}),
    "restricted-beyond-64-bits": lambda: nbs.space("fbnet").restrict({"0": ["skip", "k3_e1"]}),
    "sampled": lambda: SampledSpace(nbs.space("nas-bench-201"), np.arange(0, 15625, 21), "some"),
    "sampled-of-many": lambda: SampledSpace(
        deep(24), np.unique(deep(24).sample(600, seed=3).tolist())[::-1].tolist(), "few of many"
    ),
    "sampled-restricted": lambda: SampledSpace(
        nbs.space("nas-bench-201"), np.arange(0, 15625, 21), "some"
    ).restrict({"0->1": ["none", "nor_conv_3x3"]}),
}


@functools.cache
def made(name: str) -> SearchSpace:
    """A space of these, or a registered one."""
    return BUILT[name]() if name in BUILT else nbs.space(name)
