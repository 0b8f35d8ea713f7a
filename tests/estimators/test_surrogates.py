"""Surrogates: what they predict, what is said of it, their noise, and that files bring them back."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from kinds_of_space import made
from scipy.stats import kendalltau

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.estimators import is_far
from nasbench_sim.estimators.boosting import MODELS
from nasbench_sim.spaces import SampledSpace
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.trees import Trees, choice_features

INSTALLED = [
    name for name in MODELS if name == "histogram_boosting" or importlib.util.find_spec(name) is not None
]


@pytest.fixture(scope="module")
def few() -> Table:
    table = nbs.load_table("nas-bench-201")
    return table.sampled(np.random.default_rng(0).permutation(15625)[:1000], "thousand")


@pytest.fixture(scope="module")
def like(few: Table) -> Table:
    return nbs.surrogate(few, ["val_accuracy", "latency:gpu"], dataset="cifar10", seed=3)


@pytest.mark.parametrize("model", INSTALLED)
def test_trees_are_those_of_the_library(model: str) -> None:
    space = made("deep-and-large")
    index = space.sample(600, seed=1)
    features = choice_features(space, index)
    targets = np.random.default_rng(0).random(600) + features @ np.arange(features.shape[1])

    def walked(node: Any, row: Any) -> float:
        return node if isinstance(node, float) else walked(node[2] if row[node[0]] else node[1], row)

    from nasbench_sim.estimators.boosting import fitted

    found = fitted(space, features, targets, model, 5)(index[:20])
    shift, scale = targets.mean(), targets.std()
    constant, trees = MODELS[model](features, (targets - shift) / scale, 5)
    expected = [
        shift + scale * (constant + sum(walked(tree, row) for tree in trees)) for row in features[:20]
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert kendalltau(fitted(space, features, targets, model, 5)(index), targets)[0] > 0.95


def test_histogram_boosting_predicts_what_its_library_does() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    space = made("cell")
    index = space.sample(300, seed=1)
    features, targets = choice_features(space, index), np.random.default_rng(0).random(300)
    theirs = HistGradientBoostingRegressor(
        max_iter=500,
        max_leaf_nodes=16,
        learning_rate=0.1,
        min_samples_leaf=2,
        early_stopping=False,
        random_state=0,
    )
    with threadpool_limits(1):
        theirs.fit(features.astype(float), (targets - targets.mean()) / targets.std())
    from nasbench_sim.estimators.boosting import fitted

    ours = fitted(space, features, targets, "histogram_boosting", 0)
    other = space.sample(200, seed=2)
    expected = theirs.predict(choice_features(space, other).astype(float)) * targets.std() + targets.mean()
    np.testing.assert_allclose(ours(other), expected, rtol=1e-9)


def test_what_it_says_of_itself_is_so(few: Table, like: Table) -> None:
    made_of = like.provenance["surrogate"]
    order = np.random.Generator(np.random.Philox(3)).permutation(1000)
    out = np.sort(order[:100])
    truth = few.values("val_accuracy", dataset="cifar10")[out]
    predicted = like.query(few.space.to_parent(out), "val_accuracy", dataset="cifar10")
    facts = made_of["quality"]["val_accuracy"]
    assert facts["held_out"] == 100
    assert facts["members"] == 900
    assert facts["kendall"] == pytest.approx(kendalltau(predicted, truth)[0])
    assert facts["error"] == pytest.approx(np.sqrt(((predicted - truth) ** 2).mean()))
    assert facts["r2"] == pytest.approx(1 - ((predicted - truth) ** 2).mean() / truth.var())
    note = like.column("val_accuracy", dataset="cifar10").note
    assert f"Kendall's tau {facts['kendall']:.3f}" in note
    assert f"Kendall's tau {facts['kendall']:.3f}" in repr(like)
    assert like.columns["derived"].all()


def test_it_predicts_what_it_never_saw(few: Table, like: Table) -> None:
    whole = nbs.load_table("nas-bench-201")
    unseen = np.setdiff1d(np.arange(15625), few.space.to_parent(few.space.all_indices()))
    predicted = like.query(unseen, "val_accuracy", dataset="cifar10")
    assert kendalltau(predicted, whole.query(unseen, "val_accuracy", dataset="cifar10"))[0] > 0.68
    assert like.column("latency:gpu", dataset="cifar10").unit == "ms"


def test_an_evaluation_has_noise_of_the_stated_size(like: Table) -> None:
    task = nbs.Task(like, dataset="cifar10", objective="val_accuracy")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=2000), seeds=4)
    residual = runs.observed - like.values("val_accuracy", dataset="cifar10")[runs.index]
    assert residual.std() == pytest.approx(
        like.provenance["surrogate"]["quality"]["val_accuracy"]["noise"], rel=0.03
    )
    assert abs(residual.mean()) < 0.1 * residual.std()
    still = nbs.Task(like, dataset="cifar10", objective="val_accuracy", noise="mean")
    runs = nbs.run("random_search", still, budget=nbs.Budget(evaluations=20), seeds=2)
    np.testing.assert_array_equal(runs.observed, like.values("val_accuracy", dataset="cifar10")[runs.index])


def test_a_space_beyond_any_list_is_searched(tmp_path: Path) -> None:
    parent = made("deep-beyond-64-bits")
    members = SampledSpace(parent, parent.string(parent.sample(400, seed=0)), "four hundred")
    value = choice_features(parent, members.to_parent(members.all_indices())) @ np.arange(
        float(parent.cardinalities.sum())
    )
    table = Table(
        "sample", members, [(Column(metric="score", dataset="d", source="made up", better="max"), value)]
    )
    like = nbs.surrogate(table, "score", dataset="d")
    assert like.space is parent
    nbs.save_table(like, tmp_path / "like.h5")
    again = nbs.load_table(tmp_path / "like.h5")
    assert again.hash == like.hash
    index = parent.sample(50, seed=4)
    np.testing.assert_array_equal(again.query(index, "score"), like.query(index, "score"))
    task = nbs.Task(pickle.loads(pickle.dumps(again)), dataset="d", objective="score", noise="mean")
    budget = nbs.Budget(evaluations=300)
    evolved = nbs.run("regularized_evolution", task, budget=budget, seeds=4).final()["observed"].mean()
    assert evolved > nbs.run("random_search", task, budget=budget, seeds=4).final()["observed"].mean()
    noisy = nbs.Task(again, dataset="d", objective="score")
    runs = nbs.run("random_search", noisy, budget=nbs.Budget(evaluations=500), seeds=2)
    residual = runs.observed - like.query(runs.index, "score")
    assert residual.std() == pytest.approx(
        like.provenance["surrogate"]["quality"]["score"]["noise"], rel=0.06
    )


def test_what_is_far_from_the_sample_is_marked(few: Table, like: Table) -> None:
    members = few.space.to_parent(few.space.all_indices())
    assert not is_far(like, members).any()
    assert like.query(members, "sample_distance").max() <= 2
    alone = nbs.load_table("nas-bench-201").sampled(
        np.flatnonzero(nbs.space().ops(np.arange(15625))[:, 0] == 0)[:200], "x"
    )
    narrow = nbs.surrogate(alone, "val_accuracy", dataset="cifar10")
    every = narrow.values("sample_distance")
    assert is_far(narrow, int(every.argmax()))
    with pytest.raises(RequestError, match="is no surrogate"):
        is_far(few, 0)


def test_files_bring_it_back_and_carry_no_code(like: Table, tmp_path: Path) -> None:
    path = nbs.save_table(like, tmp_path / "like.h5")
    again = nbs.load_table(path)
    assert again.hash == like.hash
    np.testing.assert_array_equal(
        again.values("latency:gpu", dataset="cifar10"), like.values("latency:gpu", dataset="cifar10")
    )
    assert repr(again) == repr(like)
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("children", lambda a: a * 0),
        ("feature", lambda a: a + 1000),
        ("value", lambda a: a * np.inf),
        ("roots", lambda a: a - 9),
    ],
)
def test_a_file_with_other_arrays_is_refused(name: str, wrong: Any, like: Table, tmp_path: Path) -> None:
    arrays = next(data.function for data in map(like.data, range(2)) if isinstance(data, Computed)).arrays()  # type: ignore[attr-defined]
    with pytest.raises(RequestError), np.errstate(invalid="ignore"):
        Trees.from_arrays(like.space, {**arrays, name: wrong(arrays[name])})
    path = nbs.save_table(like, tmp_path / "like.h5")
    with h5py.File(path, "r+") as file:
        stored = file[f"columns/0000-{name}"]
        with np.errstate(invalid="ignore"):
            stored[...] = np.nan_to_num(wrong(stored[...]))
    with pytest.raises(FileFormatError, match="hash"):
        nbs.load_table(path)


def test_wrong_requests(few: Table) -> None:
    with pytest.raises(RequestError, match="did you mean 'histogram_boosting'"):
        nbs.surrogate(few, "val_accuracy", dataset="cifar10", model="histogram_bosting")
    with pytest.raises(RequestError, match="held_out"):
        nbs.surrogate(few, "val_accuracy", dataset="cifar10", held_out=1.5)
    with pytest.raises(RequestError, match="several different"):
        nbs.surrogate(few, [], dataset="cifar10")
    with pytest.raises(RequestError, match="unknown metric"):
        nbs.surrogate(few, "val_acuracy", dataset="cifar10")
    tiny = nbs.load_table("nas-bench-201").sampled(range(10), "ten")
    with pytest.raises(RequestError, match="20 or more"):
        nbs.surrogate(tiny, "val_accuracy", dataset="cifar10")
