"""The page in a real browser: it is drawn, networks can be pointed at, nothing is asked of a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs
from nasbench_sim import analysis

sync_api = pytest.importorskip("playwright.sync_api")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SPACE = nbs.space("nas-bench-201")
DATA = "JSON.parse(document.getElementById('data').textContent)"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    profile = tmp_path_factory.mktemp("profile")
    with sync_api.sync_playwright() as play:
        launched = play.chromium.launch_persistent_context(
            profile, executable_path=BROWSER, args=QUIET, viewport={"width": 1200, "height": 900}
        )
        yield launched
        launched.close()


def opened(context, page: Path) -> Any:
    tab = context.new_page()
    tab.said, tab.asked = [], []
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.goto(page.as_uri())
    return tab


@pytest.fixture(scope="module")
def tabs(context, page: Path, page_of_two: Path) -> tuple[Any, Any]:
    return opened(context, page), opened(context, page_of_two)


@pytest.fixture
def tab(tabs) -> Any:
    tabs[0].bring_to_front()  # a tab in the background is not drawn
    return tabs[0]


@pytest.fixture
def tab_of_two(tabs) -> Any:
    tabs[1].bring_to_front()
    return tabs[1]


@pytest.fixture(autouse=True)
def _silent(tabs) -> Iterator[None]:
    yield
    for one in tabs:
        assert one.said == []
        assert len(one.asked) == 1  # the file itself


def shown(tab) -> int:
    return int(tab.get_attribute("#network", "data-network"))


def test_a_network_typed_in_is_shown_whole(tab, comparison) -> None:
    for asked in ("6111", SPACE.string(6111)):
        tab.fill("#asked", "0")
        tab.fill("#asked", asked)
        assert shown(tab) == 6111
    assert tab.inner_text("#network code") == SPACE.string(6111)
    edges = tab.eval_on_selector_all(
        "#network svg path", "found => found.map(one => [one.dataset.edge, one.dataset.operation])"
    )
    names = [SPACE.choices[0][op] for op in SPACE.ops(6111)]
    assert edges == [[position, name] for position, name in zip(SPACE.positions, names, strict=True)]
    numbers = tab.inner_text("#network table")
    table = comparison.tasks()[0].table
    for label in ("val_accuracy", "latency:eyeriss", "energy:fpga"):
        assert f"{table.query(6111, label, dataset='cifar10'):.5g} " in numbers
    tab.fill("#asked", "99999")
    assert shown(tab) == 6111
    assert tab.get_attribute("#asked", "aria-invalid") == "true"


def test_neighbours_are_those_of_the_space_and_can_be_followed(tab) -> None:
    tab.fill("#asked", "42")
    listed = [int(text) for text in tab.locator("#network button").all_inner_texts()]
    assert sorted(listed) == sorted(SPACE.neighbors(42))
    tab.locator("#network button").first.click()
    assert shown(tab) == listed[0]


def test_strings_of_all_networks_agree_with_the_space(tab) -> None:
    some = list(range(0, SPACE.size, 97))
    found = tab.evaluate(
        f"some => {{ const s = new Space({DATA}.spaces[0]);"
        " return some.map(i => [s.string(i), s.find(s.string(i))]); }",
        some,
    )
    assert [text for text, _ in found] == [SPACE.string(index) for index in some]
    assert [index for _, index in found] == some


def test_arrow_keys_walk_the_front_that_analysis_gives(tab, comparison) -> None:
    tab.select_option("#view", "front")
    tab.select_option("#across", "latency:eyeriss")
    frame = comparison.tasks()[0].table.frame(["latency:eyeriss", "val_accuracy"], dataset="cifar10")
    front = analysis.pareto_front(frame.astype(np.float32), {"latency:eyeriss": "min", "val_accuracy": "max"})
    tab.focus("#plot")
    walked = set()
    for key in ["ArrowLeft"] * (len(front) + 1) + ["ArrowRight"] * (len(front) + 1):
        tab.keyboard.press(key)
        walked.add(shown(tab))
    assert walked == set(front.index)


def test_pointing_at_the_plot_picks_the_nearest_network(tab) -> None:
    tab.select_option("#view", "front")
    tab.fill("#asked", "0")
    box = tab.locator("#plot").bounding_box()
    picked = set()
    for part in (0.4, 0.55, 0.7, 0.85):
        tab.mouse.move(box["x"] + part * box["width"], box["y"] + 0.45 * box["height"])
        picked.add(shown(tab))
    assert len(picked - {0}) >= 3
    held = shown(tab)
    tab.mouse.down()
    tab.mouse.up()
    tab.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.6 * box["height"])
    assert shown(tab) == held or "Rings" in tab.inner_text("#readout")
    tab.mouse.down()
    tab.mouse.up()


def test_pointing_at_a_curve_shows_an_incumbent(tab, comparison) -> None:
    tab.select_option("#view", "search")
    assert not tab.is_visible("#across")
    box = tab.locator("#plot").bounding_box()
    tab.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 0.3 * box["height"])
    readout = tab.inner_text("#readout")
    runs = comparison.on(comparison.tasks()[0])
    assert all(one.searcher in readout for one in runs)
    evaluated = set(np.concatenate([one.index.ravel() for one in runs]).tolist())
    assert shown(tab) in evaluated
    tab.select_option("#view", "front")


def test_another_task_changes_the_numbers(tab, comparison) -> None:
    tab.select_option("#task", "ImageNet16-120")
    tab.fill("#asked", "7")
    table = comparison.tasks()[0].table
    assert f"{table.query(7, 'val_accuracy', dataset='ImageNet16-120'):.5g} %" in tab.inner_text("#network")
    tab.select_option("#task", "cifar10")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1400])
def test_it_fits_the_screen_and_follows_the_scheme(tab, scheme: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(color_scheme=scheme)
    root = "document.documentElement"
    assert tab.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(int(part) for part in paper[4:-1].split(",")) > 382
    assert light == (scheme == "light")
    # The canvas has the size of its box, and something on it.
    assert tab.evaluate(
        "() => { const c = document.getElementById('plot'), blank = document.createElement('canvas');"
        " blank.width = c.width; blank.height = c.height;"
        " return c.width >= c.clientWidth && c.toDataURL() !== blank.toDataURL(); }"
    )


def test_several_objectives_are_traded_off_and_their_fronts_followed(tab_of_two, two_objectives) -> None:
    tab, runs = tab_of_two, two_objectives.runs
    assert tab.input_value("#across") == "latency:eyeriss"
    task = runs[0].task
    means = pd.DataFrame({one.label: one.mean.astype(np.float32) for one in task.objectives})
    front = analysis.pareto_front(means, {"latency:eyeriss": "min", "val_accuracy": "max"}).index.tolist()
    assert shown(tab) == front[len(front) // 2]
    tab.focus("#plot")
    tab.keyboard.press("ArrowLeft")
    assert shown(tab) == front[len(front) // 2 - 1]
    heads = tab.locator("#network table").nth(1).locator("th").all_inner_texts()
    assert heads == ["neighbour", "change", "validation accuracy (%)", "latency on eyeriss (ms)"]
    assert "final fronts of multi_objective_local_search" in tab.inner_text("#legend")
    tab.select_option("#view", "search")
    box = tab.locator("#plot").bounding_box()
    tab.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"])
    ended = tab.inner_text("#readout")
    assert all(one.searcher in ended for one in runs)
    evaluated = set(np.concatenate([one.index.ravel() for one in runs]).tolist())
    assert shown(tab) in evaluated


def test_a_searcher_is_hidden_and_shown_by_its_entry_in_the_legend(tab) -> None:
    tab.select_option("#view", "search")
    entry = tab.locator("#legend button").first
    before = tab.eval_on_selector("#plot", "canvas => canvas.toDataURL()")
    entry.click()
    assert entry.get_attribute("aria-pressed") == "false"
    assert tab.eval_on_selector("#plot", "canvas => canvas.toDataURL()") != before
    tab.locator("#legend button").first.click()
    assert tab.eval_on_selector("#plot", "canvas => canvas.toDataURL()") == before
    tab.select_option("#view", "front")


def test_a_wrong_network_is_said(tab) -> None:
    tab.fill("#asked", "99999")
    assert tab.inner_text("#wrong") == f"no such network: indices run from 0 to {SPACE.size - 1}"
    tab.fill("#asked", "5")
    assert tab.inner_text("#wrong") == ""


def test_tables_are_sorted_by_their_heads(tab) -> None:
    head = tab.locator("#summary th", has_text="mean").first
    column = head.evaluate("one => one.cellIndex")
    cells = f"#summary table >> nth=0 >> tbody td:nth-child({column + 1})"

    def listed() -> list[float]:
        return [float(text) for text in tab.locator(cells).all_inner_texts()]

    given = listed()
    head.locator("button").click()
    assert listed() == sorted(given)
    head.locator("button").click()
    assert listed() == sorted(given, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"


def test_tables_and_figures_can_be_saved(tab, comparison) -> None:
    for what, ending in (("CSV", ".csv"), ("LaTeX", ".tex"), ("SVG", ".svg")):
        with tab.expect_download() as got:
            tab.locator(".tools button", has_text=what).first.click()
        assert got.value.suggested_filename.endswith(ending)
        text = Path(got.value.path()).read_text(encoding="utf-8")
        if what == "CSV":
            saved = pd.read_csv(Path(got.value.path()))
            assert set(saved["searcher"]) == {runs.searcher for runs in comparison.runs}
        elif what == "LaTeX":
            assert text.startswith("\\begin{tabular}")
            assert text.count("\\\\\n") == 1 + len({runs.searcher for runs in comparison.runs})
        else:
            assert text.startswith("<svg")
            assert "var(--page)" not in text or "--page:" in text


def test_the_contents_lead_to_every_section(tab) -> None:
    sections = tab.eval_on_selector_all("main section", "found => found.map(one => '#' + one.id)")
    assert (
        tab.eval_on_selector_all("nav a", "found => found.map(one => one.getAttribute('href'))") == sections
    )
