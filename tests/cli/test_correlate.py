"""``nasbench-sim correlate``: the numbers, the files, the populations, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.cli import main

TABLE = nbs.load_table("nas-bench-201")


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["correlate", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_everything_is_printed_and_written(capsys, tmp_path) -> None:
    folder = tmp_path / "out"
    code, out, _ = run(capsys, "--output", str(folder))
    assert code == 0
    assert "15,625 architectures (all)" in out
    figures = {
        f"correlations-{d}.{e}"
        for d in ("cifar10", "cifar100", "ImageNet16-120")
        for e in ("png", "svg", "pdf")
    }
    assert {path.name for path in folder.iterdir()} == {"correlations.csv", *figures}
    rows = pd.read_csv(folder / "correlations.csv", keep_default_na=False)
    assert set(rows["dataset"]) == {"cifar10", "cifar100", "ImageNet16-120"}
    assert set(rows["against"]) == {"val_accuracy"}
    own = {column.label for column in TABLE.schema} - {"val_accuracy"}
    assert set(rows["metric"]) == own
    assert rows["n"].astype(float).eq(15625).all()
    one = rows[(rows["dataset"] == "cifar100") & (rows["metric"] == "flops")].iloc[0]
    x, y = (TABLE.values(metric, dataset="cifar100") for metric in ("flops", "val_accuracy"))
    assert float(one["kendall"]) == pytest.approx(analysis.correlation_coefficient(x, y), abs=1e-12)
    for _, part in rows.groupby("dataset"):
        assert part["kendall"].astype(float).abs().is_monotonic_decreasing
    code, _, err = run(capsys, "--output", str(folder))
    assert code == 2
    assert "is not empty" in err


@pytest.mark.parametrize(
    ("population", "size"), [("unique", 6466), ("connected", 15284), ("no-dead-edge", 9445)]
)
def test_populations_have_their_published_sizes(capsys, tmp_path, population: str, size: int) -> None:
    chosen = ["--of", "flops", "latency:gpu", "--datasets", "cifar10", "--json"]
    code, out, _ = run(capsys, *chosen, "--population", population, "--output", str(tmp_path / "out"))
    assert code == 0
    rows = json.loads(out)
    assert [row["n"] for row in rows] == [size, size]
    assert {row["metric"] for row in rows} == {"flops", "latency:gpu"}
    assert {row["population"] for row in rows} == {population}


def test_a_sample_is_of_its_population_and_fixed_by_its_seed(capsys, tmp_path) -> None:
    chosen = ["--of", "flops", "--against", "latency:fpga", "--datasets", "cifar10", "--json"]
    found = []
    for number, seed in enumerate((3, 3, 4)):
        sample = ["--sample", "500", "--seed", str(seed), "--population", "connected"]
        code, out, _ = run(capsys, *chosen, *sample, "--output", str(tmp_path / str(number)))
        assert code == 0
        found.append(json.loads(out)[0])
    assert found[0] == found[1]
    assert found[0]["kendall"] != found[2]["kendall"]
    assert found[0]["population"] == "500 of connected, seed 3"
    space = TABLE.space
    mask = analysis.sample_mask(space.size, 500, 3, within=space.is_connected(space.all_indices()))
    x, y = (TABLE.values(metric, dataset="cifar10")[mask] for metric in ("flops", "latency:fpga"))
    assert found[0]["kendall"] == pytest.approx(analysis.correlation_coefficient(x, y), abs=1e-10)


def test_two_columns_of_one_metric_are_told_apart_and_thin_ones_left_out(capsys, tmp_path) -> None:
    space = TABLE.space
    random = np.random.default_rng(0)
    common = {"source": "made here", "dataset": "cifar10", "trained_on": "train"}
    thin = np.full(space.size, np.nan)
    thin[:5] = random.random(5)
    columns = [
        (nbs.Column(metric="val_accuracy", schedule=12, **common), random.random(space.size)),
        (nbs.Column(metric="thin_proxy", source="made here", dataset="cifar10"), thin),
        (nbs.Column(metric="dull_proxy", source="made here", dataset="cifar10"), np.ones(space.size)),
    ]
    path = tmp_path / "richer.h5"
    nbs.save_table(TABLE.extended(columns, name="richer"), path)
    chosen = ["--table", str(path), "--datasets", "cifar10"]
    code, out, _ = run(capsys, *chosen, "--output", str(tmp_path / "a"))
    assert code == 0
    assert "val_accuracy (12 epochs on train)" in out
    assert "left out: 1 columns that fewer than 30 architectures have" in out
    assert "undefined: 'dull_proxy' constant over the 15625 complete pairs" in out
    code, out, _ = run(capsys, *chosen, "--of", "thin_proxy", "--json", "--output", str(tmp_path / "b"))
    assert code == 0
    assert json.loads(out)[0]["n"] == 5


def test_all_are_compared_on_the_rows_that_all_have(capsys, tmp_path) -> None:
    values = TABLE.values("flops", dataset="cifar10").copy()
    values[:1000] = np.nan
    column = nbs.Column(metric="partial", source="made here", dataset="cifar10")
    path = tmp_path / "partial.h5"
    nbs.save_table(TABLE.extended([(column, values)], name="partial"), path)
    folder = tmp_path / "out"
    asked = ["--table", str(path), "--datasets", "cifar10", "--of", "partial", "flops"]
    code, out, _ = run(capsys, *asked, "--output", str(folder))
    assert code == 0
    lines = {line.split()[2]: line for line in out.splitlines() if line.startswith("cifar10")}
    assert lines["partial"].split()[-2:] == lines["flops"].split()[-2:] == ["14625", "1000"]
    drawn = (folder / "correlations-cifar10.svg").read_text()
    assert "<!-- cifar10, all: n = 14,625 of 15,625 -->" in drawn
    assert "<!-- FLOPs -->" in drawn
    code, out, _ = run(capsys, *asked, "--rows", "own", "--output", str(tmp_path / "own"))
    assert code == 0
    lines = {line.split()[2]: line for line in out.splitlines() if line.startswith("cifar10")}
    assert lines["partial"].split()[-2:] == ["14625", "1000"]
    assert lines["flops"].split()[-2:] == ["15625", "0"]
    assert "only rows of one n can be ranked" in out
    drawn = (tmp_path / "own" / "correlations-cifar10.svg").read_text()
    assert "<!-- partial, n = 14,625 -->" in drawn
    assert "<!-- FLOPs, n = 15,625 -->" in drawn


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--datasets", "cifar11"], "did you mean 'cifar10'"),
        (["--datasets", "cifar10", "cifar10"], "each data set once: cifar10"),
        (["--against", "val_accuracy", "val_accuracy"], "each target once: val_accuracy"),
        (["--of", "flop"], "did you mean 'flops'"),
        (["--against", "test_accuracy"], "unknown metric on cifar10 'test_accuracy'"),
        (["--sample", "99999"], "sample is a whole number from 1 to 15625, not 99999"),
    ],
)
def test_wrong_requests(capsys, tmp_path, monkeypatch, arguments, message) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_intervals_can_be_of_a_bootstrap(capsys, tmp_path) -> None:
    chosen = ["--datasets", "cifar10", "--of", "flops", "--sample", "60", "--json"]
    found = {}
    for resamples in ("0", "200"):
        output = ["--output", str(tmp_path / resamples)]
        code, out, _ = run(capsys, *chosen, "--bootstrap", resamples, *output)
        assert code == 0
        found[resamples] = json.loads(out)[0]
    assert found["0"]["kendall"] == found["200"]["kendall"]
    assert found["0"]["kendall_low"] != found["200"]["kendall_low"]
    assert found["200"]["kendall_low"] < found["200"]["kendall"] < found["200"]["kendall_high"]
    code, _, said = run(capsys, *chosen, "--bootstrap", "1", "--output", str(tmp_path / "one"))
    assert code == 2
    assert "one resample makes no interval" in said


def test_partial_correlations_given_other_metrics(capsys, tmp_path) -> None:
    chosen = ["--datasets", "cifar10", "--of", "flops", "latency:gpu", "--method", "spearman"]
    code, out, _ = run(capsys, *chosen, "--given", "params", "--output", str(tmp_path / "kept"))
    assert code == 0
    assert "partial: spearman given params" in out
    rows = pd.read_csv(tmp_path / "kept" / "correlations.csv").set_index("metric")
    x, y, given = (
        TABLE.values(*name.split(":")[:1], dataset="cifar10", **({"device": "gpu"} if ":" in name else {}))
        for name in ("latency:gpu", "val_accuracy", "params")
    )
    expected = analysis.partial_correlation(x, y, given, method="spearman")
    assert rows.loc["latency:gpu", "partial"] == pytest.approx(expected["partial"])
    assert rows.loc["latency:gpu", "partial_low"] == pytest.approx(expected["low"])
    assert np.isnan(rows.loc["flops", "partial"])  # params order architectures as flops do
    code, _, said = run(capsys, *chosen, "--given", "parms", "--output", str(tmp_path / "other"))
    assert code == 2
    assert "did you mean 'params'" in said
    assert not (tmp_path / "other").exists()
