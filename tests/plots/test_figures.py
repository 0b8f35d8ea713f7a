"""All figures but the anytime one: their data against hand-worked numbers, the structure of what is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.patches import FancyArrowPatch

import nasbench_sim as nbs
from nasbench_sim import analysis, plots
from nasbench_sim.analysis.progress import reached
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.ecdf import RANKS, SHARES
from nasbench_sim.plots.heatmap import _short

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")
PROXIES = TABLE.frame(["val_accuracy", "flops", "params", "latency:gpu"], dataset="cifar10")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def several() -> list[nbs.Trajectories]:
    budget = nbs.Budget(evaluations=60)
    names = ("random_search", "local_search", "regularized_evolution")
    return [nbs.run(which, TASK, budget=budget, seeds=8) for which in names]


def texts(labels) -> list[str]:
    return [label.get_text() for label in labels]


# -- correlations


def test_correlation_matrix_and_rectangle_agree() -> None:
    square = plots.correlation_frame(PROXIES)
    tall = plots.correlation_frame(PROXIES, against=["val_accuracy"])
    assert tall.index.tolist() == ["flops", "params", "latency:gpu"]
    np.testing.assert_allclose(tall["val_accuracy"], square.loc[tall.index, "val_accuracy"], atol=1e-12)


def test_correlation_draws_every_number() -> None:
    ax = plots.correlation(PROXIES)
    assert texts(ax.get_xticklabels()) == ["validation accuracy", "FLOPs", "parameters", "latency on gpu"]
    numbers = plots.correlation_frame(PROXIES).to_numpy().ravel()
    assert texts(ax.texts) == [_short(value, 2) for value in numbers]
    assert ax.collections[0].get_clim() == (-1.0, 1.0)
    assert ax.figure.axes[1].get_ylabel() == "Kendall's τ"


def test_an_undefined_correlation_is_a_dash() -> None:
    frame = pd.DataFrame({"dull": [1.0, 1, 1, 1], "good": [1.0, 2, 3, 4], "truth": [1.0, 3, 2, 4]})
    assert texts(plots.correlation(frame, against=["truth"]).texts) == ["–", ".67"]
    with pytest.raises(RequestError, match="'dull' is constant"):
        plots.correlation(frame)


def test_a_cloud_shows_every_complete_row_and_how_well_it_agrees() -> None:
    frame = pd.DataFrame({"flops": [1.0, 2, 3, 4, np.nan], "latency:gpu": [1.0, 2, 4, 3, 5]})
    frame.attrs["units"] = {"flops": "M", "latency:gpu": "ms"}
    ax = plots.cloud(frame, "flops", "latency:gpu")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 1], [2, 2], [3, 4], [4, 3]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("FLOPs (M)", "latency on gpu (ms)")
    assert ax.get_title() == "Kendall's τ 0.67, n = 4"
    with pytest.raises(RequestError, match="constant"):
        plots.cloud(frame.assign(flops=1.0), "flops", "latency:gpu")


def test_many_columns_have_colours_only() -> None:
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 40)), columns=[f"c{i}" for i in range(40)])
    assert not plots.correlation(wide).texts


@pytest.mark.parametrize("chosen", ["paper", "notebook"])
@pytest.mark.parametrize("columns", [2, 6, 9])
def test_numbers_fit_into_their_cells_and_labels_of_columns_stand_clear(chosen: str, columns: int) -> None:
    random = np.random.default_rng(columns)
    frame = pd.DataFrame(random.normal(size=(30, columns)), columns=[f"proxy {i}" for i in range(columns)])
    with plots.style(chosen):
        ax = plots.correlation(frame)
        ax.figure.draw_without_rendering()
    cell_width = ax.get_window_extent().width / columns
    for text in ax.texts:
        assert text.get_window_extent().width < cell_width
    assert len(ax.texts) in (0, columns**2)
    labels = ax.get_xticklabels()
    if labels[0].get_rotation() == 90:
        assert labels[0].get_window_extent().width <= 1.3 * cell_width


def test_population_is_used() -> None:
    half = np.arange(15625) % 2 == 0
    mine = plots.correlation_frame(PROXIES, against=["val_accuracy"], population=half)
    expected = analysis.rank_correlation(PROXIES["flops"][half], PROXIES["val_accuracy"][half])
    assert mine.loc["flops", "val_accuracy"] == pytest.approx(expected["kendall"])


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.5, ".50"), (-0.5, "−.50"), (1.0, "1"), (-1.0, "−1"), (0.0, ".00"), (-0.001, ".00"), (7.25, "7.25")],
)
def test_numbers_in_cells(value: float, written: str) -> None:
    assert _short(value, 2) == written


def test_scatter_frame_marks_the_best() -> None:
    frame = pd.DataFrame({"x": [4.0, 3, 2, 1, np.nan], "y": [4.0, 1, 3, 2, 9]})
    found = plots.scatter_frame(frame, "x", "y", top=2)
    assert found["top"].tolist() == [True, False, True, False]
    assert found.attrs["overlap"] == 0.5
    assert found.attrs["correlation"]["n"] == 4


def test_scatter_has_marginals_and_a_close_up() -> None:
    ax = plots.scatter(PROXIES, "flops", "val_accuracy", top=50)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("FLOPs (M)", "validation accuracy (%)")
    above, right, close = ax.child_axes
    assert sum(bar.get_height() for bar in above.patches) == 15625
    assert sum(bar.get_width() for bar in right.patches) == 15625
    assert "n = 15,625" in above.get_title()
    best = PROXIES["val_accuracy"].nlargest(50)
    low, high = close.get_ylim()
    assert low < best.min() < best.max() < high
    assert low > PROXIES["val_accuracy"].quantile(0.9)
    with pytest.raises(RequestError, match="one column"):
        plots.scatter(PROXIES, "flops", "flops")


# -- searches


def test_ecdf_targets_are_ranks_of_the_table(several) -> None:
    frame = plots.ecdf_frame(several)
    ordered = np.sort(TASK.reported)[::-1]
    assert frame.attrs["targets"] == [ordered[rank - 1] for rank in RANKS]
    rows = frame[frame["searcher"] == "random_search"]
    best = several[0].incumbent_reported().max(axis=1)  # under noise an incumbent may be given up again
    reached = (best[:, None] >= np.array(frame.attrs["targets"])).mean()
    assert rows["reached"].iloc[-1] == pytest.approx(reached)
    assert (rows["n"] == 8 * len(RANKS)).all()


def test_ecdf_of_a_metric_that_is_minimised() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective="latency:eyeriss", noise="mean", cost="train_time")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=5), seeds=2)
    best = float(runs.incumbent_reported()[:, -1].max())
    assert plots.ecdf_frame(runs, targets=[best])["reached"].iloc[-1] == 1.0
    assert plots.ecdf_frame(runs)["reached"].iloc[-1] < 1.0


def test_ecdf_draws_a_line_a_searcher(several) -> None:
    ax = plots.ecdf(several)
    assert [line.get_label() for line in ax.lines] == [one.searcher for one in several]
    assert ax.get_ylim()[0] == 0.0
    assert ax.get_xlabel() == "evaluations"


def test_critical_difference_blocks_are_seeds(several) -> None:
    frame = plots.critical_difference_frame(several)
    assert frame.columns.tolist() == [one.searcher for one in several]
    assert frame.index.names == ["task", "seed"]
    np.testing.assert_array_equal(frame["local_search"], several[1].final()["val_accuracy"])


def test_critical_difference_draws_ranks_and_groups() -> None:
    frame = pd.DataFrame({"poor_and_long_name": [1, 2, 3], "fair": [2, 3, 4], "good": [3, 4, 5]})
    found = analysis.critical_difference(frame)
    ax = plots.critical_difference(frame)
    assert texts(ax.texts)[1:] == ["good 1.00", "fair 2.00", "3.00 poor_and_long_name"]
    bars = [line for line in ax.lines if line.get_label() == "_group"]
    assert len(bars) == len(found.groups) == 2
    assert ax.get_xlim() == (1.0, 3.0)
    assert f"{found.difference:.2f}" in ax.texts[0].get_text()


def test_critical_difference_says_when_nothing_differs() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [2, 1, 3], "c": [3, 1, 2]})
    assert "no difference shown" in plots.critical_difference(frame).texts[0].get_text()


def test_attainment_surfaces_are_nested() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["latency:eyeriss", "val_accuracy"], noise="mean")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=40), seeds=8)
    frame = plots.attainment_frame(runs)
    best = frame.groupby("percentile")["val_accuracy"].max()
    assert best[25] >= best[50] >= best[75]
    ax = plots.attainment(runs)
    assert [line.get_label() for line in ax.lines] == ["random_search", "front of the table"]
    assert len(ax.patches) == 1
    found, best_there_is = (line.get_xydata() for line in ax.lines)
    assert (np.diff(found[:, 0]) >= 0).all()
    for x, y in found[np.isfinite(found).all(axis=1)]:  # without noise nothing passes the front of the table
        assert y <= best_there_is[best_there_is[:, 0] <= x, 1].max() + 1e-9
    with pytest.raises(RequestError, match="two objectives"):
        plots.attainment(nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=5)))


def test_attainment_of_networks_that_learn_nothing_does_not_stretch_the_axes() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["latency:eyeriss", "val_accuracy"], noise="mean")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=200), seeds=30)
    assert plots.attainment_frame(runs)["val_accuracy"].min() < 20
    assert plots.attainment(runs).get_ylim()[0] > 70


def test_several_objectives_aim_at_shares_of_the_hypervolume_of_the_table() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["latency:eyeriss", "val_accuracy"], noise="mean")
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=60_000), seeds=6)
    assert len(set(runs.length)) > 1
    after = reached(runs)
    for row, length in enumerate(runs.length):
        assert np.isnan(after[row, length:]).all()
    shortest = int(runs.length.min())
    volumes = runs.hypervolume(np.arange(1, shortest + 1))["hypervolume"].to_numpy().reshape(6, shortest)
    np.testing.assert_array_equal(after[:, :shortest], volumes)
    frame = plots.ecdf_frame(runs)
    assert frame.attrs["targets"] == [share * runs.results().attrs["optimum"] for share in SHARES]
    expected = np.mean([volume >= target for volume in runs.results() for target in frame.attrs["targets"]])
    assert frame["reached"].iloc[-1] == pytest.approx(expected)
    assert plots.ecdf(runs).get_ylabel() == "share of targets reached"


def test_free_repeats_are_places_of_their_own() -> None:
    objectives = ["latency:eyeriss", "val_accuracy"]
    task = nbs.Task(TABLE, dataset="cifar10", objective=objectives, noise="mean", repeats="free")
    runs = nbs.run(
        "multi_objective_regularized_evolution",
        task,
        budget=nbs.Budget(evaluations=100),
        seeds=4,
        hyperparameters={"population": 3, "sample": 2},
    )
    assert (np.diff(runs.counted, axis=1) == 0).any()
    better = {one.label: one.better for one in task.objectives}
    worst = {one.label: one.worst for one in task.objectives}
    after = reached(runs)
    for row in range(4):
        for last in (0, 20, int(runs.length[row]) - 1):
            seen = pd.DataFrame(runs.observed[row, : last + 1], columns=objectives)
            assert after[row, last] == pytest.approx(analysis.hypervolume(seen, better, worst))


# -- tables


def test_learning_curves_of_a_table_with_epochs() -> None:
    space = nbs.space("nas-bench-201")
    numbers = np.full((space.size, 2, 3), np.nan)
    numbers[5] = [[10, 20, 30], [14, 20, np.nan]]
    numbers[7] = [[1, 2, 3], [1, 2, 3]]
    column = nbs.Column(
        metric="val_accuracy",
        source="made here",
        dataset="cifar10",
        trained_on="train",
        schedule=3,
        epochs=(1, 2, 3),
        seeds=(777, 888),
    )
    table = nbs.Table("curves", space, [(column, numbers)])
    frame = plots.learning_curves_frame(table, [5, 7], dataset="cifar10")
    five = frame[frame["index"] == 5]
    assert five[["n", "mean", "min", "max"]].to_numpy().tolist() == [
        [2, 12, 10, 14],
        [2, 20, 20, 20],
        [1, 30, 30, 30],
    ]
    ax = plots.learning_curves(table, [5, 7], dataset="cifar10")
    assert [line.get_label() for line in ax.lines] == ["5", "7"]
    assert ax.get_ylabel() == "validation accuracy (%)"
    assert ax.get_xlim() == (1, 3)
    with pytest.raises(RequestError, match="no curve of 6"):
        plots.learning_curves(table, [5, 6], dataset="cifar10")
    with pytest.raises(RequestError, match="epoch 200 only"):
        plots.learning_curves(TABLE, [5], dataset="cifar10")


def test_devices_below_and_above_the_diagonal() -> None:
    frame = pd.DataFrame(
        {"accuracy": [90.0, 80, 70, 60], "fast": [4.0, 3, 2, 1], "odd": [1.0, 2, 3, 4]}, index=[3, 5, 7, 9]
    )
    found = plots.devices_frame(frame, "accuracy")
    assert found.loc["odd", "fast"] == -1.0
    assert found.loc["fast", "odd"] == 0.25  # all four are on one front, one of them on the other
    assert texts(plots.devices(frame, "accuracy").get_yticklabels()) == ["fast", "odd"]
    with pytest.raises(RequestError, match="two or more costs"):
        plots.devices(frame[["accuracy", "fast"]], "accuracy")
    with pytest.raises(RequestError, match="unknown column 'accurac'"):
        plots.devices(frame, "accurac")


def test_operation_effects_sum_to_nothing() -> None:
    values = TABLE.values("val_accuracy", dataset="cifar10")
    frame = plots.operations_frame(values, TABLE.space)
    assert np.allclose(frame.groupby("position")["effect"].sum(), 0)  # each operation equally often
    ax = plots.operations(values, TABLE.space, label="accuracy (%)")
    assert texts(ax.get_yticklabels()) == [
        "none",
        "skip connect",
        "nor conv 1x1",
        "nor conv 3x3",
        "avg pool 3x3",
    ]
    low, high = ax.collections[0].get_clim()
    assert low == -high
    with pytest.raises(RequestError, match="other operations at other positions"):
        plots.operations(np.zeros(6), nbs.SearchSpace("tiny", [("a", "b"), ("1", "2", "3")]))


def test_a_cell_has_six_edges() -> None:
    space = TABLE.space
    frame = plots.cell_frame(space, 9)
    assert frame["operation"].tolist() == [
        "avg_pool_3x3",
        "none",
        "none",
        "skip_connect",
        "none",
        "nor_conv_3x3",
    ]
    ax = plots.cell(space, 9)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    expected = [f"{e.source}->{e.target} {e.operation}" for e in frame.itertuples()]
    assert [arrow.get_label() for arrow in arrows] == expected
    assert texts(ax.texts) == ["in", "1", "2", "out", "pool 3x3", "skip", "conv 3x3"]
    with pytest.raises(RequestError, match="no edges"):
        plots.cell_frame(nbs.SearchSpace("tiny", [("a", "b")]), 0)


def test_estimators_on_their_plane() -> None:
    study = analysis.estimator_study(
        {"proxy": [2, 1, 3, 4], "long": [1, 2, 3, 4], "dull": [1, 1, 1, 1]},
        [1, 2, 3, 4],
        {"proxy": 0.0, "long": 90.0, "dull": 1.0},
        kinds={"proxy": "proxy", "long": "training"},
        k=1,
    )
    ax = plots.estimators(study)
    assert texts(ax.texts) == ["proxy", "long"]
    assert texts(ax.figure.legends[0].get_texts()) == ["proxy", "training"]
    assert ax.get_xscale() == "log"
    assert ax.get_ylabel() == "Kendall's τ with the truth, n = 4"
    with pytest.raises(RequestError, match="no estimator is defined"):
        plots.estimators(study[study["kendall"].isna()])


# -- all of them

DRAWN = {
    "correlation": lambda ax: plots.correlation(PROXIES, ax),
    "scatter": lambda ax: plots.scatter(PROXIES, "flops", "val_accuracy", ax),
    "devices": lambda ax: plots.devices(PROXIES, "val_accuracy", ax),
    "operations": lambda ax: plots.operations(PROXIES["val_accuracy"], TABLE.space, ax),
    "cell": lambda ax: plots.cell(TABLE.space, 6111, ax),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("style", ["paper", "notebook"])
def test_it_draws_on_the_axes_it_is_given_within_the_figure(name: str, style: str, tmp_path: Path) -> None:
    with plots.style(style):
        figure, ax = plt.subplots()
        assert DRAWN[name](ax) is ax
        figure.savefig(tmp_path / "figure.svg")
        inside, whole = figure.get_tightbbox(), figure.bbox_inches
    assert inside.x0 > -0.02
    assert inside.y0 > -0.02
    assert inside.x1 < whole.width + 0.02
    assert inside.y1 < whole.height + 0.02


# -- styles


def test_a_chosen_style_holds_for_new_figures_too() -> None:
    with plots.style("paper"):
        narrow = plots.cell(TABLE.space, 6111).figure
    wide = plots.cell(TABLE.space, 6111).figure
    assert narrow.get_figwidth() * 25.4 == pytest.approx(85)
    assert wide.get_figwidth() > narrow.get_figwidth()
    with plots.style():
        _, ax = plt.subplots()
        runs = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=5))
        legend = plots.ecdf(runs, ax).get_legend()
    assert legend.get_frame().get_facecolor()[3] == 0.7  # a veil over what is beneath


def test_a_style_leaves_the_settings_of_others_alone() -> None:
    plt.rcParams["font.size"] = 17
    with plots.style():
        assert plt.rcParams["font.size"] == 10
    assert plt.rcParams["font.size"] == 17
    _, ax = plt.subplots()
    plots.cell(TABLE.space, 6111, ax)
    assert ax.title.get_fontsize() > 17  # given axes are drawn in the style of whoever made them
    plt.rcdefaults()


def test_a_display_that_a_figure_turns_on_stays_on() -> None:
    with plots.style():
        plt.ion()
    assert plt.isinteractive()
    with plots.style():
        plt.ioff()
    assert not plt.isinteractive()


def test_pareto_labels_rows_of_the_frame() -> None:
    objectives = {"latency:gpu": "min", "val_accuracy": "max"}
    ax = plots.pareto(PROXIES, objectives, labels={6111: "best", 0: "first"})
    assert texts(ax.texts) == ["best", "first"]
    for text, row in zip(ax.texts, (6111, 0), strict=True):
        assert tuple(text.xy) == tuple(PROXIES.loc[row, list(objectives)])
        low, high = ax.get_ylim()
        assert low < text.xy[1] < high
    with pytest.raises(RequestError, match="no row 15625"):
        plots.pareto(PROXIES, objectives, labels={15625: "none"})
    lacking = PROXIES.assign(val_accuracy=PROXIES["val_accuracy"].where(PROXIES.index != 7))
    with pytest.raises(RequestError, match="row 7 lacks one of"):
        plots.pareto(lacking, objectives, labels={7: "unknown"})


def test_pareto_draws_front_knee_and_what_is_ruled_out() -> None:
    objectives = {"latency:gpu": "min", "val_accuracy": "max"}
    front = plots.pareto_frame(PROXIES, objectives)
    expected = analysis.pareto_front(PROXIES, objectives)
    assert front.index.tolist() == expected.index.tolist()
    assert front["knee"].sum() == 1
    ax = plots.pareto(PROXIES, objectives, constraints={"latency:gpu": (None, 12.0)})
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("latency on gpu (ms)", "validation accuracy (%)")
    inside = plots.pareto_frame(PROXIES, objectives, {"latency:gpu": (None, 12.0)})
    assert texts(ax.figure.legends[0].get_texts()) == [
        f"front, {len(inside)} points, 1 of them below",
        f"knee: {inside.index[inside['knee']][0]}",
    ]
    assert len(ax.patches) == 1
    with pytest.raises(RequestError, match="two objectives"):
        plots.pareto(PROXIES, {"flops": "min"})
