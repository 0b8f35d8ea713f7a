from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.registry import find_proxy

SPACE = nbs.space("nas-bench-201")


def linear(weights: list[list[float]]) -> nn.Sequential:
    model = nn.Sequential(nn.Flatten(), nn.Linear(len(weights[0]), len(weights)))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor(weights))
        model[1].bias.zero_()
    return model


def batch(rows: list[list[float]], labels: list[int]) -> Batch:
    return Batch(torch.tensor(rows), torch.tensor(labels))


def score(name: str, model: nn.Module, given: Batch) -> float:
    proxy = find_proxy(name)
    return proxy.value(model if proxy.shared is None else proxy.shared(model, given), given)


# One image (1, 2), two classes with equal logits of 0: dL/dlogits = (0.5, -0.5) for label 1.
IMAGE = batch([[1.0, 2.0]], [1])
GRADIENT = np.array([[0.5, 1.0], [-0.5, -1.0]])
WEIGHTS = [[2.0, -1.0], [4.0, -2.0]]  # both logits are 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grad_norm", np.sqrt(2.5)),
        ("snip", np.abs(np.array(WEIGHTS) * GRADIENT).sum()),
        ("plain", (np.array(WEIGHTS) * GRADIENT).sum()),
        ("l2_norm", 5.0),
        ("synflow", 9.0),  # sum of |w| for an image of ones
        ("logsynflow", 9.0 * np.log(2.0)),
        ("fisher", 0.0),  # the logits are 0
    ],
)
def test_by_hand(name: str, value: float) -> None:
    assert score(name, linear(WEIGHTS), IMAGE) == pytest.approx(value, abs=1e-6)


def test_fisher_by_hand() -> None:
    # logits (3, 3), dL/dlogits (0.5, -0.5): half the squares of 1.5 and -1.5, for each of two weights
    assert score("fisher", linear([[3.0, 0.0], [1.0, 1.0]]), IMAGE) == pytest.approx(2 * 2.25)


def waves(shape: tuple[int, ...], phase: float) -> torch.Tensor:
    """Give numbers between -1 and 1 that look random and are the same everywhere."""
    values = np.sin(phase + np.arange(np.prod(shape)) ** 1.5)
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def little(ops: tuple[int, ...]) -> nn.Module:
    """Give a small network of a cell, with weights of waves."""
    model = live.network(SPACE.index(list(ops)), classes=4, channels=4, cells=1)
    with torch.no_grad():
        for place, (name, weights) in enumerate(model.named_parameters()):
            if weights.ndim > 1:
                weights.copy_(waves(tuple(weights.shape), place) / weights[0].numel() ** 0.5)
            elif name == "classifier.bias":
                weights.zero_()
    return model


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        # NASLib, predictors/utils/pruners/measures (those of zero-cost-nas), summed by predictive.py
        ("grad_norm", 22.7923, 16.3931),
        ("snip", 30.9309, 22.5735),
        ("plain", 0.0923416, 0.137382),
        ("l2_norm", 36.7477, 36.6679),
        ("grasp", 19.6497, 6.22457),
        ("fisher", 1.0772, 0.670246),
        ("synflow", 3.31119e9, 2.64286e9),
        ("jacob_cov", -8.47385, -8.24078),
        ("epe_nas", 41.0043, 50.6359),
        ("naswot", 56.8111, 57.058),  # nwot.py, and score_networks.py of nas-without-training
        ("zen", 11.7438, 11.1182),  # zen.py: compute_zen_score.py of ZenNAS with one draw
        # FreeREA, metrics/synflow.py
        ("logsynflow", 11501.3, 11294.1),
        # ZiCo, ZeroShotProxy/compute_zico.py, with gradients cleared between the batches
        ("zico", 123.609, 121.634),
        # MeCo, foresight/pruners/measures/meco.py
        ("meco", 30.1972, 25.5043),
        # epsinas, NAS-Bench-201/epsinas_utils.py, weights 1e-7 and 1
        ("epsilon", 0.346863, 0.606598),
        # TE-NAS, lib/procedures/ntk.py
        ("te_nas_condition", 13.9824, 7.64019),
    ],
)
def test_published_programs_gave_the_same(name: str, first: float, second: float) -> None:
    given = Batch(waves((8, 3, 8, 8), 0.5), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]))
    for ops, value in (((3, 1, 2, 4, 0, 3), first), ((2, 0, 3, 1, 4, 3), second)):
        model = little(ops)
        with torch.random.fork_rng():
            torch.manual_seed(3)  # meco and zen draw
            assert score(name, model, given) == pytest.approx(value, rel=1e-3)


