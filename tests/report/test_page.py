"""What the page holds: numbers, figures, escaped names, and nothing that asks a network."""

from __future__ import annotations

import base64
import html.parser
import json
import re
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.report import read_runs, write_report
from nasbench_sim.report.explorer import explorer_data
from nasbench_sim.report.fronts import found_front
from nasbench_sim.report.tables import pairwise, pairwise_table, table, verdict
from nasbench_sim.tables import Computed

VOID = {"meta", "input", "br", "link", "img"}


class Reader(html.parser.HTMLParser):
    """Collects ids, addresses and whether elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text: dict[str, list[str]] = {}

    def handle_starttag(self, tag, attributes) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "action", "data"):
                self.addresses.append(value)

    def handle_startendtag(self, tag, attributes) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    assert not reader.open
    return reader


def test_it_is_one_sound_file_that_asks_no_network(page) -> None:
    reader = read(page)
    assert len(set(reader.ids)) == len(reader.ids)
    assert all(address.startswith("#") for address in reader.addresses)
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"url\((?!#)|@import|fetch\(|XMLHttpRequest", text)
    assert {path.name for path in page.parent.iterdir()} == {"report.html"}


def test_summary_and_provenance_are_the_comparison_s(comparison, page) -> None:
    reader = read(page)
    cells = set(reader.text["td"])
    for row in comparison.summary().itertuples():
        assert row.searcher in cells
        assert f"{row.mean:.3f}" in cells
    described = json.loads("".join(reader.text["pre"]))
    assert described == json.loads(json.dumps(comparison.describe()))
    assert any(comparison.runs[0].task.table.hash[:12] in cell for cell in cells)


def test_figures_are_inline_and_take_the_page_s_colours(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure>") == 5  # two a task, and the ranks
    for svg in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
        assert "currentColor" in svg
        assert "#010203" not in svg
        assert "#ffffff" not in svg
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
        assert used <= set(re.findall(r'\bid="([^"]+)"', svg))


def test_networks_are_packed_in_official_order(comparison) -> None:
    data = explorer_data(comparison)
    task = comparison.tasks()[0]
    space = data["spaces"][0]
    ops = np.frombuffer(base64.b64decode(space["ops"]), dtype=np.uint8).reshape(space["size"], 6)
    np.testing.assert_array_equal(ops, task.space.ops(task.space.all_indices()))
    columns = {column["label"]: column for column in data["tasks"][0]["columns"]}
    assert data["tasks"][0]["columns"][0]["label"] == "val_accuracy"
    assert data["tasks"][0]["judged"] == 1
    assert data["tasks"][0]["result"] == "validation accuracy (%)"
    assert {"latency:gpu", "latency:eyeriss", "energy:fpga", "params", "flops"} <= set(columns)
    for label in ("val_accuracy", "latency:fpga"):
        packed = np.frombuffer(base64.b64decode(columns[label]["values"]), dtype="<f4")
        expected = task.table.values(label, dataset=task.dataset)
        np.testing.assert_array_equal(packed, expected.astype(np.float32))


def test_the_network_of_a_curve_is_the_incumbent_in_the_middle(comparison) -> None:
    task = comparison.tasks()[0]
    runs = comparison.on(task)[0]
    searcher = explorer_data(comparison)["tasks"][0]["searchers"][0]
    final = runs.final()
    assert searcher["finals"] == sorted(set(final["index"]))
    ordered = final.sort_values("val_accuracy")["index"].tolist()
    assert searcher["network"][-1] == ordered[2]  # the lower one of the two in the middle of six
    assert len(searcher["x"]) == len(searcher["median"]) == len(searcher["network"])
    assert searcher["x"][-1] == pytest.approx(60_000 / 3600, rel=1e-5)
    assert searcher["median"][-1] == pytest.approx(final["val_accuracy"].median(), rel=1e-5)


def test_a_verdict_says_what_the_tests_show(comparison) -> None:
    task = comparison.tasks()[0]
    tests = pairwise(comparison.on(task))
    best = comparison.summary().query("dataset == 'cifar10'").iloc[0]
    said = verdict(comparison.on(task), "cifar10", tests)
    assert said.startswith(
        f"On cifar10, {best['searcher']} has the best mean validation accuracy: {best['mean']:.2f} %"
    )
    tests["p_holm"] = 0.001
    assert verdict(comparison.on(task), "cifar10", tests).endswith(
        "the tests tell it apart from every other."
    )
    tests["p_holm"] = 0.5
    others = {one.searcher for one in comparison.on(task)} - {best["searcher"]}
    said = verdict(comparison.on(task), "cifar10", tests)
    assert "do not tell it apart" in said
    assert all(name in said for name in others)


def test_the_difference_of_two_searchers_is_named_as_what_it_is() -> None:
    tests = analysis.pairwise_tests({"a": [0, 1, 5], "b": [0, 3, 4]})  # the median of a - b is 0
    shown = pairwise_table(tests)
    assert "median of a − median of b" in shown
    assert ">-2.000<" in shown


def test_one_searcher_and_one_replicate_make_a_page_that_says_what_is_lacking(tmp_path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=8), seeds=1)
    text = write_report(found, tmp_path / "one.html", title="A title").read_text(encoding="utf-8")
    assert "<title>A title</title>" in text
    assert "Not tested: two or more samples are needed" in text
    assert text.count("<figure>") == 2


def test_names_cannot_break_the_page(tmp_path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=8), seeds=4)
    runs.searcher = "</script><b>&\"'"
    path = write_report(nbs.Comparison([runs]), tmp_path / "page.html", title="<i>{{data}}</i>")
    reader = read(path)
    assert "b" not in reader.text
    assert "i" not in reader.text
    assert reader.text["title"] == ["<i>{{data}}</i>"]
    assert runs.searcher in reader.text["td"]


def test_numbers_are_aligned_and_text_escaped() -> None:
    import pandas as pd

    text = table(pd.DataFrame({"a<b": ["x&y"], "n": ["1,234.5"], "p": ["<0.001"]}))
    assert '<th scope="col">a&lt;b</th>' in text
    assert "<td>x&amp;y</td>" in text
    assert "<td class=number>1,234.5</td>" in text
    assert "<td class=number>&lt;0.001</td>" in text


def test_several_objectives_are_judged_by_their_hypervolume(two_objectives, page_of_two) -> None:
    reader = read(page_of_two)
    cells = set(reader.text["td"])
    optimum = two_objectives.runs[0].results().attrs["optimum"]
    for row in two_objectives.summary().itertuples():
        assert row.metric == "hypervolume"
        assert f"{row.mean:.3f}" in cells
        assert f"{100 * row.mean / optimum:.2f}" in cells
    text = page_of_two.read_text(encoding="utf-8")
    assert text.count("<figure>") == 3
    for words in ("Fronts attained on cifar10", "% of the table", "latency on eyeriss (10.53 ms)"):
        assert words in text
    assert "Not drawn" not in text


def test_the_front_found_together_says_who_found_it(two_objectives) -> None:
    runs = list(two_objectives.runs)
    front = found_front(runs)
    task = runs[0].task
    means = np.stack([one.sign * one.mean for one in task.objectives], axis=1)
    every = np.unique(np.concatenate([one.final()["index"] for one in runs]))
    for index in every:  # in the front exactly where none of the others is as good in both and better in one
        beaten = (means[every] >= means[index]).all(axis=1) & (means[every] > means[index]).any(axis=1)
        assert (index in front.index) == (not beaten.any())
    for one in runs:
        ended = one.final().groupby("index")["seed"].nunique() / len(one)
        for index, shared in front[one.searcher].items():
            assert shared == pytest.approx(ended.get(index, 0.0))
    whole = [index for index in front.index if front.loc[index, "on_table_front"]]
    for index in whole:
        assert not ((means >= means[index]).all(axis=1) & (means > means[index]).any(axis=1)).any()


def test_the_network_of_a_curve_of_hypervolumes_joined_the_front_last(two_objectives) -> None:
    runs = two_objectives.runs[0]
    data = explorer_data(two_objectives)["tasks"][0]
    assert (data["judged"], data["result"]) == (2, "hypervolume")
    assert [column["label"] for column in data["columns"][:2]] == ["val_accuracy", "latency:eyeriss"]
    one = data["searchers"][0]
    assert one["finals"] == sorted(set(runs.final()["index"]))
    volumes = runs.results()
    middle = runs.seeds.index(volumes.sort_values().index[2])
    front = runs.final().query(f"seed == {runs.seeds[middle]}")["index"]
    last = [index for index in runs.index[middle] if index in set(front)][-1]
    assert one["network"][-1] in set(front)
    assert one["median"][-1] == pytest.approx(volumes.median(), rel=1e-5)
    if list(runs.index[middle]).count(last) == 1:
        assert one["network"][-1] == last


def test_of_three_objectives_what_cannot_be_drawn_says_why(tmp_path) -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["latency:eyeriss", "val_accuracy", "energy:fpga"],
        noise="mean",
    )
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=12), seeds=3)
    text = write_report(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Not drawn: an attainment figure is of a task with two objectives" in text
    assert "energy on fpga" in text


def test_replicates_that_found_nothing_that_counts(tmp_path) -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["latency:eyeriss", "val_accuracy"],
        constraints=["latency:eyeriss <= 2 ms", "val_accuracy >= 87"],
    )
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=5), seeds=4)
    assert found.runs[0].results().tolist() == [0.0] * 4
    text = write_report(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "No front: no row is left of 0" in text
    assert "Not drawn: attainment surfaces need the fronts of two or more replicates" in text


def test_two_tasks_on_one_data_set_are_kept_apart(tmp_path) -> None:
    table_ = nbs.load_table("nas-bench-201")
    tasks = {
        f"{noise} <cifar10>": nbs.Task(table_, dataset="cifar10", noise=noise) for noise in ("run", "mean")
    }
    expected = nbs.compare(["random_search"], tasks, budget=nbs.Budget(evaluations=8), seeds=4)
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    assert found.names == expected.names
    reader = read(write_report(found, tmp_path / "page.html"))
    assert set(tasks) <= set(reader.text["h3"])
    numbers = [f"{row.mean:.3f}" for row in expected.summary().itertuples()]
    assert numbers[0] != numbers[1]
    for number in numbers:
        assert reader.text["td"].count(number) == 1


def test_a_space_too_large_to_list(tmp_path) -> None:
    space = nbs.space("fbnet")
    columns = []
    for metric, code in (("latency", 8), ("energy", 3)):
        numbers = Computed(
            space, lambda index, code=code: 9 + (space.ops(index) != code).sum(-1), low=9, high=31
        )
        columns.append((nbs.Column(metric=metric, source="counted", better="min"), numbers))
    table_ = nbs.Table("counted", space, columns)
    task = nbs.Task(table_, dataset="cifar100", objective=["latency", "energy"])
    names = ["random_search", "multi_objective_regularized_evolution"]
    expected = nbs.compare(names, task, budget=nbs.Budget(evaluations=30), seeds=3)
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept", table=table_)
    for one, other in zip(found.runs, expected.runs, strict=True):
        assert one.index.tolist() == other.index.tolist()
        assert one.final().equals(other.final())
    reader = read(write_report(found, tmp_path / "page.html"))
    front = found_front(list(expected.runs))
    assert "on_table_front" not in front
    assert {str(index) for index in front.index} <= set(reader.text["td"])
    captions = " ".join(reader.text["figcaption"])
    assert "too large to rank its architectures" in captions
    assert captions.count("Not drawn") == 1


def test_searchers_beyond_the_palette_are_told_apart() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    searchers = [nbs.search.searcher("regularized_evolution", population=size) for size in range(10, 20)]
    found = nbs.compare(searchers, task, budget=nbs.Budget(evaluations=20), seeds=2)
    (shown,) = explorer_data(found)["tasks"]
    looks = [(one["color"], one["turn"]) for one in shown["searchers"]]
    assert len(set(looks)) == 10
    assert looks[8] == (looks[0][0], 1)
