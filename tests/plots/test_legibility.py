"""What a reader must be able to see: legends beside the data, names inside figures, a single evaluation."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox

import nasbench_sim as nbs
from nasbench_sim import analysis, plots
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.style import PALETTE
from nasbench_sim.studies import Comparison

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")
SPECS = [(population, sample) for population in (10, 20, 30, 40) for sample in (2, 3)]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def many() -> list[nbs.Trajectories]:
    return [
        nbs.run(
            nbs.search.searcher("regularized_evolution", population=population, sample=sample),
            TASK,
            budget=nbs.Budget(evaluations=60),
            seeds=4,
        )
        for population, sample in SPECS
    ]


def named(runs: nbs.Trajectories, name: str, task: nbs.Task | None = None) -> nbs.Trajectories:
    """The same runs as of a searcher of another name."""
    other = copy.copy(runs)
    other.searcher = name
    other.task = task or runs.task
    return other


def boxes(figure) -> tuple[list[Bbox], list[Bbox]]:
    """Where panels and legends lie, in pixels, once everything has found its place."""
    figure.draw_without_rendering()
    return [ax.get_window_extent() for ax in figure.axes], [one.get_window_extent() for one in figure.legends]


def nothing_is_covered(figure) -> None:
    panels, legends = boxes(figure)
    assert legends
    for legend in legends:
        assert legend.x0 >= -1
        assert legend.y0 >= -1
        assert legend.x1 <= figure.bbox.x1 + 1
        assert not any(legend.overlaps(panel) for panel in panels)
    for place, panel in enumerate(panels):
        assert not any(panel.overlaps(other) for other in panels[:place])
    inside = figure.get_tightbbox()
    assert inside.x0 > -0.02
    assert inside.x1 < figure.bbox_inches.width + 0.02
    assert inside.y0 > -0.02
    assert inside.y1 < figure.bbox_inches.height + 0.02


LONG = "a_searcher_of_one_s_own(population=100, sample=10, lr=0.0003)"


@pytest.mark.parametrize("chosen", ["paper", "notebook"])
@pytest.mark.parametrize("draw", [plots.anytime, plots.ecdf])
@pytest.mark.parametrize("searchers", [1, 4, 14, 30])
@pytest.mark.parametrize("name", ["s", LONG])
def test_a_legend_hides_nothing_and_takes_nothing(many, draw, chosen, searchers, name) -> None:
    with plots.style(chosen):
        few = draw(named(many[0], "s")).figure
        figure = draw([named(many[k % 8], f"{name} {k:02}") for k in range(searchers)]).figure
    nothing_is_covered(figure)
    (usual,), _ = boxes(few)
    (panel,), _ = boxes(figure)
    assert panel.height == pytest.approx(usual.height, rel=0.03)
    assert panel.width == pytest.approx(usual.width, rel=0.03)


@pytest.mark.parametrize("tasks", [1, 2, 5, 12])
@pytest.mark.parametrize("searchers", [1, 30])
def test_panels_of_many_tasks_keep_their_size(many, tasks, searchers) -> None:
    groups = {
        f"the task number {task} of a study of many long names, cifar10": [
            named(many[k % 8], f"{LONG} {k:02}") for k in range(searchers)
        ]
        for task in range(tasks)
    }
    figure = plots.anytime_panels(groups)
    nothing_is_covered(figure)
    panels, _ = boxes(figure)
    assert min(panel.width for panel in panels) > 1.9 * figure.dpi
    assert min(panel.height for panel in panels) > 1.4 * figure.dpi


def test_bands_are_drawn_by_one_word(many) -> None:
    assert not plots.anytime(many[:4]).collections  # four would mix to grey
    assert len(plots.anytime(many[:3]).collections) == 3
    assert len(plots.anytime(many[:4], band="spread").collections) == 4
    assert not plots.anytime(many[:1], band="none").collections
    with pytest.raises(RequestError, match="unknown band 'no'"):
        plots.anytime(many, band="no")
    titled = Comparison(many[:4]).plot(statistic="mean", band="spread").legends[0].get_title().get_text()
    assert "mean (line) and 95 % interval of the mean (band) of 4 replicates" in titled.replace("\n", " ")
    assert ": median of 4 replicates" in Comparison(many[:4]).plot().legends[0].get_title().get_text()


def test_a_figure_of_someone_else_keeps_its_size(many) -> None:
    figure, ax = plt.subplots(figsize=(3, 2))
    plots.anytime(many, ax)
    assert figure.get_size_inches().tolist() == [3.0, 2.0]


def test_forty_learning_curves_have_a_legend_that_fits() -> None:
    table = nbs.load_table("nas-bench-201-digits")
    nothing_is_covered(plots.learning_curves(table, list(range(0, 12_000, 300)), dataset="digits").figure)


def test_one_evaluation_can_be_seen() -> None:
    runs = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=1), seeds=5)
    ax = plots.anytime(runs)
    assert ax.lines[0].get_marker() == "o"
    ((low, high),) = ax.collections[0].get_segments()
    frame = plots.anytime_frame(runs)
    assert (low[1], high[1]) == (frame["q25"][0], frame["q75"][0])
    assert plots.ecdf(runs).lines[0].get_marker() == "o"


def test_panels_have_one_colour_a_searcher_and_a_legend_of_all() -> None:
    other = nbs.Task(TABLE, dataset="cifar100")
    budget = nbs.Budget(evaluations=20)
    runs = [
        nbs.run(name, task, budget=budget, seeds=3)
        for name, task in [("random_search", TASK), ("local_search", TASK), ("reinforce", other)]
    ]
    runs.append(nbs.run("local_search", other, budget=budget, seeds=3))
    figure = Comparison(runs).plot()
    (legend,) = figure.legends
    colors = dict(
        zip(
            [text.get_text() for text in legend.get_texts()],
            [line.get_color() for line in legend.get_lines()],
            strict=True,
        )
    )
    assert list(colors) == ["random_search", "local_search", "reinforce", "optimum of the table"]
    assert [colors[name] for name in list(colors)[:3]] == list(PALETTE[:3])
    for ax in figure.axes:
        for line in ax.lines:
            assert line.get_color() == colors[line.get_label()]


def test_long_names_stay_inside_the_diagram_of_ranks(many) -> None:
    with plots.style("paper"):
        ax = plots.critical_difference(plots.critical_difference_frame(many))
    figure = ax.figure
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    for box in boxes:
        assert box.x0 >= figure.bbox.x0 - 1
        assert box.x1 <= figure.bbox.x1 + 1
        assert box.y0 >= figure.bbox.y0 - 1
    label = ax.xaxis.label.get_window_extent()
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in [*boxes[:place], label])


def test_the_verdict_on_no_difference_stands_clear() -> None:
    numbers = np.random.Generator(np.random.Philox(1)).normal(size=(30, 3))
    with plots.style("paper"):
        ax = plots.critical_difference(pd.DataFrame(numbers, columns=list("abc")))
    ax.figure.draw_without_rendering()
    verdict = ax.texts[0].get_window_extent()
    assert "no difference shown" in ax.texts[0].get_text()
    assert not verdict.overlaps(ax.xaxis.label.get_window_extent())
    assert verdict.x1 <= ax.figure.bbox.x1 + 1


def test_colours_are_on_white_whatever_style_was_set(many) -> None:
    with plt.style.context("dark_background"):
        ax = plots.anytime(many[:2])
    assert ax.get_facecolor() == ax.figure.get_facecolor() == to_rgba("white")
    assert to_rgba(ax.xaxis.label.get_color()) == to_rgba("black")


def test_names_of_estimators_do_not_cover_one_another() -> None:
    random = np.random.Generator(np.random.Philox(0))
    truth = random.normal(size=300)
    names = [f"estimator_{number}" for number in range(14)]
    estimates = {
        name: truth + random.normal(size=300) * (0.3 + place / 5) for place, name in enumerate(names)
    }
    costs = {name: 10.0 ** random.uniform(-3, 2) for name in names}
    ax = plots.estimators(analysis.estimator_study(estimates, truth, costs))
    ax.figure.draw_without_rendering()
    assert sorted(text.get_text() for text in ax.texts) == sorted(names)
    boxes = [text.get_window_extent() for text in ax.texts]
    covered = [one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place]]
    assert sum(covered) <= 1  # fourteen long names have hardly room
