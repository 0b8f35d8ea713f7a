"""Motifs, the hierarchical space and the joint space: classes, sizes, networks."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from counting import multiply_adds, parameters

from nasbench_sim.benchmarks.hierarchical.networks import hierarchical_network
from nasbench_sim.benchmarks.hierarchical.space import Hierarchical
from nasbench_sim.benchmarks.joint_cell.compression import compressed, quantised
from nasbench_sim.benchmarks.joint_cell.networks import joint_cell_network
from nasbench_sim.benchmarks.joint_cell.space import JointCell
from nasbench_sim.live.motif import motif as motif_module
from nasbench_sim.spaces import motif

HIERARCHICAL = Hierarchical()
JOINT = JointCell()

Function = Callable[[np.ndarray], np.ndarray]

# Some function for each operation, none of which can stand for another.
PLAIN: dict[str, Function | None] = {
    "none": None,
    "skip": lambda x: x,
    "conv1": lambda x: np.sin(1.3 * x + 0.2),
    "conv3": lambda x: np.cos(0.7 * x**2 - 0.4),
    "pool": lambda x: np.exp(-0.5 * x) + 0.1 * x,
}


def as_graph(edges: list[Function | None]) -> Function | None:
    """Compute a three-edge graph node by node; None where nothing reaches the output."""
    first, direct, second = edges

    def output(x: np.ndarray) -> np.ndarray:
        found = np.zeros_like(x)
        if direct is not None:
            found = found + direct(x)
        if first is not None and second is not None:
            found = found + second(first(x))
        return found

    return output if direct is not None or None not in (first, second) else None


def values(function: Function | None) -> bytes:
    x = np.linspace(-1, 1, 7)
    return b"" if function is None else np.round(function(x), 9).tobytes()


def test_motifs_are_of_one_class_exactly_where_they_compute_the_same() -> None:
    computed = [
        values(as_graph([PLAIN[op] for op in edges]))
        for edges in itertools.product(motif.OPERATIONS, repeat=3)
    ]
    smallest = motif.smallest()
    assert len(set(computed)) == len(np.unique(smallest)) == 60
    assert [computed.index(one) for one in computed] == smallest.tolist()


def test_hierarchical_classes_compute_the_same() -> None:
    computed = []
    for names in itertools.product(*HIERARCHICAL.choices):
        inner = as_graph([PLAIN[op] for op in names[3:]])
        parts = {"none": None, "skip": PLAIN["skip"], "motif": inner}
        computed.append(values(as_graph([parts[part] for part in names[:3]])))
    canonical = HIERARCHICAL.canonical(HIERARCHICAL.all_indices())
    assert len(np.unique(canonical)) == 351
    assert [computed[one] for one in canonical] == computed
    # What only moves between the levels, such as one motif of two ways and two motifs of one, stays apart.
    assert len(set(computed)) == 325


def test_joint_space_has_1440_trainings() -> None:
    every = JOINT.all_indices()
    trained = JOINT.trained(every)
    assert (JOINT.size, len(np.unique(JOINT.canonical(every))), len(np.unique(trained))) == (
        48_000,
        23_040,
        1440,
    )
    assert np.array_equal(JOINT.trained(trained), trained)
    compressions = every % 16
    assert np.array_equal(trained + compressions, JOINT.canonical(every))


@pytest.mark.parametrize("index", [0, 7, 1812, 2600, 3000, 3333, 3374])
def test_hierarchical_networks_have_the_size_that_is_said(index: int) -> None:
    names = HIERARCHICAL.string(HIERARCHICAL.canonical(index)).split(":")
    model = hierarchical_network(names)
    assert parameters(model) == round(1e6 * HIERARCHICAL.params(index))
    assert multiply_adds(model, torch.randn(1, 1, 8, 8)) == round(1e6 * HIERARCHICAL.flops(index))


@pytest.mark.parametrize("index", [0, 16, 9999, 24_680, 31_415, 47_999])
def test_joint_networks_have_the_size_that_is_said(index: int) -> None:
    names = JOINT.string(JOINT.canonical(index)).split(":")
    model = joint_cell_network(names[:3], int(names[5]))
    assert parameters(model) == round(1e6 * JOINT.params(index))
    assert multiply_adds(model, torch.randn(1, 1, 8, 8)) == round(1e6 * JOINT.flops(index))


def test_sizes_of_arrays_are_those_of_each() -> None:
    for space in (HIERARCHICAL, JOINT):
        some = space.sample(40, seed=3).reshape(8, 5)
        for count in (space.params, space.flops):
            assert count(some).shape == (8, 5)
            assert count(some)[2, 3] == count(int(some[2, 3]))


def test_a_motif_that_lets_nothing_through_gives_zeros() -> None:
    x = torch.randn(2, 4, 5, 5)
    assert torch.equal(motif_module(["conv3", "none", "none"], 4)(x), torch.zeros_like(x))
    assert torch.equal(motif_module(["none", "skip", "pool"], 4)(x), x)
    assert torch.equal(motif_module(["skip", "skip", "skip"], 4)(x), 2 * x)


def test_quantised_weights_take_the_values_that_the_bits_allow() -> None:
    weights = torch.randn(6, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    for bits in (8, 4, 3, 2):
        found = quantised(weights, bits)
        steps = found / (weights.abs().amax((1, 2, 3), keepdim=True) / (2 ** (bits - 1) - 1))
        assert torch.allclose(steps, steps.round(), atol=1e-4)
        assert (found - weights).abs().max() <= weights.abs().max() / (2 ** (bits - 1) - 1) / 2 + 1e-6


def test_compression_ends_with_its_block() -> None:
    torch.manual_seed(0)
    model = joint_cell_network(["conv3", "conv1", "skip"], 6).eval()
    x = torch.randn(30, 1, 8, 8)
    with torch.no_grad():
        before = model(x)
        with compressed(model, 0.75, 4, x) as weights:
            total = sum(one.numel() for one in model.parameters() if one.dim() > 1)
            assert 0 < weights <= 0.25 * total + 1
            assert not torch.allclose(model(x), before, atol=1e-2)
        assert torch.equal(model(x), before)
