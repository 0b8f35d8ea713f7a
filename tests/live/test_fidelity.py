from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live

FULL = live.Recipe(epochs=2, batch=25, channels=4, cells=1)


def test_a_study_of_cheaper_trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = live.digits(parts=(100, 60, 60))
    cells = [1651, 1462, 9, 6111, 0]
    truth = [live.train(cell, images, FULL).last("val_accuracy") for cell in cells]
    settings = [live.Cheaper(), live.Cheaper(epochs=1, fraction=0.5, side=4)]

    def study() -> object:
        return live.low_fidelity(cells, truth, settings, recipe=FULL, images=images, folder=tmp_path)

    frame = study()
    assert frame["setting"].tolist() == ["full", "epochs 1, fraction 0.5, side 4"]
    assert frame["spearman"][0] == pytest.approx(1.0)  # the same training
    assert frame["seconds"][1] < frame["seconds"][0]
    assert live.plot_low_fidelity(frame).get_xscale() == "log"
    monkeypatch.setattr("nasbench_sim.live.parallel.train", lambda *a, **k: pytest.fail("trained already"))
    assert study().equals(frame)


def test_wrong_requests(tmp_path: Path) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="four architectures"):
        live.low_fidelity([0, 1], np.ones(2), [], recipe=FULL, images=live.digits(), folder=tmp_path)