def test_grasp_by_hand() -> None:
    # L = log(1 + exp(d)) with d = v x, v = w0 - w1 and p = L': g is p x for w0 and -p x for w1, so that
    # Hg = p (1 - p) x (x . 2 p x) for w0 and its negative for w1.
    moved = np.array([[0.3, 0.1], [-0.2, 0.2]])
    x, v = np.array([1.0, 2.0]), moved[0] - moved[1]
    p = 1 / (1 + np.exp(-(v @ x)))
    expected = -(v @ x) * p * (1 - p) * 2 * p * (x @ x)
    assert score("grasp", linear(moved.tolist()), IMAGE) == pytest.approx(expected, rel=1e-5)


def test_naswot_by_hand() -> None:
    model = nn.Sequential(nn.Flatten(), nn.ReLU())
    given = batch([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0]], [0, 1])
    assert score("naswot", model, given) == pytest.approx(np.log(3 * 3 - 1 * 1))


def test_jacob_cov_by_hand() -> None:
    # Jacobians of a quadratic net are 2 x: correlation -1 of (1, 2) and (2, 1), eigenvalues 0 and 2
    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x * x).sum(dim=1, keepdim=True)

    values = np.array([1e-5, 2 + 1e-5])
    expected = -(np.log(values) + 1 / values).sum()
    found = score("jacob_cov", Square(), batch([[1.0, 2.0], [2.0, 1.0]], [0, 1]))
    assert found == pytest.approx(expected, rel=1e-3)


def test_zico_by_hand() -> None:
    model = linear([[0.0, 0.0], [0.0, 0.0]])
    given = batch([[1.0, 0.0], [3.0, 0.0]], [1, 1])  # gradients (0.5, -0.5) and (1.5, -1.5) of one column
    assert score("zico", model, given) == pytest.approx(np.log(2 * 1.0 / 0.5))


def test_regions_by_hand() -> None:
    even = Batch(torch.ones(8, 3, 8, 8) * torch.tensor([1.0, -1.0] * 4)[:, None, None, None], torch.zeros(8))
    # Crops of images that are all 1 or all -1 differ by the sign only, and zeros are all in one region.
    for op, regions in ((0, 1), (1, 2), (4, 2)):
        assert score("te_nas_regions", little((op,) * 6), even) == regions


def test_regions_are_those_of_the_published_program() -> None:
    # TE-NAS, lib/procedures/linear_region_counter.py, the ReLUs of the same thin cells for the same crops
    given = Batch(waves((8, 3, 8, 8), 0.5), torch.zeros(8))
    for ops, regions in (((3, 1, 2, 4, 0, 3), 808), ((1, 1, 1, 1, 1, 1), 305), ((3, 3, 3, 3, 3, 3), 844)):
        with torch.random.fork_rng():
            torch.manual_seed(3)
            assert score("te_nas_regions", little(ops), given) == pytest.approx(regions, rel=0.01)


def test_size_is_that_of_the_closed_form() -> None:
    frame = live.proxy_frame(["params", "flops"], [0, 1462])
    values = frame.pivot_table(index="index", columns="proxy", values="value")
    assert values["params"].to_numpy() == pytest.approx(SPACE.params([0, 1462]))
    assert values["flops"].to_numpy() == pytest.approx(SPACE.flops([0, 1462]))


