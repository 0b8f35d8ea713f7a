"""Searching with several fidelities by training: epochs are trained when asked for, once each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.errors import RequestError
from nasbench_sim.live.training import Trainer
from nasbench_sim.search import Searcher

RECIPE = live.Recipe(epochs=4, batch=50, channels=4, cells=1)
SPACE = nbs.space("nas-bench-201")


def opened(path: Path, images: live.Images) -> live.RunFile:
    return live.RunFile(path / "runs.jsonl", SPACE, RECIPE, images)


@pytest.fixture
def epochs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the epochs that were trained, in their order."""
    trained: list[int] = []
    epoch = Trainer.epoch

    def counted(trainer: Trainer, number: int) -> dict[str, float]:
        trained.append(number)
        return epoch(trainer, number)

    monkeypatch.setattr(Trainer, "epoch", counted)
    return trained


def test_a_training_goes_on_where_it_stopped_to_the_same_result(
    tmp_path: Path, images: live.Images, epochs: list[int]
) -> None:
    whole = live.train(9, images, RECIPE, seed=3)
    del epochs[:]
    kept = tmp_path / "9.pt"
    part = live.train(9, images, RECIPE, seed=3, checkpoint=kept, until=1)
    assert part.epochs == 1
    rest = live.train(9, images, RECIPE, seed=3, checkpoint=kept)
    assert epochs == [0, 1, 2, 3]
    for metric in ("val_accuracy", "val_loss", "train_loss"):
        np.testing.assert_array_equal(rest.values[metric], whole.values[metric])
        np.testing.assert_array_equal(part.values[metric], whole.values[metric][:1])
    with pytest.raises(RequestError, match="an epoch from 1 to 4, not 5"):
        live.train(9, images, RECIPE, until=5)


@pytest.mark.parametrize("name", ["successive_halving", "hyperband", "asha"])
def test_epochs_are_trained_once_and_only_those_asked_for(
    tmp_path: Path, images: live.Images, epochs: list[int], name: str
) -> None:
    task = live.LiveSource(opened(tmp_path, images)).task(fidelities=[1, 2, 4])
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=40))
    reached: dict[int, int] = {}
    for index, level in zip(runs.index[0].tolist(), runs.level[0].tolist(), strict=True):
        reached[index] = max(reached.get(index, 0), [1, 2, 4][level])
    assert len(epochs) == sum(reached.values())
    assert len(set(runs.level[0].tolist())) > 1
    table = opened(tmp_path, images)
    assert {run.architecture for run in table} == {index for index, epoch in reached.items() if epoch == 4}
    for place in range(0, 40, 5):
        one = live.train(int(runs.index[0, place]), images, RECIPE, seed=777)
        expected = one.values["val_accuracy"][[1, 2, 4][runs.level[0, place]] - 1]
        assert runs.observed[0, place] == expected
    assert (runs.cost[0] > 0).all()


def test_a_killed_search_goes_on_from_what_was_begun(
    tmp_path: Path, images: live.Images, epochs: list[int]
) -> None:
    def searched(path: Path) -> nbs.Trajectories:
        task = live.LiveSource(opened(path, images)).task(fidelities=[1, 2, 4])
        return nbs.run("successive_halving", task, budget=nbs.Budget(evaluations=40))

    first = searched(tmp_path)
    trained = len(epochs)
    again = searched(tmp_path)
    assert len(epochs) == trained  # the second found everything
    np.testing.assert_array_equal(first.index, again.index)
    np.testing.assert_array_equal(first.observed, again.observed)


class Padded(Searcher):
    """Proposes one architecture and nothing beside it."""

    name = "padded"

    def start(self) -> None:
        self._asked = 0

    def ask(self) -> Any:
        self._asked += 1
        return np.array([[self._asked, -1, -1]])

    def tell(self, index: Any, values: Any) -> None:
        """Learn nothing."""


@pytest.mark.parametrize("budget", [nbs.Budget(evaluations=3), nbs.Budget(seconds=1e-6)], ids=str)
def test_a_replicate_that_proposes_less_than_its_place_allows_has_not_ended(
    tmp_path: Path, images: live.Images, budget: nbs.Budget
) -> None:
    runs = nbs.run(Padded, live.LiveSource(opened(tmp_path, images)).task(), budget=budget)
    assert runs.index[0].tolist() == [1, 2, 3][: runs.length[0]]
    assert runs.length[0] == (3 if budget.evaluations else 1)


@pytest.mark.parametrize("wrong", [[], [1, 2], [2, 1, 4], [0, 4], [1, 1, 4], [1.0, 4], [1, 5]])
def test_fidelities_that_are_no_moments_of_the_training(
    tmp_path: Path, images: live.Images, wrong: list
) -> None:
    with pytest.raises(RequestError, match=r"increasing epochs, the last of them 4|not 1\.0"):
        live.LiveSource(opened(tmp_path, images)).task(fidelities=wrong)
