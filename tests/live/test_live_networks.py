from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.benchmarks.fbnet.networks import FBNetNetwork
from nasbench_sim.benchmarks.nas_bench_201.operations import Pooling, Zero
from nasbench_sim.live.networks import parameters
from nasbench_sim.spaces import SearchSpace

SPACE = nbs.space("nas-bench-201")


@pytest.mark.parametrize(
    ("dataset", "classes"), [("cifar10", 10), ("cifar100", 100), ("ImageNet16-120", 120)]
)
def test_parameters_of_all_cells_are_those_of_the_closed_form(dataset: str, classes: int) -> None:
    # A module per operation and edge: the count depends on how many convolutions of each kind there are.
    every = SPACE.all_indices()
    kinds = np.stack([SPACE.count(every, op) for op in ("nor_conv_3x3", "nor_conv_1x1")], axis=1)
    pairs, first, which = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    assert len(pairs) == 28
    with torch.device("meta"):
        counted = np.array([parameters(live.network(int(i), classes=classes)) for i in first])
    assert np.array_equal(counted[which], np.rint(1e6 * SPACE.params(every, dataset)))


@pytest.mark.parametrize("edge", range(6))
def test_an_operation_counts_the_same_on_every_edge(edge: int) -> None:
    ops = np.zeros(6, dtype=int)
    ops[edge] = 3
    index = SPACE.index(ops)
    with torch.device("meta"):
        assert parameters(live.network(index)) == round(1e6 * SPACE.params(index))


@pytest.mark.parametrize(
    ("widths", "millions"), [("8:8:8:8:8", 0.011714), ("8:8:8:16:32", 0.049202), ("8:8:40:32:40", 0.144834)]
)
def test_parameters_of_the_size_space_are_the_published_ones(widths: str, millions: float) -> None:
    model = live.network(widths, within="nats-bench-size")
    assert parameters(model) == round(1e6 * millions)
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 10)


@pytest.mark.parametrize(
    ("blocks", "published"),
    [
        ("00000000", 387882),
        ("11111111", 1588874),
        ("22222222", 2932586),
        ("02012100", 890666),
        ("10000000", 396298),
        ("00000200", 672298),
    ],
)
def test_parameters_of_the_macro_space_are_the_published_ones(blocks: str, published: int) -> None:
    model = live.network(blocks, within="nas-bench-macro")
    assert parameters(model) == published
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 10)


def test_a_cell_is_the_sum_over_its_paths() -> None:
    # skip on 0->1, pool on 1->2, skip on 0->3, pool on 2->3: x + pool(pool(x))
    index = SPACE.index([1, 0, 4, 1, 0, 4])
    cell = live.network(index, channels=2, cells=1).blocks[0]
    x = torch.randn(3, 2, 6, 6, generator=torch.Generator().manual_seed(0))
    pool = torch.nn.AvgPool2d(3, 1, 1, count_include_pad=False)
    assert torch.allclose(cell(x), x + pool(pool(x)))


def test_pooling_leaves_the_border_out() -> None:
    assert torch.equal(Pooling(1, 1)(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


def test_zero_of_another_width() -> None:
    assert torch.equal(Zero(2, 3)(torch.ones(1, 2, 4, 4)), torch.zeros(1, 3, 4, 4))


def test_a_cell_without_operations_sees_nothing() -> None:
    model = live.network(SPACE.index([0] * 6), channels=4, cells=1).eval()
    logits = model(torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0)))
    assert torch.allclose(logits, logits[:1].expand_as(logits))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"architecture": 15625}, "run from 0 to 15,624"),
        ({"architecture": [0, 1]}, "one architecture"),
        ({"architecture": 0, "cells": 0}, "cells"),
        ({"architecture": 0, "within": SearchSpace("mine", [["a", "b"]] * 2)}, "networks"),
    ],
)
def test_wrong_requests(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(nbs.NasbenchSimError, match=message):
        live.network(**arguments)


def convolution(before: int, after: int, kernel: int = 1, groups: int = 1) -> int:
    return before * after * kernel**2 // groups + 2 * after  # and a normalisation


@pytest.mark.parametrize(
    ("dataset", "last", "side", "end"), [("cifar100", 1504, 32, 4), ("ImageNet", 1984, 224, 7)]
)
def test_fbnet_is_made_of_its_blocks(dataset: str, last: int, side: int, end: int) -> None:
    widths = [16, 16, *[24] * 4, *[32] * 4, *[64] * 4, *[112] * 4, *[184] * 4, 352]
    fixed = convolution(3, 16, 3) + convolution(352, last) + last * 10 + 10
    pairs = list(itertools.pairwise(widths))
    changing = [pair for pair in pairs if pair[0] != pair[1]]
    skipping = fixed + sum(convolution(*pair) for pair in changing)
    grouped = fixed + sum(
        convolution(before, before, groups=2)
        + convolution(before, before, 5, before)
        + convolution(before, after, groups=2)
        for before, after in pairs
    )
    wide = fixed + sum(
        convolution(before, 6 * before)
        + convolution(6 * before, 6 * before, 3, 6 * before)
        + convolution(6 * before, after)
        for before, after in pairs
    )
    for block, expected in ((8, skipping), (5, grouped), (3, wide)):
        with torch.device("meta"):
            model = FBNetNetwork([block] * 22, 10, 3, dataset)
            assert parameters(model) == expected
            small = model.layers(torch.zeros(2, 3, side, side)).shape
            assert small == (2, last, end, end)


def test_fbnet_by_name() -> None:
    searched = nbs.space("fbnet")
    mixed = ":".join(searched.choices[layer][layer % 9] for layer in range(22))
    model = live.network(mixed, classes=7, colors=1, within="fbnet")
    assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 7)
    assert parameters(model) == parameters(
        live.network(searched.index(mixed), classes=7, colors=1, within="fbnet")
    )
