from __future__ import annotations

import numpy as np
import pytest
import torch
from counting import multiply_adds, parameters
from torch import nn

from nasbench_sim.benchmarks.evolved_transformer.networks import Branch, EvolvedModel
from nasbench_sim.benchmarks.evolved_transformer.space import BRANCHES, CONTEXT, WIDTH, EvolvedTransformer

SPACE = EvolvedTransformer()


def model(index: int) -> EvolvedModel:
    names = SPACE.string(index).split(":")
    return EvolvedModel(names[:4], names[4], WIDTH * int(names[5]))


def test_there_are_1656_different_networks() -> None:
    every = SPACE.all_indices()
    canonical = SPACE.canonical(every)
    assert (SPACE.size, len(np.unique(canonical))) == (5184, 1656)
    assert np.array_equal(SPACE.canonical(canonical), canonical)
    assert (canonical <= every).all()


@pytest.mark.parametrize("index", [0, 1, 1234, 2222, 3003, 4321, 5183])
def test_networks_have_the_size_that_is_said(index: int) -> None:
    built = model(index)
    assert parameters(built) == round(1e6 * SPACE.params(index))
    # Between places: each of the pairs is scored and summed, all heads together over the whole width.
    pairs = sum(i + 1 for i in range(CONTEXT))
    attended = SPACE.string(index).count("att") * 2 * WIDTH * pairs
    counted = multiply_adds(built, torch.zeros(1, CONTEXT, dtype=torch.long))
    assert counted + attended == round(1e6 * SPACE.flops(index))


def test_members_of_a_class_have_one_size() -> None:
    every = SPACE.all_indices()
    assert np.array_equal(SPACE.params(every), SPACE.params(SPACE.canonical(every)))
    assert np.array_equal(SPACE.flops(every), SPACE.flops(SPACE.canonical(every)))


def test_exchanged_branches_compute_the_same() -> None:
    torch.manual_seed(0)
    first = EvolvedModel(["conv3", "att2", "identity", "glu"], "swish", 64)
    second = EvolvedModel(["att2", "conv3", "glu", "identity"], "swish", 64)
    shared = {name: one for name, one in first.state_dict().items() if not name.startswith("branches.")}
    second.load_state_dict(shared | _exchanged(first))
    symbols = torch.randint(48, (2, CONTEXT))
    assert torch.allclose(first(symbols), second(symbols), atol=1e-5)


def _exchanged(of: nn.Module) -> dict[str, torch.Tensor]:
    other = {"0": "1", "1": "0", "2": "3", "3": "2"}
    found = {}
    for name, tensor in of.state_dict().items():
        parts = name.split(".")
        if parts[0] == "branches":
            parts[1] = other[parts[1]]
            found[".".join(parts)] = tensor
    return found


@pytest.mark.parametrize("name", BRANCHES[1:])
def test_no_branch_sees_the_future(name: str) -> None:
    torch.manual_seed(0)
    branch = Branch(name, "relu", WIDTH).eval()
    x = torch.randn(1, CONTEXT, WIDTH)
    changed = x.clone()
    changed[0, 30] += torch.randn(WIDTH)
    moved = (branch(changed) - branch(x)).abs().amax(-1)[0] > 1e-6
    assert not moved[:30].any()
    assert moved[30]
