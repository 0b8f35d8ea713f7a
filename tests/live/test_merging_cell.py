from __future__ import annotations

import numpy as np
import pytest
import torch
from counting import multiply_adds, parameters
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nasbench_sim.benchmarks.merging_cell.networks import Backbone, Pyramid, resized
from nasbench_sim.benchmarks.merging_cell.space import GRIDS, WIDTH, MergingCell
from nasbench_sim.live.problems.canvases import COUNTS, Canvases, mean_average_precision

SPACE = MergingCell()


def levels() -> list[torch.Tensor]:
    return [torch.randn(1, WIDTH, grid, grid) for grid in GRIDS]


def test_cells_are_different_and_end_at_each_level() -> None:
    every = [tuple(SPACE.cells(index)) for index in range(SPACE.size)]
    assert len(set(every)) == SPACE.size == 8640
    assert all(sorted(cell[3] for cell in cells) == [0, 1, 2] for cells in every)
    assert all(
        first < second < 3 + place for cells in every for place, (first, second, *_) in enumerate(cells)
    )
    assert SPACE.trained(SPACE.all_indices()).sum() == 2880


@pytest.mark.parametrize("index", [0, 5, 4321, 8639])
def test_networks_have_the_size_that_is_said(index: int) -> None:
    model = Pyramid(SPACE.cells(index))
    assert parameters(model) == round(1e6 * SPACE.params(index))
    assert multiply_adds(model, levels()) == round(1e6 * SPACE.flops(index))


def test_results_lie_at_their_levels() -> None:
    found = Pyramid(SPACE.cells(777)).eval()(Backbone().eval()(torch.randn(2, 1, 32, 32)))
    assert [tuple(level.shape) for level in found] == [(2, 5, grid, grid) for grid in GRIDS]


def test_levels_change_by_largest_and_by_copies() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert resized(x, 1, 2).tolist() == [[[[5, 7], [13, 15]]]]
    assert resized(x, 1, 0)[0, 0, :2, :4].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1]]
    assert resized(x, 1, 1) is x


def test_gate_is_the_second_and_a_gated_first() -> None:
    torch.manual_seed(0)
    pyramid = Pyramid([(0, 1, "gate", 1), (0, 1, "sum", 0), (1, 2, "sum", 2)]).eval()
    given_levels = levels()
    seen = []
    pyramid.merged[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    pyramid(given_levels)
    a = resized(pyramid.laterals[0](given_levels[0]), 0, 1)
    b = pyramid.laterals[1](given_levels[1])
    assert torch.allclose(seen[0], b + a * torch.sigmoid(b.mean((2, 3), keepdim=True)), atol=1e-6)


@given(
    arrays(np.float32, (30, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
    arrays(np.int64, (30, 3), elements=st.integers(0, 1)),
)
def test_average_precision_is_that_of_scikit_learn(scores: np.ndarray, wanted: np.ndarray) -> None:
    from sklearn.metrics import average_precision_score

    wanted[0] = 1
    expected = np.mean([average_precision_score(w, s) for w, s in zip(wanted.T, scores.T, strict=True)])
    assert mean_average_precision(scores, wanted) == pytest.approx(100 * expected)


def test_targets_mark_the_centres_that_lie_in_a_digit() -> None:
    problem = Canvases()
    for part, count in COUNTS.items():
        assert problem.inputs[part][0].shape == (count, 1, 32, 32)
        fine, middle, coarse = (level.sum((1, 2, 3)) for level in problem.targets[part])
        # 8, 16 and 24 pixels cover 2 x 2, 4 x 4 or 3 x 3, ... centres: at least one each, of one class.
        assert ((fine > 0) | (middle > 0) | (coarse > 0)).all()
        assert all(float(level.amax()) == 1 for level in problem.targets[part])
    assert problem.describe() == Canvases().describe()
