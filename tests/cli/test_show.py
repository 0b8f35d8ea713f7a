"""All that is known of one network, and what shells complete by."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import nasbench_sim as nbs
from nasbench_sim.cli import COMMANDS, main


def test_every_column_of_a_network(capsys) -> None:
    table = nbs.load_table("nas-bench-201")
    assert main(["show", "6111", "--table", "nas-bench-201", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["architecture"] == table.space.string(6111)
    assert found["choices"]["0->3"] == "skip_connect"
    assert len(found["values"]) == len(table.schema)
    accuracy = next(r for r in found["values"] if (r["metric"], r["dataset"]) == ("val_accuracy", "cifar10"))
    values = table.values("val_accuracy", dataset="cifar10")
    assert accuracy["value"] == values[6111]
    assert accuracy["better_than"] == round(100 * float((values < values[6111]).mean()), 1)
    latency = next(r for r in found["values"] if r["device"] == "eyeriss" and r["metric"] == "latency")
    costs = table.values("latency", dataset="cifar10", device="eyeriss")
    assert latency["better_than"] == round(100 * float((costs > costs[6111]).mean()), 1)


def test_a_figure_and_a_string(capsys, tmp_path: Path) -> None:
    text = nbs.space("nas-bench-201").string(1651)  # all none
    file = tmp_path / "cell.png"
    assert main(["show", text, "--dataset", "cifar10", "--figure", str(file)]) == 0
    out = capsys.readouterr().out
    assert "network 1651" in out
    assert "cifar100" not in out
    assert file.read_bytes().startswith(b"\x89PNG")
    assert main(["show", text, "--figure", str(file)]) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["15625"], "official indices run from 0"),
        (["6111", "--dataset", "cifar"], "did you mean 'cifar10"),
        (["x"], "string"),
    ],
)
def test_wrong_requests(capsys, arguments: list[str], message: str) -> None:
    assert main(["show", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_completion_knows_every_command(capsys) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)
    if shutil.which("bash"):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
