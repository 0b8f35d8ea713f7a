from __future__ import annotations

import pytest
import torch
from counting import multiply_adds, parameters
from torch.nn.functional import elu

from nasbench_sim.benchmarks.attention_placement.networks import DECAYS, Mixer, PlacedModel
from nasbench_sim.benchmarks.attention_placement.space import (
    CONTEXT,
    HEADS,
    WIDTH,
    WINDOW,
    AttentionPlacement,
)
from nasbench_sim.benchmarks.attention_placement.system import start
from nasbench_sim.errors import RequestError

SPACE = AttentionPlacement()
HEAD = WIDTH // HEADS


def mixing(kind: str, length: int) -> int:
    """Count the multiply-adds between places, one by one."""
    if kind == "none":
        return 0
    if kind == "linear":  # at each place: the state and its normaliser decay, take in, and are read
        return sum(3 * (HEAD * HEAD + HEAD) * HEADS for _ in range(length))
    reach = WINDOW if kind == "window" else length
    return sum(2 * WIDTH for i in range(length) for j in range(i + 1) if i - j < reach)


@pytest.mark.parametrize("index", [0, 1, 91, 500, 777, 1023])
def test_networks_have_the_size_that_is_said(index: int) -> None:
    kinds = SPACE.string(index).split(":")
    model = PlacedModel(kinds)
    assert parameters(model) == round(1e6 * SPACE.params(index))
    counted = multiply_adds(model, torch.zeros(1, CONTEXT, dtype=torch.long))
    assert counted + sum(mixing(kind, CONTEXT) for kind in kinds) == round(1e6 * SPACE.flops(index))


def test_the_model_has_the_published_number_of_parameters_here() -> None:
    assert round(1e6 * SPACE.params("full:full:full:full:full")) == 103_200


@pytest.mark.parametrize("length", [1, 5, WINDOW, 40, 1000])
def test_work_and_cache_of_any_length(length: int) -> None:
    only = {kind: f"{kind}:none:none:none:none" for kind in ("full", "window", "linear", "none")}
    rest = SPACE.flops(only["none"], length)
    projections = 4 * WIDTH * WIDTH * length
    for kind, architecture in only.items():
        expected = mixing(kind, length) + (projections if kind != "none" else 0)
        assert round(1e6 * (SPACE.flops(architecture, length) - rest)) == expected
    assert SPACE.cache(only["full"], length) == 2 * WIDTH * length * 2
    assert SPACE.cache(only["window"], length, bytes_a_number=4) == 2 * WIDTH * min(length, WINDOW) * 4
    assert SPACE.cache(only["linear"], length) == (HEADS * HEAD * HEAD + WIDTH) * 2
    assert SPACE.cache(only["none"], length) == 0
    with pytest.raises(RequestError, match="length"):
        SPACE.cache(0, length=0)


@pytest.mark.parametrize("kind", ["full", "window", "linear"])
def test_no_mixer_sees_the_future_and_a_window_only_its_past(kind: str) -> None:
    torch.manual_seed(0)
    mixer = Mixer(kind)
    x = torch.randn(1, CONTEXT, WIDTH)
    changed = x.clone()
    changed[0, 50] += 1
    moved = (mixer(changed) - mixer(x)).abs().amax(-1)[0] > 1e-6
    assert not moved[:50].any()
    assert moved[50]
    reach = {"full": CONTEXT, "window": 50 + WINDOW, "linear": CONTEXT}[kind]
    assert bool(moved[50:reach].all())
    assert not moved[reach:].any()


def test_a_linear_mixer_is_the_recurrence_that_its_cost_is_of() -> None:
    torch.manual_seed(0)
    mixer = Mixer("linear")
    x = torch.randn(1, 20, WIDTH)
    split = mixer.queries_keys_values(x).view(20, 3, HEADS, HEAD)
    queries, keys, values = elu(split[:, 0]) + 1, elu(split[:, 1]) + 1, split[:, 2]
    state = torch.zeros(HEADS, HEAD, HEAD)
    normaliser = torch.zeros(HEADS, HEAD)
    decay = torch.tensor(DECAYS)[:, None]
    places = []
    for place in range(20):
        state = decay[..., None] * state + keys[place, :, :, None] * values[place, :, None, :]
        normaliser = decay * normaliser + keys[place]
        read = (queries[place, :, :, None] * state).sum(1)
        places.append(read / ((queries[place] * normaliser).sum(-1, keepdim=True) + 1e-6))
    expected = mixer.output(torch.stack(places).reshape(1, 20, WIDTH))
    assert torch.allclose(mixer(x), expected, atol=1e-5)


def test_the_start_fits_the_full_model() -> None:
    assert set(start()) == set(PlacedModel(["full"] * 5).state_dict())
