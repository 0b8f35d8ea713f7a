"""The table of a paper, and the tests of all searchers on all tasks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

TABLE = nbs.load_table("nas-bench-201")
NAMES = ["random_search", "regularized_evolution", "local_search"]


@pytest.fixture(scope="module")
def found() -> nbs.Comparison:
    tasks = [nbs.Task(TABLE, dataset=dataset) for dataset in ("cifar10", "cifar100")]
    return nbs.compare(NAMES, tasks, budget=nbs.Budget(evaluations=60), seeds=30)


def test_cells_are_means_and_spreads_and_the_best_is_bold(found) -> None:
    table = found.paper_table(digits=3)
    assert list(table.frame.index) == NAMES
    assert list(table.frame) == ["cifar10", "cifar100"]
    for runs in found.runs:
        values = runs.results()
        cell = table.frame.loc[runs.searcher, runs.task.dataset]
        assert cell.startswith(f"{values.mean():.3f} ± {values.std():.3f}")
    for task in table.frame:
        means = {one.searcher: one.results().mean() for one in found.on(task)}
        best = max(means, key=means.get)
        bold = [row for row in table.to_markdown().splitlines() if row.startswith(f"| {best} ")]
        assert f"**{table.frame.loc[best, task]}**" in bold[0]
        assert f"\\textbf{{{means[best]:.3f} $\\pm$" in table.to_latex()
    assert "0.5477" not in repr(found.paper_table(spread="sem"))
    assert "standard error over 30 replicates" in found.paper_table(spread="sem").caption


def test_what_is_not_significantly_worse_is_marked(found) -> None:
    table = found.paper_table()
    for task in table.frame:
        results = {one.searcher: one.results() for one in found.on(task)}
        best = max(results, key=lambda name: results[name].mean())
        others = [name for name in NAMES if name != best]
        adjusted = analysis.holm([stats.mannwhitneyu(results[best], results[name]).pvalue for name in others])
        for name, p in zip(others, adjusted, strict=True):
            assert table.frame.loc[name, task].endswith("†") == (p >= 0.05)
        assert not table.frame.loc[best, task].endswith("†")
    assert "Holm's correction" in table.caption
    assert "two-sided Mann-Whitney tests" in table.caption


def test_less_is_better_where_it_is() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective="latency:eyeriss")
    found = nbs.compare(NAMES[:2], {"fast & small": task}, budget=nbs.Budget(evaluations=40), seeds=9)
    table = found.paper_table()
    means = {one.searcher: one.results().mean() for one in found.runs}
    rows = table.numbers.set_index("searcher")
    assert rows["best"].idxmax() == min(means, key=means.get)
    assert "less is better" in table.caption
    assert "fast \\& small" in table.to_latex()
    assert "fast &amp; small" in table.to_html()
    tests = found.tests()
    better = {"win": tests["a"][0], "loss": tests["b"][0], "tie": None}[tests["verdict"][0]]
    assert better in (None, min(means, key=means.get))
    assert tests["a12"][0] == pytest.approx(
        1 - analysis.a12(found.runs[0].results(), found.runs[1].results())
    )


def test_tests_cover_all_tasks_and_are_counted(found) -> None:
    tests = found.tests()
    assert len(tests) == 2 * 3
    np.testing.assert_allclose(tests["p_holm"], analysis.holm(tests["p"]))
    on = {name: {one.searcher: one.results() for one in found.on(name)} for name in ("cifar10", "cifar100")}
    for row in tests.to_dict("records"):
        x, y = (on[row["task"]][row[side]].round(6) for side in "ab")  # equal accuracies are equal
        assert row["p"] == pytest.approx(stats.mannwhitneyu(x, y).pvalue)
    counts = tests.attrs["win_tie_loss"]
    assert {sum(row.values()) for row in counts.values()} == {4}
    assert sum(row["win"] for row in counts.values()) == sum(row["loss"] for row in counts.values())
    assert sum(row["win"] for row in counts.values()) == (tests["verdict"] != "tie").sum()
    pd.concat([tests, found.tests(test="wilcoxon")])


def test_equal_means_are_both_best_and_few_values_are_not_tested() -> None:
    rows = analysis.compare_with_best({"a": [0.1, 0.2], "b": [0.3, 0.1 + 0.2 - 0.3], "c": [np.nan, 0.0]})
    assert rows["n"].tolist() == [2, 2, 1]
    equal = analysis.compare_with_best({"a": [0.3] * 3, "b": [0.1 + 0.2] * 3, "c": [0.1] * 3})
    assert equal["best"].tolist() == [True, True, False]
    assert np.isnan(rows["p"]).all()


def test_wrong_requests(found) -> None:
    with pytest.raises(RequestError, match="unknown spread 'sdt'"):
        found.paper_table(spread="sdt")
    with pytest.raises(RequestError, match="unknown test 'wilcox'"):
        found.tests(test="wilcox")
    with pytest.raises(RequestError, match="digits is a whole number"):
        found.paper_table(digits=1.5)
    one = nbs.compare(NAMES[:1], found.tasks()[0], budget=nbs.Budget(evaluations=5), seeds=3)
    with pytest.raises(RequestError, match="cifar10 has one searcher"):
        one.tests()
    assert "Bold" not in one.paper_table().caption
