"""The public names of the room."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nasbench_sim import analysis


def test_every_public_name_exists_and_is_documented():
    for name in analysis.__all__:
        found = getattr(analysis, name)
        assert found.__name__ == name
        assert isinstance(found, type) or ">>>" in found.__doc__
    assert dir(analysis) == sorted(analysis.__all__)


def test_unknown_names_are_hinted_at():
    with pytest.raises(AttributeError, match="did you mean 'pareto_front'"):
        _ = analysis.pareto_fronts


def test_incumbents_import_no_scipy():
    code = "import sys, nasbench_sim.analysis as a; a.incumbents; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
