"""Searches that a zero-cost proxy guides, on tasks that train."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live import score_file
from nasbench_sim.live.curves import METRICS

TINY = live.Recipe(epochs=1, batch=50, channels=4, cells=1)
GUIDED = {"proxy": "synflow", "pool": 8, "population": 3, "sample": 2, "mutants": 2}


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The architectures scored since: by how much of them is a 3x3 convolution, in a second for each."""
    done: list[int] = []

    def score(name: str, architecture: int, *rest: object, **options: object) -> tuple[float, float]:
        done.append(architecture)
        return float(nbs.space().count(architecture, "nor_conv_3x3")), 1.0

    monkeypatch.setattr(score_file, "_score", score)
    return done


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The architectures trained since; each "training" takes 10 s, and none is real."""
    done: list[int] = []

    def train(architecture: int, *rest: object, seed: int, **options: object) -> live.Curves:
        done.append(architecture)
        curves = {name: np.array([architecture / 200]) for name in METRICS} | {"train_time": np.array([10.0])}
        return live.Curves(architecture, seed, curves)

    monkeypatch.setattr("nasbench_sim.live.parallel.train", train)
    return done


def live_task(path: Path, images: live.Images, **options: Any) -> nbs.Task:
    return live.LiveSource(live.RunFile(path / "runs.jsonl", nbs.space(), TINY, images)).task(**options)


def search(
    path: Path,
    images: live.Images,
    budget: nbs.Budget,
    searcher: str = "zero_cost_evolution",
    seeds: Any = 1,
    **own: Any,
) -> nbs.Trajectories:
    task = live_task(path, images)
    return nbs.run(searcher, task, budget=budget, seeds=seeds, hyperparameters=GUIDED | own)


def test_the_scores_are_those_of_the_proxy(tmp_path: Path, images: live.Images) -> None:
    own = live.proxy_frame(["synflow", "snip"], [9, 1462], images, batch=64, seed=777, channels=4, cells=1)
    task = live_task(tmp_path, images)
    for name in ("synflow", "snip"):
        values, seconds = task.proxy(name)
        expected = own[own["proxy"] == name]["value"].to_numpy()
        assert values[np.array([[9], [1462]])].ravel() == pytest.approx(expected, rel=1e-6)
        assert (seconds[np.array([9, 1462])] > 0).all()


def test_the_first_population_is_the_best_of_the_pool_and_pays_for_all_of_it(
    tmp_path: Path, images: live.Images, scored: list[int], trained: list[int]
) -> None:
    runs = search(tmp_path, images, nbs.Budget(evaluations=6))
    count = nbs.space().count(np.array(scored), "nor_conv_3x3")
    pool = dict(zip(scored[: len(set(scored[:8]))], count, strict=False))
    first = runs.index[0, :3]
    assert nbs.space().count(first, "nor_conv_3x3").tolist() == sorted(pool.values(), reverse=True)[:3]
    assert len(scored) == len(set(scored)) < 15  # each once, and those asked for only
    assert runs.cost[0, 0] == 10.0 + len(pool)  # the pool is scored before anything is trained
    assert runs.cost[0, 1:3].tolist() == [10.0, 10.0]
    assert runs.clock[0, -1] == 60.0 + len(scored)
    assert runs.cost[0, 3:].sum() == 30.0 + len(scored) - len(pool)


def test_one_mutant_needs_no_score(
    tmp_path: Path, images: live.Images, scored: list[int], trained: list[int]
) -> None:
    runs = search(tmp_path, images, nbs.Budget(evaluations=9), mutants=1)
    assert len(scored) <= 8
    assert runs.cost[0, 1:].tolist() == [10.0] * 8


@pytest.mark.parametrize(
    "budget",
    [
        nbs.Budget(evaluations=5),
        nbs.Budget(seconds=45.0),
        nbs.Budget(seconds=45.0, overshoot="drop"),
        nbs.Budget(seconds=30.0, workers=2),
    ],
    ids=str,
)
@pytest.mark.parametrize("searcher", ["zero_cost_evolution", "best_of_n_by_proxy"])
def test_replicates_pay_each_for_itself(
    tmp_path: Path,
    images: live.Images,
    scored: list[int],
    trained: list[int],
    budget: nbs.Budget,
    searcher: str,
) -> None:
    own = {} if searcher == "zero_cost_evolution" else dict.fromkeys(("population", "sample", "mutants"))

    def run(path: Path, seeds: list[int]) -> nbs.Trajectories:
        chosen = {name: value for name, value in GUIDED.items() if name not in own}
        return nbs.run(searcher, live_task(path, images), budget=budget, seeds=seeds, hyperparameters=chosen)

    among = run(tmp_path / "among", [3, 4])
    assert len(scored) == len(set(scored))  # computed once for all
    for row, seed in enumerate((3, 4)):
        alone = run(tmp_path / f"alone {seed}", [seed])
        n = alone.length[0]
        assert n == among.length[row]
        assert alone.index[0, :n].tolist() == among.index[row, :n].tolist()
        assert alone.clock[0, :n].tolist() == among.clock[row, :n].tolist()


def test_nothing_is_scored_for_a_replicate_that_has_ended(
    tmp_path: Path,
    images: live.Images,
    scored: list[int],
    trained: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def score(name: str, architecture: int, *rest: object, **options: object) -> tuple[float, float]:
        scored.append(architecture)
        return float(architecture), architecture % 10

    monkeypatch.setattr(score_file, "_score", score)
    runs = search(tmp_path / "among", images, nbs.Budget(seconds=200.0), seeds=4, mutants=3)
    assert runs.length.min() < runs.length.max()
    among = set(scored)
    scored.clear()
    for seed in range(4):
        search(tmp_path / f"alone {seed}", images, nbs.Budget(seconds=200.0), seeds=[seed], mutants=3)
    assert among == set(scored)


def test_a_killed_search_goes_on_with_the_scores_that_it_had(
    tmp_path: Path,
    images: live.Images,
    scored: list[int],
    trained: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = search(tmp_path / "whole", images, nbs.Budget(evaluations=6))
    append = live.RunFile.append

    def killed(runs: live.RunFile, run: live.Curves) -> None:
        append(runs, run)
        if len(runs) == 4:
            raise KeyboardInterrupt

    path = tmp_path / "killed"
    with monkeypatch.context() as patch:
        patch.setattr(live.RunFile, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            search(path, images, nbs.Budget(evaluations=6))
    scores = path / "runs.jsonl.scores"
    lines = scores.read_text().splitlines(keepends=True)
    scores.write_text("".join(lines[:-2]) + lines[-2][:20])  # the last but one is cut, the last is lost
    scored.clear()
    again = search(path, images, nbs.Budget(evaluations=6))
    assert len(scored) == len(set(scored)) < len(lines)
    assert again.index.tolist() == whole.index.tolist()
    assert again.cost.tolist() == whole.cost.tolist()
    scored.clear()
    assert search(path, images, nbs.Budget(evaluations=6)).clock.tolist() == whole.clock.tolist()
    assert not scored


def test_scores_of_other_networks_are_refused(
    tmp_path: Path, images: live.Images, scored: list[int], trained: list[int]
) -> None:
    search(tmp_path, images, nbs.Budget(evaluations=3))
    scores = tmp_path / "runs.jsonl.scores"
    head = json.loads(scores.read_text().splitlines()[0])
    scores.write_text(json.dumps(head | {"size": {"channels": 5, "cells": 1}}) + "\n")
    with pytest.raises(nbs.NasbenchSimError, match="scores of another size"):
        search(tmp_path, images, nbs.Budget(evaluations=3))
    scores.write_text(json.dumps(head) + "\n{}\n")
    with pytest.raises(nbs.NasbenchSimError, match="not a file of scores"):
        search(tmp_path, images, nbs.Budget(evaluations=3))


@pytest.mark.parametrize("searcher", ["zero_cost_evolution", "best_of_n_by_proxy"])
def test_an_unknown_proxy_is_refused_before_anything_is_done(
    tmp_path: Path, images: live.Images, scored: list[int], trained: list[int], searcher: str
) -> None:
    for wrong, words in (
        ("synflo", "unknown proxy 'synflo'.*did you mean 'synflow'"),
        ("val_accuracy", "unknown proxy 'val_accuracy'"),
    ):
        with pytest.raises(nbs.NasbenchSimError, match=words):
            nbs.run(
                searcher,
                live_task(tmp_path, images),
                budget=nbs.Budget(evaluations=10),
                hyperparameters={"proxy": wrong},
            )
    assert not scored
    assert not trained


def test_processes_do_not_change_scores(tmp_path: Path, images: live.Images) -> None:
    runs = live.RunFile(tmp_path / "runs.jsonl", nbs.space(), TINY, images)
    two = score_file.ScoreFile(runs, processes=2).values("synflow", 3, [9, 1462, 9])
    own = live.proxy("synflow", [9, 1462, 9], images, batch=64, seed=3, channels=4, cells=1)
    assert two == pytest.approx(own, rel=1e-9)


def test_a_network_without_a_score_comes_last(
    tmp_path: Path, images: live.Images, trained: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {4: np.nan, 5: 1.0, 6: 2.0}
    monkeypatch.setattr(score_file, "_score", lambda name, architecture, *a, **o: (values[architecture], 0.5))
    task = live_task(tmp_path, images)
    found = task.proxy("synflow")[0][np.array([4, 5, 6])]
    assert found.tolist()[1:] == [1.0, 2.0]
    assert np.isnan(found[0])
    again = live_task(tmp_path, images)
    monkeypatch.undo()
    assert np.isnan(again.proxy("synflow")[0][4])
