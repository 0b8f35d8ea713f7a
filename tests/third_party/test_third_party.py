"""The example benchmark of another package, installed and used by name; a broken one breaks itself only."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "third_party"
BROKEN = """
[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[project]
name = "broken-bench"
version = "1.0"

[project.entry-points."nasbench_sim.spaces"]
broken-space = "broken_bench:no_such_name"
raising-space = "broken_bench:raising"
random_search = "broken_bench:no_such_name"

[project.entry-points."nasbench_sim.tables"]
broken-table = "broken_bench:raising"

[project.entry-points."nasbench_sim.importers"]
broken-format = "broken_bench.absent"

[project.entry-points."nasbench_sim.searchers"]
broken_searcher = "broken_bench.absent:Searcher"
random_search = "broken_bench.absent:Searcher"

[project.entry-points."nasbench_sim.proxies"]
broken_proxy = "broken_bench.absent:proxy"

[tool.setuptools]
py-modules = ["broken_bench"]
"""


def test_the_page_shows_what_the_example_says() -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-benchmark.md").read_text()
    (shown,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    declared = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]
    assert tomllib.loads(shown)["project"]["entry-points"] == declared


def install(source: Path, target: Path) -> None:
    """Build a package and install it into a folder, without a network."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(source)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example and a broken package, both installed."""
    pytest.importorskip("setuptools", minversion="64")
    folder = tmp_path_factory.mktemp("third-party")
    shutil.copytree(EXAMPLE, folder / "example")  # building leaves files beside the source
    broken = folder / "broken"
    broken.mkdir()
    (broken / "pyproject.toml").write_text(BROKEN)
    (broken / "broken_bench.py").write_text("def raising():\n    raise OSError('not today')\n")
    target = folder / "installed"
    for source in (folder / "example", broken):
        install(source, target)
    return target


@pytest.fixture
def environment(packages: Path) -> dict[str, str]:
    """What a process needs to see the packages."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)])}


def python(environment: dict[str, str], code: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(environment: dict[str, str], cwd: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nasbench_sim", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
    )
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


def test_everything_by_name_from_python(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "measured.ring").write_text("skip:conv:pool:conv 1.25\nconv:conv:conv:conv 2.5\n")
    said = python(
        environment,
        """
import json, pickle
import numpy as np
from pathlib import Path
import nasbench_sim as nbs
from nasbench_sim.tables.importers import detect, import_file

space = nbs.space("ring")
table = nbs.load_table("ring-table")
assert table.space is space and pickle.loads(pickle.dumps(space)) is space
saved = nbs.save_table(table, "ring.h5")
again = nbs.load_table(saved)
assert again.space is space and again.hash == table.hash
measured = import_file(Path("measured.ring"))
task = nbs.Task(table, dataset="rings")
error = nbs.Task(table, dataset="rings", objective="ring_error", cost=np.ones(space.size))
runs = nbs.run("ring_walk", task, budget=nbs.Budget(evaluations=30), seeds=4)
found = nbs.compare(["ring_walk", "random_search", "regularized_evolution", "local_search"], task,
                    budget=nbs.Budget(evaluations=30), seeds=4)
print(json.dumps({
    "size": space.size,
    "valid": bool(space.valid(space.ops(space.all_indices())).all()),
    "nodes": len(space.drawing(0).nodes),
    "format": detect(Path("measured.ring")).name,
    "latency": measured.query("skip:conv:pool:conv", "latency:ring-chip"),
    "best": task.optimum,
    "error": error.optimum,
    "final": runs.final().iloc[:, -1].tolist(),
    "searchers": sorted(found.summary()["searcher"]),
}))
""",
        tmp_path,
    )
    found = json.loads(said)
    assert found.pop("final")
    assert found == {
        "size": 56,
        "valid": True,
        "nodes": 5,
        "format": "ring-text",
        "latency": 1.25,
        "best": 92.0,
        "error": 8.0,
        "searchers": ["local_search", "random_search", "regularized_evolution", "ring_walk"],
    }


def test_compare_a_study_on_two_processes_and_the_report(environment: dict[str, str], tmp_path: Path) -> None:
    said = command(
        environment,
        tmp_path,
        *("compare", "--table", "ring-table", "--searchers", "ring_walk", "random_search"),
        *("--replicates", "6", "--evaluations", "20", "--output", "compared"),
    )
    assert "ring_walk" in said
    (tmp_path / "rings.toml").write_text(
        """
[study]
title = "Rings"
seeds = 8
budget = { evaluations = 20 }

[[tasks]]
table = "ring-table"
dataset = "rings"

[[searchers]]
name = "ring_walk"

[[searchers]]
name = "random_search"

[report]
tables = ["summary"]
figures = ["anytime"]
"""
    )
    command(environment, tmp_path, "study", "run", "rings.toml", "--jobs", "2")
    status = command(environment, tmp_path, "study", "status", "rings.toml")
    assert "ring_walk" in status
    command(environment, tmp_path, "study", "report", "rings.toml")
    page = tmp_path / "page.html"
    command(environment, tmp_path, "report", "compared", "--output", str(page))
    assert "ring_walk" in page.read_text()


def test_its_networks_and_its_proxy_live(environment: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    said = python(
        environment,
        """
import nasbench_sim as nbs
from nasbench_sim import live
model = live.network("conv:conv:skip:pool", classes=3, channels=4, within="ring")
print(sum(weights.numel() for weights in model.parameters()))
rings = ["conv:conv:skip:pool", "skip:skip:skip:skip"]
print(live.proxy("ring_depth", rings, within="ring", channels=4).tolist())
""",
        tmp_path,
    ).split("\n")
    # 3 x 3 of 3 to 4 channels, two of 4 to 4 with their normalisations, and the classifier
    assert int(said[0]) == (108 + 4) + 2 * (144 + 4 + 8) + (12 + 3)
    assert said[1] == "[396.0, 108.0]"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("nbs.space('broken-space')", "PluginError: the search space 'broken-space' of broken_bench"),
        ("nbs.space('raising-space')", "OSError: not today"),
        ("nbs.load_table('broken-table')", "PluginError: the table 'broken-table' of broken_bench:raising"),
        ("nbs.run('broken_searcher', task, budget=nbs.Budget(evaluations=3), seeds=1)", "'broken_searcher'"),
        ("importer('broken-format')", "'broken-format' of broken_bench.absent (package broken-bench)"),
    ],
)
def test_what_is_broken_is_named_when_it_is_asked_for(
    environment: dict[str, str], tmp_path: Path, asked: str, said: str
) -> None:
    code = f"""
import nasbench_sim as nbs
from nasbench_sim.tables.importers import importer
from nasbench_sim.errors import NasbenchSimError
task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
nbs.run("random_search", task, budget=nbs.Budget(evaluations=3), seeds=1)  # whose name it would take
try:
    {asked}
except NasbenchSimError as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""
    assert said in python(environment, code, tmp_path)


def test_what_is_broken_harms_nothing_else(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "measured.ring").write_text("conv:conv:conv:conv 2.5\n")
    code = """
import nasbench_sim as nbs
from nasbench_sim.spaces import available
from nasbench_sim.tables.importers import detect, importers
assert {"ring", "broken-space", "nas-bench-201"} <= set(available())
assert "ring-text" in importers() and "broken-format" not in importers()
assert detect("measured.ring").name == "ring-text"
try:
    nbs.load_table("nas-bench-2O1")
except nbs.NasbenchSimError as error:
    assert "did you mean 'nas-bench-201'" in str(error), error
try:
    nbs.load_table("nas-bench-201").query(0, "no_such_metric", dataset="cifar10")
except nbs.NasbenchSimError as error:
    assert "unknown metric 'no_such_metric'" in str(error), error
"""
    python(environment, code, tmp_path)
    assert "freerea" in command(environment, tmp_path, "data", "list")