def test_every_proxy_scores_and_repeats(images: live.Images) -> None:
    names = [name for name in live.proxy_names() if name != "layers"]
    common = {"batch": 16, "channels": 4, "cells": 1}
    first = live.proxy_frame(names, [1462, 9], images, **common)
    again = live.proxy_frame(names[::-1], [9, 1462], images, **common)
    both = first.merge(again, on=["index", "proxy"])
    assert len(both) == 2 * len(names)
    assert both["value_x"].equals(both["value_y"])
    assert first["value"].notna().mean() > 0.9
    assert (first["seconds"] > 0).all()


def test_what_proxies_share_is_computed_once_and_changes_nothing(images: live.Images) -> None:
    names = ["snip", "naswot", "fisher", "jacob_cov", "grad_norm", "epe_nas", "logsynflow", "synflow"]
    common = {"batch": 16, "channels": 4, "cells": 1}
    together = live.proxy_frame(names, [1462, 9], images, **common).set_index(["index", "proxy"])["value"]
    for name in names:
        alone = live.proxy(name, [1462, 9], images, **common)
        assert together.xs(name, level="proxy").tolist() == alone.tolist()
    passes = []

    def passed(model: nn.Module, given: Batch) -> int:
        passes.append(model)
        return len(given.images)

    for name in ("first", "second"):
        live.register_proxy(f"{name}_of_pass", shared=passed)(lambda seen, given: float(seen))
    frame = live.proxy_frame(["first_of_pass", "second_of_pass"], [0, 9, 11], images, **common)
    assert len(passes) == 3
    assert frame["value"].tolist() == [16.0] * 6


@pytest.fixture(scope="module")
def images() -> live.Images:
    return live.digits(parts=(100, 50, 50))


def test_shapes() -> None:
    assert isinstance(live.proxy("l2_norm", 0, cells=1), float)
    assert live.proxy("l2_norm", [[0, 1], [2, 3]], cells=1).shape == (2, 2)


def test_votes() -> None:
    scores = np.array([[3.0, 1.0, 2.0], [2.0, 3.0, 1.0], [1.0, 2.0, 3.0]])
    assert live.vote(scores, np.roll(scores, -1, axis=0)).tolist() == [1, 1, 1]  # a circle: no ranking
    assert live.vote(1.0 * np.eye(2), 1.0 * np.eye(2)).tolist() == [0, 0]
    assert live.vote([1.0, np.nan, 2.0], [0.0, 5.0, np.nan]) == 1  # who lacks a score does not vote


def test_wrong_requests(images: live.Images) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="did you mean 'synflow'"):
        live.proxy("sinflow", 0)
    with pytest.raises(nbs.NasbenchSimError, match=r"looks at real images: give images=, such as"):
        live.proxy("snip", 0)
    with pytest.raises(nbs.NasbenchSimError, match="fewer than 200"):
        live.proxy("snip", 0, images, batch=200)
    with pytest.raises(nbs.NasbenchSimError, match="2 images"):
        live.proxy("snip", 0, images, batch=1)
    with pytest.raises(nbs.NasbenchSimError, match="already"):

        @live.register_proxy("snip")
        def other(model: nn.Module, given: Batch) -> float:
            return 0.0


def test_data_free_scores_rank_as_published(published: Path) -> None:
    drawn = np.random.default_rng(0).choice(15625, 40, replace=False)
    for name in ("synflow", "logsynflow"):
        file = np.loadtxt(published / "freerea" / "cifar10" / f"{name}.csv", delimiter=",", skiprows=1)
        row = nbs.analysis.rank_correlation(live.proxy(name, drawn), file[drawn, 1])
        assert row["spearman"] > 0.95


def test_the_published_ones_are_there_from_the_start() -> None:
    code = "from nasbench_sim import live; print(*live.proxy_names())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"synflow", "naswot", "snip", "zen", "epsilon", "params"} <= set(done.stdout.split())


