"""The anytime figure: its data, and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

import nasbench_sim as nbs
from nasbench_sim import plots
from nasbench_sim.errors import RequestError

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")


@pytest.fixture(scope="module")
def several() -> list[nbs.Trajectories]:
    budget = nbs.Budget(seconds=60_000)
    return [nbs.run(which, TASK, budget=budget, seeds=9) for which in ("random_search", "local_search")]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_frame_by_evaluations_equals_the_records() -> None:
    runs = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=20), seeds=7)
    frame = plots.anytime_frame(runs)
    assert frame["x"].tolist() == list(range(1, 21))
    np.testing.assert_allclose(frame["median"], np.median(runs.incumbent_reported(), axis=0))
    np.testing.assert_allclose(frame["q75"], np.quantile(runs.incumbent_reported(), 0.75, axis=0))


def test_frame_by_seconds_ends_at_the_budget(several) -> None:
    frame = plots.anytime_frame(several)
    for runs, (_, rows) in zip(several, frame.groupby("searcher", sort=False), strict=True):
        assert rows["x"].iloc[-1] == pytest.approx(60_000)
        before = runs.clock <= 60_000
        last = before.sum(axis=1) - 1
        expected = runs.incumbent_reported()[np.arange(9), last]
        assert rows["median"].iloc[-1] == pytest.approx(np.median(expected))


@pytest.mark.parametrize("x", ["evaluations", "seconds"])
@pytest.mark.parametrize("statistic", ["median", "mean"])
def test_lines_bands_and_labels(several, x: str, statistic: str) -> None:
    ax = plots.anytime(several, x=x, statistic=statistic)
    assert [line.get_label() for line in ax.lines] == [
        "random_search",
        "local_search",
        "optimum of the table",
    ]
    assert len(ax.collections) == 2
    assert ax.get_xlabel() == {"evaluations": "evaluations", "seconds": "simulated time (h)"}[x]
    assert ax.get_ylabel() == "validation accuracy (%)"
    assert ax.get_title() == "cifar10"
    low, high = ax.get_ylim()
    assert low < TASK.optimum < high


def test_nothing_changes_between_evaluations(several) -> None:
    ax = plots.anytime(several[0])
    line, band = ax.lines[0], ax.collections[0].get_paths()[0].vertices
    assert line.get_drawstyle() == "steps-post"
    edges = np.diff(band, axis=0)
    assert ((edges == 0).any(axis=1)).all()  # no edge of the band is slanted


def test_runs_without_values_are_refused_or_said_to_have_none() -> None:
    void = nbs.Column(metric="void", dataset="cifar10", source="made here", better="max")
    table = TABLE.extended([(void, np.where(np.arange(15625) < 5, 1.0, np.nan))])
    task = nbs.Task(table, dataset="cifar10", objective="void")

    def without(space, random):
        while True:
            yield 9

    def with_one(space, random):
        while True:
            yield 3

    runs = [nbs.run(one, task, budget=nbs.Budget(evaluations=3), seeds=3) for one in (without, with_one)]
    with pytest.raises(RequestError, match="at most 0 of 3 replicates have a value of void at once"):
        plots.anytime(runs[0])
    ax = plots.anytime(runs)
    assert [line.get_label() for line in ax.lines[:2]] == ["without (no values)", "with_one"]


def test_it_draws_on_the_axes_it_is_given(several) -> None:
    _, ax = plt.subplots()
    assert plots.anytime(several[0], ax) is ax


def test_one_replicate_has_a_line_and_no_interval() -> None:
    runs = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=9), seeds=1)
    assert not plots.anytime(runs, statistic="mean").collections


def test_comparison_has_a_panel_a_task() -> None:
    tasks = [TASK, nbs.Task(TABLE, dataset="ImageNet16-120")]
    found = nbs.compare(["random_search", "reinforce"], tasks, budget=nbs.Budget(evaluations=10), seeds=4)
    figure = found.plot()
    assert [ax.get_title() for ax in figure.axes] == ["cifar10", "ImageNet16-120"]
    assert TABLE.hash[:8] in figure.legends[0].get_title().get_text()
    assert not plt.get_fignums()


def test_wrong_requests(several) -> None:
    other = nbs.run("random_search", nbs.Task(TABLE, dataset="cifar100"), budget=nbs.Budget(evaluations=5))
    with pytest.raises(RequestError, match="one task"):
        plots.anytime([several[0], other])
    with pytest.raises(RequestError, match="no trajectories"):
        plots.anytime([])
    with pytest.raises(RequestError, match="did you mean 'median'"):
        plots.anytime(several, statistic="medan")
    with pytest.raises(RequestError, match="unknown x axis"):
        plots.anytime(several, x="hours")
    with pytest.raises(RequestError, match="unknown style"), plots.style("poster"):
        pass


@pytest.mark.parametrize("datasets", [["cifar10"], ["cifar10", "cifar100", "ImageNet16-120"]])
def test_legend_and_caption_fit_the_figure(datasets: list[str]) -> None:
    tasks = [nbs.Task(TABLE, dataset=dataset) for dataset in datasets]
    names = [
        "random_search",
        "population_based_incremental_learning",
        "regularized_evolution",
        "local_search",
    ]
    figure = nbs.compare(names, tasks, budget=nbs.Budget(evaluations=120), seeds=3).plot()
    figure.draw_without_rendering()
    inside, whole = figure.get_tightbbox(), figure.bbox_inches
    assert inside.x0 > -0.02
    assert inside.x1 < whole.width + 0.02
    assert inside.y1 < whole.height + 0.02
