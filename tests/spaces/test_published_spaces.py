"""The spaces of NATS-Bench size, NAS-Bench-Macro and FBNet."""

from __future__ import annotations

import itertools
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.benchmarks.fbnet.space import FBNet
from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.tables.restricted import NUMPY, read_pickle

NAMES = ("nats-bench-size", "nas-bench-macro", "fbnet")


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_index_string_and_ops_are_one(name: str, data: st.DataObject) -> None:
    space = nbs.space(name)
    index = data.draw(st.integers(0, space.size - 1))
    text = space.string(index)
    assert space.index(text) == index
    assert space.index(space.ops(index)) == index
    around = space.neighbors(index)
    assert len(set(around.tolist())) == sum(len(options) - 1 for options in space.choices)
    differing = (space.ops(around) != space.ops(index)).sum(axis=-1)
    assert set(differing.tolist()) == {1}


def test_the_size_space_has_its_published_order(published: Path) -> None:
    folder = published / "nats-bench" / "NATS-sss-v1_0-50262-simple"
    meta = read_pickle(folder / "meta.pickle.pbz2", NUMPY)
    space = nbs.space("nats-bench-size")
    assert space.string(space.all_indices()).tolist() == meta["meta_archs"]
    assert space.size == 32768


def test_every_macro_architecture_has_its_published_string(published: Path) -> None:
    rows = json.loads((published / "nas-bench-macro" / "nas-bench-macro_cifar10.json").read_text())
    space = nbs.space("nas-bench-macro")
    assert sorted(space.index(text) for text in rows) == list(range(6561))
    assert sorted(rows) == space.string(space.all_indices()).tolist()


def test_macro_networks_that_are_the_same_have_one_training(published: Path) -> None:
    rows = json.loads((published / "nas-bench-macro" / "nas-bench-macro_cifar10.json").read_text())
    space = nbs.space("nas-bench-macro")
    classes = space.canonical(space.all_indices())
    assert len(set(classes.tolist())) == 3969
    assert (classes <= space.all_indices()).all()
    for index in range(0, space.size, 7):
        assert rows[space.string(index)] == rows[space.string(int(classes[index]))]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("nats-bench-size", "8:8:8:8"),
        ("nats-bench-size", "8:8:8:8:9"),
        ("nas-bench-macro", "0201210"),
        ("nas-bench-macro", "02012103"),
        ("nas-bench-macro", "0_012100"),
        ("nas-bench-macro", "+2012100"),
        ("fbnet", "skip"),
    ],
)
def test_malformed_strings_are_refused(name: str, wrong: str) -> None:
    with pytest.raises(ArchitectureError, match=r"expected|choices are"):
        nbs.space(name).index(wrong)


def test_fbnet_is_too_large_to_list_and_exact_nevertheless() -> None:
    space = nbs.space("fbnet")
    assert space.size == 9**22
    assert space.index_dtype == np.dtype(object)
    assert space.string(space.size - 1) == ":".join(["skip"] * 22)
    with pytest.raises(RequestError, match="too many to enumerate"):
        space.all_indices()


def test_a_space_of_its_own_class_survives_a_pickle() -> None:
    again = pickle.loads(pickle.dumps(FBNet()))  # not the one that is served by name
    assert again.string(7) == nbs.space("fbnet").string(7)


def test_the_look_up_keys_of_fbnet_follow_shapes_through_the_network() -> None:
    space = nbs.space("fbnet")
    for dataset, sides in (("cifar100", (32, 4)), ("ImageNet", (112, 7))):
        keys = space.layer_keys(dataset)
        assert [len(row) for row in keys] == [9] * 22
        assert keys[0][0] == f"ConvBlock_H{sides[0]}_W{sides[0]}_Cin16_Cout16_exp1_kernel3_stride1_group1"
        assert keys[-1][-1] == f"Skip_H{sides[1]}_W{sides[1]}_Cin184_Cout352_stride1"
        outputs = [int(row[-1].split("_Cout")[1].split("_")[0]) for row in keys]
        inputs = [int(row[-1].split("_Cin")[1].split("_")[0]) for row in keys]
        assert inputs[1:] == outputs[:-1]
    assert keys[1][1] == "ConvBlock_H112_W112_Cin16_Cout24_exp1_kernel3_stride2_group2"
    assert space.fixed_keys("ImageNet") == [
        "ConvNorm_H224_W224_Cin3_Cout16_kernel3_stride2_group1",
        "ConvNorm_H7_W7_Cin352_Cout1984_kernel1_stride1_group1",
        "AvgP_H7_W7_Cin1984_Cout1984_kernel7_stride1",
        "FC_Cin1984_Cout1000",
    ]
    with pytest.raises(RequestError, match=r"unknown data set 'cifar10' here: .*; known: ImageNet, cifar100"):
        space.layer_keys("cifar10")


def test_spaces_travel_by_name() -> None:
    for name in NAMES:
        assert pickle.loads(pickle.dumps(nbs.space(name))) is nbs.space(name)


def test_the_size_space_is_the_lexicographic_product() -> None:
    widths = [str(width) for width in (8, 16, 24, 32, 40, 48, 56, 64)]
    expected = [":".join(five) for five in itertools.islice(itertools.product(widths, repeat=5), 100)]
    assert nbs.space("nats-bench-size").string(np.arange(100)).tolist() == expected
