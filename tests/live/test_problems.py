"""Learning problems, schedules, and systems whose trainings are the same for the same seed."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.benchmarks.hierarchical.system import HierarchicalDigits
from nasbench_sim.benchmarks.joint_cell.space import BITS, PRUNED
from nasbench_sim.benchmarks.joint_cell.system import JointCellDigits
from nasbench_sim.errors import FileFormatError, RequestError, TrainingError
from nasbench_sim.live import data
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.problems.images import Classification
from nasbench_sim.live.problems.text import SYMBOLS, RepeatingText, Text, corpus
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.shipped import shipped
from nasbench_sim.live.system_runs import SystemRuns
from nasbench_sim.live.systems import systems
from nasbench_sim.live.training import reproducible

SHORT = Schedule(epochs=2, steps=3, batch=8, optimizer="adamw", learning_rate=0.01, warm_up=2, clip=1.0)


class Unigrams(nn.Module):
    """Predicts every character alike."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(SYMBOLS))
        self.unused = nn.Parameter(torch.zeros(2))

    def forward(self, symbols: torch.Tensor) -> torch.Tensor:
        return self.logits.expand(*symbols.shape, SYMBOLS) + 0 * self.unused.sum()


class Repeats(nn.Module):
    """Predicts what stood a lag ago."""

    def __init__(self, lag: int) -> None:
        super().__init__()
        self.lag = lag

    def forward(self, symbols: torch.Tensor) -> torch.Tensor:
        before = torch.roll(symbols, self.lag - 1, dims=1)
        return nn.functional.one_hot(before, SYMBOLS).float()


def test_the_text_is_cut_in_three_parts_that_follow_each_other() -> None:
    text = corpus()
    assert [len(part) for part in text] == [381_734, 21_207, 21_208]
    assert int(torch.cat(text).max()) == SYMBOLS - 1
    assert 0.005 < float((torch.cat(text) == 0).float().mean()) < 0.006


def test_perplexity_of_knowing_nothing_is_the_number_of_symbols() -> None:
    with torch.no_grad():
        found = Text(context=16, windows=70).measure(Unigrams(), "val")
    assert found["perplexity"] == pytest.approx(SYMBOLS, rel=1e-5)
    assert found["loss"] == pytest.approx(math.log(SYMBOLS), rel=1e-5)


def test_targets_are_the_inputs_one_on() -> None:
    for problem in (Text(16, windows=4), RepeatingText(16, windows=4, repeating=3, lag=6)):
        batch = next(problem.batches(10, torch.Generator().manual_seed(0)))
        assert batch.inputs.shape == batch.targets.shape == (10, 16)
        assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])


def test_half_of_the_windows_repeat_and_who_remembers_recalls_them() -> None:
    problem = RepeatingText(60, windows=5, repeating=7, lag=20)
    batch = next(problem.batches(10, torch.Generator().manual_seed(0)))
    again = (batch.inputs[:, 20:] == batch.inputs[:, :-20]).all(1)
    assert again[:5].all()
    assert not again[5:].any()
    assert problem.measure(Repeats(20), "val")["recall"] == 100
    assert problem.measure(Repeats(19), "test")["recall"] < 30


def test_every_image_comes_once_an_epoch() -> None:
    problem = Classification(data.digits(parts=(100, 50, 50)))
    batches = problem.batches(30, torch.Generator().manual_seed(0))
    for _ in range(2):
        seen = torch.cat([next(batches).inputs for _ in range(4)])
        assert len(seen) == len(seen.flatten(1).unique(dim=0)) == 100


def test_the_rate_rises_and_falls() -> None:
    rates = [SHORT.rate(step) for step in range(6)]
    assert rates[0] == pytest.approx(0.005)
    assert rates[1] == pytest.approx(0.01 * 0.5 * (1 + math.cos(math.pi / 6)))
    assert rates[3] == pytest.approx(0.005)
    assert rates[1:] == sorted(rates[1:], reverse=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": 0}, "steps"),
        ({"batch": True}, "batch"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"optimizer": "adam"}, "did you mean 'adamw'"),
        ({"measured": (1,)}, "measured"),
        ({"measured": (2, 1, 2)}, "measured"),
    ],
)
def test_wrong_schedules_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        Schedule(**{**SHORT.describe(), **wrong})  # type: ignore[arg-type]


def test_only_what_is_trained_moves() -> None:
    model = Unigrams()
    schedule = dataclasses.replace(SHORT, trained=("unused",), weight_decay=0.1)
    Learner(model, Text(16, windows=4), schedule, seed=0).run()
    assert not model.logits.any()
    values = Learner(
        model, Text(16, windows=4), dataclasses.replace(SHORT, trained=("no such",)), seed=0
    ).run()
    assert not model.logits.any()
    assert len(values["val_loss"]) == len(values["train_time"]) == 2


