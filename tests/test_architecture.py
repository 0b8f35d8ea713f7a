"""The rules of the house: what may import what, what stays lazy, what is packaged."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

import nasbench_sim as nbs

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "nasbench_sim"

# A benchmark is a slice through the floors: each of its files may import what its room may, and is to others
# what its room is. Files of other names are of the spaces, but for importers and those named here.
FLOORS = {
    "networks": "live",
    "operations": "live",
    "system": "live",
    "compression": "live",
    "importer": "tables",
    "invariants": "tables",
    "times": "tables",
    "block_costs": "tables",
}


def floor(parts: list[str]) -> str:
    """Tell the room of a module from its name within the package."""
    if parts[0] != "benchmarks" or len(parts) < 3:
        return parts[0]
    return "tables" if "importers" in parts else FLOORS.get(parts[2], "spaces")


# What each room may import besides itself. `errors`, `files` and `_version` are open to all.
ALLOWED = {
    "benchmarks": set(),
    "spaces": set(),
    "tables": {"spaces"},
    "analysis": set(),
    "oracle": {"spaces", "tables", "analysis"},
    "estimators": {"spaces", "tables", "analysis"},
    "search": {"spaces", "tables", "oracle", "estimators", "analysis"},
    "plots": {"analysis"},
    "studies": {"spaces", "tables", "oracle", "estimators", "search", "analysis", "plots"},
    "live": {"spaces", "tables", "oracle", "estimators", "search", "analysis", "plots"},
    "compat": {"spaces", "tables", "analysis"},
    "report": {"spaces", "tables", "oracle", "search", "analysis", "plots", "studies"},
    "cli": {
        "spaces",
        "tables",
        "oracle",
        "estimators",
        "search",
        "analysis",
        "plots",
        "studies",
        "live",
        "report",
        "compat",
    },
}
OPEN = {
    "arrays",
    "checks",
    "errors",
    "files",
    "interrupts",
    "lazy",
    "locks",
    "mistaken",
    "registry",
    "_version",
}


def imports(path: Path) -> set[str]:
    """Give the rooms that a module imports; imports for type checkers only are no dependency."""
    found = set()
    pending = list(ast.parse(path.read_text()).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        pending += list(ast.iter_child_nodes(node))
    parts = [name.split(".")[1:] for name in found if name.startswith("nasbench_sim.")]
    return {floor(name) for name in parts} - OPEN


@pytest.mark.parametrize("room", sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()))
def test_arrows_point_one_way(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        own = floor([*path.relative_to(PACKAGE).parent.parts, path.stem])
        assert own in ALLOWED, f"say in ALLOWED what {own} may import"
        wrong = imports(path) - ALLOWED[own] - {own} - {"__version__"}
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(sorted(wrong))}"


def module_imports(modules: dict[str, Path], name: str) -> set[str]:
    """Give the modules that one imports, at its top or later, but for type checkers."""
    found: set[str] = set()
    pending: list[ast.AST] = list(ast.parse(modules[name].read_text()).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (members & modules.keys()) or {str(node.module)}
        pending += list(ast.iter_child_nodes(node))
    return (found & modules.keys()) - {name}


def test_no_import_goes_round_in_a_circle() -> None:
    modules = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    left = {name: module_imports(modules, name) for name in modules}
    while free := [name for name, imported in left.items() if not imported & left.keys()]:
        for name in free:
            del left[name]
    # What is left leads into a circle or lies on one.
    assert {name: sorted(imported & left.keys()) for name, imported in left.items()} == {}


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_imports_stay_lazy() -> None:
    heavy = {"pandas", "scipy", "matplotlib", "seaborn", "torch", "sklearn", "moocore", "joblib", "tqdm"}
    assert not modules_after("import nasbench_sim") & (heavy | {"h5py"})
    question = "nasbench_sim.load_table().query(5, 'val_accuracy', dataset='cifar10')"
    assert not modules_after(f"import nasbench_sim; {question}") & heavy
    search = (
        "import nasbench_sim as n; t = n.Task(n.load_table(), dataset='cifar10'); "
        "n.run('regularized_evolution', t, budget=n.Budget(evaluations=20), seeds=2)"
    )
    assert not modules_after(search) & heavy


def test_every_package_is_installed() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")}
    assert listed == found | {"nasbench_sim.data"}


def test_public_names_exist_and_are_documented() -> None:
    for name in nbs.__all__:
        found = getattr(nbs, name)
        assert name == "__version__" or found.__doc__
        assert name in dir(nbs)
    with pytest.raises(AttributeError, match="did you mean 'load_table'"):
        nbs.load_tabel  # noqa: B018


def test_no_module_holds_more_than_one_idea_can_need() -> None:
    lengths = {p: len(p.read_text().splitlines()) for p in PACKAGE.rglob("*.py")}
    assert sorted(lengths.values())[len(lengths) // 2] < 150
    assert not [str(p.relative_to(ROOT)) for p, n in lengths.items() if n > 350]


def test_test_modules_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
