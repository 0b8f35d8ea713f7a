from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.cli import main
from nasbench_sim.live.runs import machine


@pytest.fixture(scope="module")
def table() -> nbs.Table:
    return nbs.load_table("nas-bench-201-digits")


def test_the_embedded_table_is_trained_again_to_the_same_curves(table: nbs.Table, tmp_path: Path) -> None:
    found = live.check(table, [4807, 13281], runs=tmp_path / "runs.jsonl")
    assert found.frame["index"].tolist() == [4807, 13281]
    if table.provenance["machine"] == machine():
        assert found.equal
    else:  # rounding differs, and training amplifies it to what another seed would do
        assert "within the table's own spread" in found.verdict or found.equal


def test_the_embedded_table_is_whole(table: nbs.Table) -> None:
    space = table.space
    origin = space.canonical(space.all_indices())
    for metric in ("train_loss", "val_accuracy", "test_accuracy", "train_time"):
        values = table.values(metric, seed=777)
        assert np.isfinite(values).all()
        assert np.array_equal(values, values[origin])
    runs = table.runs("test_accuracy")[np.unique(origin)]
    assert np.isfinite(runs).all(axis=1).sum() == 300
    assert np.isfinite(runs).sum() == 6466 + 600


def test_the_embedded_table_separates_cells(table: nbs.Table) -> None:
    runs = table.runs("test_accuracy")[np.unique(table.space.canonical(table.space.all_indices()))]
    several = runs[np.isfinite(runs).all(axis=1)]
    agreement = nbs.analysis.rank_correlation(several[:, 0], several[:, 1])
    assert 0.80 < agreement["spearman"] < 0.88  # as README.md states
    assert several.mean(axis=1).std() > 1.9 * np.sqrt(several.var(axis=1, ddof=1).mean())


def example(trained: list[float], table_values: list[float], spread: float) -> live.Check:
    import pandas as pd

    frame = pd.DataFrame({"table": table_values, "trained": trained})
    frame["difference"] = frame["trained"] - frame["table"]
    frame["curve"] = frame["difference"].abs()
    runs = np.abs(np.random.default_rng(0).normal(0, spread * np.sqrt(2), 2_000))
    return live.Check(frame, "test_accuracy", "%", spread, runs[np.isfinite(runs)], None)


def test_verdicts() -> None:
    assert example([1, 2], [1, 2], 1.0).verdict.startswith("equal")
    assert example([1, 2], [2, 1], 1.0).verdict.startswith("within")
    assert example([1, 9], [9, 1], 1.0).verdict.startswith("beyond")
    assert example([50] * 6, [50, 50.5, 49, 50.3, 49.8, 70], 2.0).verdict.startswith("beyond")  # one is off
    assert example([50] * 6, [50, 58, 58, 58, 58, 58], 3.5).verdict.startswith("beyond")  # all the same way
    assert "no repeated runs" in example([1, 2], [2, 1], float("nan")).verdict


def test_tables_that_cannot_be_checked(table: nbs.Table, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    with pytest.raises(nbs.NasbenchSimError, match="give images and recipe"):
        live.check("nas-bench-201", runs=path)
    with pytest.raises(nbs.NasbenchSimError, match="can be drawn"):
        live.check(table, 0, runs=path)
    with pytest.raises(nbs.NasbenchSimError, match="did you mean"):
        live.check(table, metric="test_acuracy", runs=path)
    assert not path.exists()


def test_a_table_of_networks_trained_on_both_parts(
    images: live.Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = nbs.space()
    images = dataclasses.replace(images, name="cifar10")
    column = nbs.Column(
        metric="test_accuracy",
        dataset="cifar10",
        trained_on="train+val",
        schedule=1,
        epochs=(1,),
        source="mine",
    )
    both = nbs.Table("mine", space, [(column, np.full((space.size, 1), 50.0))])
    trained: list[live.Images] = []

    def train(
        architecture: int, images: live.Images, *rest: object, seed: int, **options: object
    ) -> live.Curves:
        trained.append(images)
        return live.Curves(architecture, seed, {"test_accuracy": np.array([51.0])})

    monkeypatch.setattr("nasbench_sim.live.parallel.train", train)
    found = live.check(
        both, [7, 8], images=images, recipe=live.Recipe(epochs=1), seeds=(5, 5), runs=tmp_path / "runs.jsonl"
    )
    assert found.frame["difference"].tolist() == [1.0, 1.0]  # each seed once
    assert {len(given.train[0]) for given in trained} == {len(images.train[0]) + len(images.val[0])}


def test_the_command_on_published_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["live", "check", "--table", "nas-bench-201", "--runs", str(tmp_path / "runs.jsonl")]
    assert main(common) == 2
    assert "--data FOLDER" in capsys.readouterr().err
    assert main([*common, "--data", str(tmp_path)]) == 2
    assert "data_batch_1.bin is missing" in capsys.readouterr().err
    assert main([*common, "--data", str(tmp_path), "--dataset", "cifar10O"]) == 2
    assert "did you mean 'cifar10'" in capsys.readouterr().err
    assert main([*common, "--epochs", "12"]) == 2
    assert "--data, which is missing" in capsys.readouterr().err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figure = tmp_path / "figure.png"
    common = ["live", "check", "--architectures", "4807", "--runs", str(tmp_path / "runs.jsonl")]
    assert main([*common, "--json", "--figure", str(figure)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["networks"][0]["index"] == 4807
    assert figure.stat().st_size > 1000
    assert main(common) == 0
    assert printed["verdict"] in capsys.readouterr().out
    assert main([*common, "--figure", str(tmp_path / "figure.pgn")]) == 2
    assert "did you mean 'png'" in capsys.readouterr().err


def test_a_check_of_the_same_distribution_is_beyond_it_about_once_in_twenty() -> None:
    random = np.random.default_rng(1)
    judged = [
        example(random.normal(50, 2, 10).tolist(), random.normal(50, 2, 10).tolist(), 2.0).verdict
        for _ in range(300)
    ]
    assert 0 < sum(verdict.startswith("beyond") for verdict in judged) < 30
