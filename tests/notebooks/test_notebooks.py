"""Every notebook runs from its first cell to its last, and what is committed is what it gives."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NEEDS_TORCH = {"08-checking-the-table-live", "09-weight-sharing"}
LARGEST = 250_000  # bytes: the repository stays small
LONGEST = 600  # seconds a cell, on a machine that has other work


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def kinds(cell: Any) -> list[tuple[str, ...]]:
    """Give what a cell shows, but for its numbers; text may be cut in pieces differently every time."""
    shown = [tuple(sorted(output.data)) for output in cell.outputs if "data" in output]
    texts = {(output.name,) for output in cell.outputs if output.output_type == "stream"}
    return [*shown, *sorted(texts)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_committed_reads_well(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert path.stat().st_size < LARGEST
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell.outputs)
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
    text = path.read_text(encoding="utf-8")
    assert "/tmp/" not in text
    assert "/home/" not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if path.stem in NEEDS_TORCH and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    committed, notebook = read(path), read(path)
    client = nbclient.NotebookClient(
        notebook, timeout=LONGEST, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    for number, (found, expected) in enumerate(zip(notebook.cells, committed.cells, strict=True)):
        if found.cell_type == "code":
            assert kinds(found) == kinds(expected), f"cell {number}"
    assert not list(tmp_path.iterdir())


def test_there_are_notebooks_for_all_that_one_learns() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06", "07", "08", "09"]