@pytest.mark.parametrize("name", ["l2_norm", "zen", "synflow", "meco", "naswot", "grad_norm", "epsilon"])
def test_the_default_precision_of_a_program_changes_no_score(name: str) -> None:
    options = {"images": live.digits(), "batch": 8, "cells": 1, "channels": 4}
    expected = live.proxy(name, 1462, **options)
    torch.set_default_dtype(torch.float64)
    try:
        assert np.array_equal(live.proxy(name, 1462, **options), expected, equal_nan=True)
        blind = name in ("l2_norm", "zen", "synflow", "meco")
        assert not blind or np.isfinite(live.proxy(name, 1462, cells=1, batch=2))
        tiny = live.Recipe(epochs=1, batch=100, channels=4, cells=1)
        double = live.train(1462, live.digits(), tiny)
    finally:
        torch.set_default_dtype(torch.float32)
    np.testing.assert_array_equal(
        double.values["train_loss"], live.train(1462, live.digits(), tiny).values["train_loss"]
    )


def test_epe_nas_beyond_100_classes_leaves_out_those_with_one_image() -> None:
    class Seen:
        classes = 120
        rows = np.random.default_rng(0).normal(size=(7, 40))

    labels = torch.tensor([0, 0, 1, 1, 1, 2, 3])  # 2 and 3 have one image each

    def of_class(rows: np.ndarray) -> float:
        return float(np.log(np.abs(np.corrcoef(rows)) + 1e-5).sum() / len(rows))

    first, second = of_class(Seen.rows[:2]), of_class(Seen.rows[2:5])
    expected = 2 * abs(first - second) / 2
    found = find_proxy("epe_nas").value(Seen, Batch(torch.zeros(7, 1), labels))
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("given", [None, "three", (1.0, 2.0), 1 + 2j, torch.zeros(2), True])
def test_a_proxy_that_gives_no_number_is_named(given: object) -> None:
    def strange(model: nn.Module) -> object:
        return given

    with pytest.raises(nbs.NasbenchSimError, match=r"the proxy strange gave .*one real number"):
        live.proxy(strange, 0, cells=1, batch=2)


def test_any_function_scores_networks() -> None:
    def weights(model: nn.Module) -> torch.Tensor:
        return sum(p.abs().sum() for p in model.parameters())  # with a gradient

    def pixels(model: nn.Module, batch: Batch) -> float:
        return float(batch.images.shape[0])

    assert live.proxy(weights, [0, 1], cells=1).shape == (2,)
    assert live.proxy(pixels, 0, live.digits(), batch=5, cells=1) == 5
    frame = live.proxy_frame([weights, "params"], [0], cells=1)
    assert frame["proxy"].tolist() == ["weights", "params"]
    with pytest.raises(nbs.NasbenchSimError, match="weights is there twice"):
        live.proxy_frame([weights, weights], [0], cells=1)
    with pytest.raises(nbs.NasbenchSimError, match="looks at real images"):
        live.proxy(pixels, 0, cells=1)
    with pytest.raises(nbs.NasbenchSimError, match="takes a network, or a network and a batch"):
        live.proxy(lambda: 1.0, 0, cells=1)


def test_the_name_of_a_built_in_proxy_is_taken() -> None:
    with pytest.raises(nbs.NasbenchSimError, match=r"'synflow'.*nasbench_sim.live.proxies.synflow"):
        live.register_proxy("synflow")(lambda model, given: 1.0)


@pytest.mark.parametrize("given", [(np.zeros((4, 1, 8, 8)), np.zeros(4)), [1, 2]])
def test_what_is_no_data_set_is_refused_everywhere(given: object) -> None:
    tiny = live.SharedTraining(epochs=1, channels=4, cells=1)
    for call in (
        lambda: live.proxy("snip", 0, given),
        lambda: live.gradient_search("darts", given, tiny),
        lambda: live.enas(given, tiny),
        lambda: live.train_supernet(given, tiny),
        lambda: live.train(0, given),
    ):
        with pytest.raises(nbs.NasbenchSimError, match="images: Images is expected"):
            call()


@pytest.mark.parametrize("device", ["", "meta", "cpv"])
def test_devices_that_cannot_compute(device: str) -> None:
    with pytest.raises(nbs.NasbenchSimError, match=f"cannot compute on '{device}'"):
        live.proxy("l2_norm", 0, device=device)
