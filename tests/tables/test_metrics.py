"""What is known of a metric by its name, and what an unknown one has to say."""

from __future__ import annotations

import importlib.metadata
import pickle
import sys
import types

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.tables import Metric, metrics


@pytest.fixture
def perplexity():
    yield metrics.register("perplexity", Metric("perplexity", "", "min", split="val", kind="loss"))
    metrics.unregister("perplexity")


@pytest.mark.parametrize("metric", ["val_error", "perplexity", "wer", "peak_memory", "my_proxy"])
def test_the_direction_of_an_unknown_metric_is_not_guessed(metric) -> None:
    column = nbs.Column(metric=metric, source="x")
    with pytest.raises(RequestError, match=f"end of {metric} is the good one: .*better='min'"):
        column.better  # noqa: B018
    assert column.split is None
    assert nbs.Column(metric=metric, source="x", better="min").better == "min"


def test_a_task_on_an_unknown_metric_wants_its_direction() -> None:
    table = nbs.load_table("nas-bench-201")
    error = 100 - table.values("val_accuracy", dataset="cifar10")
    own = table.extended([(nbs.Column(metric="my_error", source="x", dataset="cifar10"), error)])
    assert own.query(6111, "my_error", dataset="cifar10") == error[6111]
    assert own.columns["better"].isna().sum() == 1
    with pytest.raises(RequestError, match=r"objective=\{'my_error': 'min'\}"):
        nbs.Task(own, dataset="cifar10", objective="my_error")
    task = nbs.Task(own, dataset="cifar10", objective={"my_error": "min"})
    assert task.objectives[0].better == "min"


def test_a_column_that_says_no_direction_stays_as_it_is_everywhere() -> None:
    column = nbs.Column(metric="my_score", source="x", note="n")
    stated = nbs.Column(metric="my_score", source="x", note="n", better="max")
    assert column == nbs.Column(metric="my_score", source="x", note="n")
    assert column != stated
    assert len({column, stated, nbs.Column(metric="my_score", source="x", note="n")}) == 2
    assert pickle.loads(pickle.dumps(column)) == column
    assert nbs.Column.from_json(column.to_json()) == column
    assert nbs.Column.from_json(stated.to_json()) == stated
    assert column.with_fields(better="max") == stated
    assert repr(stated) == "Column(metric='my_score', source='x', better='max', note='n')"
    assert "better" not in repr(column)
    assert column._repr_html_()


def test_a_table_of_it_is_saved_and_read(tmp_path) -> None:
    column = nbs.Column(metric="my_score", source="x")
    space = nbs.space("nats-bench-size")
    path = nbs.save_table(nbs.Table("t", space, [(column, np.zeros(space.size))]), tmp_path / "t.h5")
    assert nbs.load_table(path).schema[0] == column.with_fields(coverage=space.size)


@pytest.mark.parametrize(
    ("metric", "unit", "better", "split"),
    [
        ("val_accuracy", "%", "max", "val"),
        ("test_loss", "nats", "min", "test"),
        ("train_time", "s", "min", "train"),
        ("latency", "ms", "min", None),
        ("valtest_accuracy", "%", "max", None),
        ("synflow", "", "max", None),
        ("te_nas_condition", "", "min", None),
    ],
)
def test_known_metrics_fill_in_what_they_fix(metric, unit, better, split) -> None:
    column = nbs.Column(metric=metric, source="x")
    assert (column.unit, column.better, column.split) == (unit, better, split)


def test_a_unit_is_fixed_and_a_direction_is_what_is_said() -> None:
    with pytest.raises(RequestError, match="latency is in ms, not in s"):
        nbs.Column(metric="latency", source="x", unit="s")
    assert nbs.Column(metric="synflow", source="x", better="min").better == "min"
    with pytest.raises(RequestError, match="better is 'max' or 'min', not 'up'"):
        nbs.Column(metric="mine", source="x", better="up")


def test_a_metric_is_declared_once(perplexity) -> None:
    column = nbs.Column(metric="perplexity", source="x")
    assert (column.better, column.split) == ("min", "val")
    with pytest.raises(RequestError, match=r"the metric 'perplexity' .* has the name already"):
        metrics.register("perplexity", Metric("perplexity", "", "max"))
    with pytest.raises(RequestError, match="the metric 'latency'"):
        metrics.register("latency", Metric("latency", "s", "min"))


def test_an_installed_package_declares_metrics(monkeypatch) -> None:
    theirs = types.ModuleType("their_metrics")
    theirs.WER = Metric("wer", "%", "min", "test")
    monkeypatch.setitem(sys.modules, "their_metrics", theirs)
    point = importlib.metadata.EntryPoint("wer", "their_metrics:WER", "nasbench_sim.metrics")
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda **asked: importlib.metadata.EntryPoints([point])
    )
    monkeypatch.setattr(metrics, "_loaded", {})
    assert nbs.Column(metric="wer", source="x").better == "min"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "unit": "", "better": "max"},
        {"name": "a:b", "unit": "", "better": "max"},
        {"name": "a", "unit": "", "better": "up"},
        {"name": "a", "unit": "", "better": "max", "split": "validation"},
    ],
)
def test_a_metric_is_checked(fields) -> None:
    with pytest.raises(RequestError):
        Metric(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"epochs": 3},
        {"seeds": 777},
        {"epochs": "12"},
        {"epochs": (1.5,)},
        {"epochs": (True,)},
        {"epochs": (None,)},
        {"seeds": np.float64(3)},
        {"schedule": "200"},
        {"schedule": True},
    ],
)
def test_axes_are_sequences_of_whole_numbers(fields) -> None:
    with pytest.raises(RequestError, match="whole number"):
        nbs.Column(**{"metric": "val_accuracy", "source": "x", "schedule": 200, **fields})
