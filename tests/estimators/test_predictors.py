from __future__ import annotations

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.estimators import predictor, predictors


@pytest.mark.parametrize("name", predictors())
def test_learns_and_is_fixed_by_its_seed(name: str) -> None:
    table = nbs.load_table("nas-bench-201")
    values = table.values("val_accuracy", dataset="cifar100")
    features = table.space.encode(np.arange(table.space.size), "one_hot")
    shown, asked = np.split(np.random.default_rng(0).permutation(table.space.size)[:500], [200])

    def predicted(seed: int) -> np.ndarray:
        scaled = (values[shown] - values[shown].mean()) / values[shown].std()
        return np.asarray(predictor(name, seed).fit(features[shown], scaled).predict(features[asked]))

    assert nbs.analysis.rank_correlation(predicted(1), values[asked])["kendall"] > 0.4
    np.testing.assert_array_equal(predicted(1), predicted(1))
    if name in ("random_forest", "network_ensemble"):
        assert (predicted(1) != predicted(2)).any()


def test_an_unknown_name() -> None:
    with pytest.raises(RequestError, match="did you mean 'random_forest'"):
        predictor("random_forrest")
