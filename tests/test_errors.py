"""One family of errors in one module; what Python has a word for is that, too."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import errors
from nasbench_sim.estimators.predictors import predictor, predictors, register_predictor
from nasbench_sim.tables.importers import detect, import_file

PACKAGE = Path(nbs.__file__).parent


def test_public_errors_are_defined_in_one_module() -> None:
    outside = [
        f"{path.name}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "errors.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and not node.name.startswith("_")
    ]
    assert outside == []
    own = [thing for thing in vars(errors).values() if isinstance(thing, type)]
    assert all(
        issubclass(thing, errors.NasbenchSimError) for thing in own if thing.__module__ == errors.__name__
    )


def test_a_missing_file_is_a_file_not_found(tmp_path: Path) -> None:
    path = tmp_path / "none.h5"
    for asked in (lambda: nbs.load_table(path), lambda: detect(path), lambda: import_file(path, "freerea")):
        with pytest.raises(FileNotFoundError) as found:
            asked()
        assert isinstance(found.value, errors.FileFormatError)
        assert str(path) in str(found.value)


@pytest.mark.parametrize("name", [3, 2.5, ["nas-bench-201"], np.int64(1), b"nas-bench-201"])
def test_what_names_no_table_is_a_request_error(name: object) -> None:
    with pytest.raises(errors.RequestError, match="a table is named by"):
        nbs.load_table(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("before", ["pass", "nasbench_sim.load_table('nas-bench-201')"])
def test_rooms_are_attributes_whatever_ran_before(before: str) -> None:
    code = (
        f"import nasbench_sim\n{before}\n"
        "for room in ('errors', 'estimators', 'oracle', 'spaces', 'studies', 'tables', 'search'):\n"
        "    assert getattr(nasbench_sim, room).__name__ == f'nasbench_sim.{room}', room\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_predictor_of_ones_own() -> None:
    class Mean:
        def fit(self, features, values):
            self.mean = float(np.mean(values))
            return self

        def predict(self, features):
            return np.full(len(features), self.mean)

    register_predictor("mean_for_test", lambda seed: Mean())
    try:
        assert "mean_for_test" in predictors()
        assert (
            predictor("mean_for_test").fit(np.eye(2), np.array([1.0, 3.0])).predict(np.eye(3)).tolist()
            == [2.0] * 3
        )
        with pytest.raises(errors.RequestError, match="has the name already"):
            register_predictor("ridge", lambda seed: Mean())
    finally:
        from nasbench_sim.estimators.predictors import _PREDICTORS

        _PREDICTORS.unregister("mean_for_test")
