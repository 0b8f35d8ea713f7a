"""``nasbench-sim report``: where the file goes, and what is refused."""

from __future__ import annotations

import nasbench_sim as nbs
from nasbench_sim.cli import main


def test_report_of_a_comparison(capsys, tmp_path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=10), seeds=4)
    folder = tmp_path / "kept"
    found.save(folder)
    assert main(["report", str(folder), "--title", "Mine"]) == 0
    out, _ = capsys.readouterr()
    assert out == f"written: {folder / 'report.html'}\n"
    assert "<h1>Mine</h1>" in (folder / "report.html").read_text()
    assert main(["report", str(folder)]) == 2
    assert "exists: name another file" in capsys.readouterr().err
    other = tmp_path / "other.html"
    assert main(["report", str(folder), "--output", str(other), "--table", "nas-bench-201"]) == 0
    assert other.is_file()


def test_wrong_requests_write_nothing(capsys, tmp_path) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "no folder of a comparison" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "gone")]) == 2
    assert not list(tmp_path.iterdir())
