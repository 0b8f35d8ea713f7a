from __future__ import annotations

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.estimators.network_ensemble import NetworkEnsemble


def uniform_of(problems: int, seed: int = 0):
    random = np.random.Generator(np.random.Philox(seed))
    return lambda k: random.random((problems, k))


def test_learns_an_order_it_was_not_shown() -> None:
    table = nbs.load_table("nas-bench-201")
    values = table.values("val_accuracy", dataset="cifar10")
    features = table.space.encode(np.arange(table.space.size), "path")
    shown, asked = np.split(np.random.default_rng(0).permutation(table.space.size)[:500], [200])
    scores = values.argsort().argsort() / table.space.size
    ensemble = NetworkEnsemble(uniform_of(1)).fit(features[shown], scores[shown])
    predicted = ensemble.predict(features[asked])
    assert nbs.analysis.rank_correlation(predicted, values[asked])["kendall"] > 0.5


def test_mean_of_the_networks() -> None:
    random = np.random.default_rng(0)
    features, values = random.random((2, 40, 5)), random.random((2, 40))
    ensemble = NetworkEnsemble(uniform_of(2), networks=3, layers=2, width=4, epochs=2).fit(features, values)
    single = ensemble.predictions(features)
    assert single.shape == (2, 3, 40)
    assert len({tuple(row) for row in single[0]}) == 3  # networks differ
    np.testing.assert_allclose(ensemble.predict(features), single.mean(axis=1))


def test_input_gradient_is_that_of_the_mean() -> None:
    random = np.random.default_rng(0)
    features = random.random((1, 20, 3))
    ensemble = NetworkEnsemble(uniform_of(1), networks=4, layers=1, width=6, epochs=20)
    ensemble.fit(features, features.sum(axis=2))
    step = np.float32(1e-2)
    for feature in range(3):
        moved = np.zeros(3, dtype=np.float32)
        moved[feature] = step
        change = ensemble.predict(features + moved) - ensemble.predict(features - moved)
        kinks = np.abs(ensemble.input_gradient(features)[:, :, feature] - change / (2 * step)) > 1e-3
        assert kinks.mean() < 0.3  # exact but where a unit switches within the step