def test_plain_steps_are_those_of_the_optimizer() -> None:
    problem = Text(16, windows=4)
    model, plain = Unigrams(), Unigrams()
    learner = Learner(model, problem, SHORT, seed=5)
    values = learner.run()
    optimizer = torch.optim.AdamW(plain.parameters(), betas=(0.9, 0.98), weight_decay=0)
    batches = problem.batches(8, torch.Generator().manual_seed(5))
    losses = []
    for step in range(6):
        batch = next(batches)
        loss = nn.functional.cross_entropy(plain(batch.inputs).flatten(0, 1), batch.targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = (
            0.01 * min(1, (step + 1) / 2) * 0.5 * (1 + math.cos(math.pi * step / 6))
        )
        optimizer.step()
        losses.append(loss.item())
    assert torch.allclose(model.logits, plain.logits, atol=1e-6)
    assert values["train_loss"] == pytest.approx([np.mean(losses[:3]), np.mean(losses[3:])])


def test_a_loss_that_is_not_finite_ends_the_training() -> None:
    model = Unigrams()
    with torch.no_grad():
        model.logits[3] = float("inf")
    with pytest.raises(TrainingError, match="epoch 1"):
        Learner(model, Text(16, windows=4), SHORT, seed=0).run()


class Brief(HierarchicalDigits):
    """One short epoch."""

    seeds = (1, 2)

    def schedule(self, architecture: int) -> Schedule:
        return Schedule(epochs=1, steps=2, batch=20, optimizer="sgd", learning_rate=0.1)


def test_the_same_seed_gives_the_same_run() -> None:
    system = Brief()
    first, again, other = system.train(3374, 1), system.train(3374, 1), system.train(3374, 2)
    for name in set(first.values) - {"train_time"}:
        assert np.array_equal(first.values[name], again.values[name])
    assert not np.array_equal(first.values["val_loss"], other.values["val_loss"])
    with reproducible(1):
        before = torch.rand(1)
    system.train(3374, 1)
    with reproducible(1):
        assert torch.equal(torch.rand(1), before)


def test_runs_are_kept_and_go_on(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    first = SystemRuns(path, Brief()).train_missing([(0, 1), (3374, 1)])
    runs = SystemRuns(path, Brief())
    again = runs.train_missing([(3374, 1), (0, 1), (0, 2)])
    assert len(runs) == 3
    assert [(run.architecture, run.seed) for run in again] == [(3374, 1), (0, 1), (0, 2)]
    assert again[0].to_json() == first[1].to_json()
    with path.open("a") as file:
        file.write('{"seed": 1}\n')
    with pytest.raises(FileFormatError, match="not a file of training runs"):
        SystemRuns(path, Brief())
    other = Brief()
    other.problem = Classification(data.digits(parts=(100, 50, 50)))
    with pytest.raises(RequestError, match="problem"):
        SystemRuns(path, other)


def test_pairs_are_every_training_and_the_first_again() -> None:
    system = HierarchicalDigits()
    pairs = system.pairs()
    assert len(pairs) == len(set(pairs)) == 2 * 351
    assert [seed for _, seed in pairs] == [777] * 351 + [888] * 351


def test_what_was_measured_once_is_kept_with_a_run() -> None:
    run = Curves(5, 7, {"val_loss": np.array([1.0])}, {"swapped": np.array([2.0, 3.0])})
    assert Curves.from_json(run.to_json()).to_json() == run.to_json()
    plain = Curves(5, 7, {"val_loss": np.array([1.0])})
    assert "also" not in plain.to_json()


def test_files_that_ship_are_checked() -> None:
    with pytest.raises(FileFormatError, match="hash"):
        shipped("README.md", "0" * 64)
    with pytest.raises(FileFormatError, match="should have come"):
        shipped("no-such-file.pt", "0" * 64)


def test_the_table_of_runs_has_what_was_trained_and_what_is_known(tmp_path: Path) -> None:
    system = Brief()
    runs = SystemRuns(tmp_path / "runs.jsonl", system)
    with pytest.raises(RequestError, match="no run yet"):
        runs.table()
    large, small = "motif:motif:motif:conv3:skip:conv1", "motif:motif:none:none:conv3:conv1"
    trained = runs.train_missing([(large, 1), (large, 2), (small, 2)])
    table = runs.table()
    question = {"dataset": "digits", "schedule": 1, "epoch": 1}
    for run in trained:
        for metric, curve in run.values.items():
            found = table.query(run.architecture, metric, seed=run.seed, **question)
            assert found == pytest.approx(curve[0], rel=1e-6)
    assert np.isnan(table.query(small, "val_loss", seed=1, **question))
    every = system.space.canonical(system.space.all_indices())
    members = np.flatnonzero(every == system.space.canonical(small))
    assert len(members) > 10
    values = table.values("val_loss", seed=2, **question)[members]
    assert set(values) == {np.float32(trained[2].last("val_loss"))}
    assert np.array_equal(table.values("params"), system.space.params(system.space.all_indices()))
    assert {column.metric: (column.unit, column.better) for column in table.schema} == {
        **dict.fromkeys(("val_accuracy", "test_accuracy"), ("%", "max")),
        **dict.fromkeys(("train_loss", "val_loss", "test_loss"), ("nats", "min")),
        "train_time": ("s", "min"),
        "params": ("M", "min"),
        "flops": ("M", "min"),
    }


class BriefJoint(JointCellDigits):
    """One short epoch."""

    def schedule(self, architecture: int) -> Schedule:
        return Schedule(epochs=1, steps=8, batch=50, optimizer="sgd", learning_rate=0.1)


def test_each_compression_has_its_own_value_in_the_table(tmp_path: Path) -> None:
    system = BriefJoint()
    runs = SystemRuns(tmp_path / "runs.jsonl", system)
    origin = system.space.trained("conv3:skip:none:0.08:0:3:0:8")
    run = runs.train_missing([(origin, 777)])[0]
    table = runs.table()
    question = {"dataset": "digits", "schedule": 1}
    for place, (part, bits) in enumerate(itertools.product(PRUNED, BITS)):
        architecture = f"none:skip:none:0.08:0:3:{part}:{bits}"
        assert system.space.trained(architecture) == origin
        found = table.query(architecture, "val_accuracy", **question)
        assert found == pytest.approx(run.also["compressed_val_accuracy"][place])
        weights = table.query(architecture, "model_weights", **question)
        assert table.query(architecture, "model_bytes", **question) == weights * int(bits) / 8
    first = table.query(origin, "uncompressed_val_loss", epoch=1, **question)
    assert first == pytest.approx(run.last("val_loss"))
    by_pruning = run.also["compressed_weights"].reshape(4, 4)
    assert (np.diff(by_pruning, axis=0) <= 0).all()


def test_a_table_of_a_system_is_checked_by_training_again(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Brief, "name", "brief-digits")
    systems.register("brief-digits", Brief)
    request.addfinalizer(lambda: systems.unregister("brief-digits"))
    runs = SystemRuns(tmp_path / "runs.jsonl", Brief())
    architectures = ["motif:motif:motif:conv3:skip:conv1", "motif:motif:none:none:conv3:conv1"]
    runs.train_missing([(one, 1) for one in architectures])
    table = runs.table()
    found = live.check(table, architectures, metric="val_loss", seeds=(1,), runs=tmp_path / "again.jsonl")
    assert found.equal
    assert (
        live.check(table, architectures[:1], seeds=(1,), runs=tmp_path / "again.jsonl").metric
        == "test_accuracy"
    )
    with pytest.raises(RequestError, match="leave images"):
        live.check(table, 1, images=live.digits(), runs=tmp_path / "again.jsonl")
    with pytest.raises(RequestError, match="no value"):
        live.check(table, ["none:skip:none:none:none:none"], runs=tmp_path / "again.jsonl")


def test_systems_are_searched_by_training(tmp_path: Path) -> None:
    source = live.LiveSource(SystemRuns(tmp_path / "runs.jsonl", Brief()))
    task = source.task(objective="val_loss", seed=1)
    budget = nbs.Budget(evaluations=4)
    found = nbs.run("random_search", task, budget=budget, seeds=2, hyperparameters={"replacement": False})
    run = next(run for run in source.runs if run.architecture == source.space.canonical(found.index[0, 0]))
    assert found.observed[0, 0] == run.last("val_loss")
    assert found.cost[0, 0] == run.last("train_time")
    assert task.reported[found.index[0, 0]] == run.last("test_loss")
    trained = len(source.runs)
    again = nbs.run("random_search", task, budget=budget, seeds=2, hyperparameters={"replacement": False})
    assert np.array_equal(again.observed, found.observed)
    assert len(source.runs) == trained
    assert source.table("mine").query(found.index[0, 0], "val_loss") == np.float32(run.last("val_loss"))


def test_what_a_live_system_has_not_is_refused(tmp_path: Path) -> None:
    source = live.LiveSource(SystemRuns(tmp_path / "runs.jsonl", Brief()))
    with pytest.raises(RequestError, match="did you mean 'val_loss'"):
        source.task(objective="val_los")
    with pytest.raises(RequestError, match="unknown metric"):
        source.task(objective="interval_loss")
    with pytest.raises(RequestError, match="not stopped early"):
        source.task(fidelities=[1])
    with pytest.raises(RequestError, match="synflow is not defined on digits"):
        source.task().proxy("synflow")
