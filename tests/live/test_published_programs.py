"""Numbers that the published programs gave, on weights and images that a formula makes.

AutoDL-Projects: ``models/cell_infers/tiny_network.py``, ``models/shape_infers/InferTinyCellNet.py``,
``exps/NAS-Bench-201/functions.py`` (``procedure``), ``procedures/optimizers.py`` and
``configs/nas-benchmark/cifar-split.txt``. NAS-Bench-Macro: ``train/model.py``. HW-NAS-Bench: ``FBNet_Infer``.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nasbench_sim import live
from nasbench_sim.benchmarks.fbnet.networks import FBNetNetwork
from nasbench_sim.live.folders import _published_order
from nasbench_sim.live.training import Trainer

Logits = list[list[float]]


def filled(model: torch.nn.Module) -> torch.nn.Module:
    """Put waves of their place into all weights: those of a vector around 1, all others around 0."""
    with torch.no_grad():
        for number, weights in enumerate(model.parameters()):
            wave = torch.sin(0.7 * torch.arange(weights.numel(), dtype=torch.float64) + number)
            vector = weights.ndim == 1
            scale = 0.3 if vector else (3 / weights[0].numel()) ** 0.5
            weights.copy_(scale * wave.reshape(weights.shape) + vector)
    return model


def given(model: torch.nn.Module, side: int) -> Logits:
    """Give what a filled network, in training mode, says of two images of waves."""
    images = torch.sin(0.3 * torch.arange(2 * 3 * side * side)).reshape(2, 3, side, side)
    with torch.no_grad():
        found: Logits = filled(model).train()(images).tolist()
    return found


@pytest.mark.parametrize(
    ("index", "published"),
    [
        (0, [[5.3996, 2.5412, -2.723], [-2.0487, 0.2258, 3.7852]]),
        (1462, [[1.3683, 2.7655, 1.3839], [1.3527, 2.7619, 1.3981]]),
        (1651, [[2.3594, 2.8252, 0.7057], [2.3594, 2.8252, 0.7057]]),  # no operation at all
        (6111, [[0.4754, 1.5972, 1.5387], [0.6291, 2.6525, 1.8135]]),
        (123, [[1.7584, 1.5001, 0.4955], [1.6497, 1.4215, 0.5722]]),
        (4242, [[-1.0851, 4.355, 4.7713], [5.4132, 1.4424, -2.9095]]),  # pooling and skips
    ],
)
def test_the_network_of_nas_bench_201(index: int, published: Logits) -> None:
    found = given(live.network(index, channels=4, cells=2, classes=3), 8)
    assert np.allclose(found, published, atol=2e-3)


@pytest.mark.parametrize(
    ("widths", "published"),
    [
        ("8:24:40:16:64", [[2.0319, 0.4601, -0.7447], [2.0879, 0.5371, -0.6955]]),
        ("64:8:8:32:16", [[0.9333, 1.0596, 0.9549], [1.2953, 0.8332, 0.5011]]),
    ],
)
def test_the_network_of_the_size_space(widths: str, published: Logits) -> None:
    assert np.allclose(
        given(live.network(widths, classes=3, within="nats-bench-size"), 8), published, atol=2e-3
    )


@pytest.mark.parametrize(
    ("blocks", "published"),
    [
        ("00000000", [[4.4182, 2.9819, -6.3683], [3.492, 4.0942, -7.2183]]),
        ("01201202", [[2.9229, 4.2562, -6.8265], [4.039, 2.9721, -5.892]]),
        ("22222222", [[2.9844, 4.6684, -7.7024], [4.786, 2.4784, -6.0068]]),
    ],
)
def test_the_network_of_nas_bench_macro(blocks: str, published: Logits) -> None:
    found = given(live.network(blocks, classes=3, within="nas-bench-macro"), 16)
    assert np.allclose(found, published, atol=2e-3)


@pytest.mark.parametrize(
    ("dataset", "side", "first", "published"),
    [
        ("cifar100", 16, 0, [[5.0518, 1.223, -2.6469], [4.2045, 1.8874, -3.0402]]),
        ("cifar100", 16, 8, [[3.254, 1.8678, -3.3738], [4.4032, 0.6482, -2.2459]]),
        ("ImageNet", 64, 0, [[5.2288, 2.8311, 0.2458], [4.1581, 1.7674, -0.7615]]),
        ("ImageNet", 64, 8, [[5.1311, 2.9956, 0.8298], [3.5854, 1.2692, -0.9971]]),
    ],
)
def test_the_network_of_fbnet(dataset: str, side: int, first: int, published: Logits) -> None:
    blocks = [abs(first - layer % 9) for layer in range(22)]
    assert np.allclose(given(FBNetNetwork(blocks, 3, 3, dataset), side), published, atol=2e-3)


def test_fbnet_begins_with_small_logits_and_weights_by_what_goes_out() -> None:
    model = FBNetNetwork([3] * 22, 10, 3)
    assert float(model.classifier.weight.detach().std()) == pytest.approx(0.001, rel=0.05)
    assert not model.classifier.bias.any()
    wide = model.layers[-3].weight.detach()
    assert float(wide.std()) == pytest.approx((2 / len(wide)) ** 0.5, rel=0.05)


def test_the_learning_rate_is_set_anew_at_every_epoch() -> None:
    # `procedure` passes the part of the epoch that is through; `CosineAnnealingLR.get_lr` leaves it out.
    published = [0.1, 0.098296, 0.093301, 0.085355, 0.075, 0.062941, 0.05, 0.037059, 0.025, 0.014645]
    published += [0.006699, 0.001704]
    recipe = live.Recipe(epochs=12)
    for part in (0.0, 1 / 3, 2 / 3):
        assert [round(recipe.rate(epoch, part), 6) for epoch in range(12)] == published
    smooth = live.Recipe(epochs=12, annealed="iteration")
    assert smooth.rate(5, 0.5) == pytest.approx(0.1 * 0.5 * (1 + np.cos(np.pi * 5.5 / 12)))


def test_the_curves_of_a_training() -> None:
    published = [  # train loss and accuracy, validation loss and accuracy
        [2.6152, 16.3636, 9.0727, 8.3333],
        [2.425, 18.1818, 3.9667, 11.6667],
        [2.2995, 19.0909, 3.1022, 16.6667],
        [2.2446, 20.9091, 2.8317, 16.6667],
    ]
    images = live.digits(parts=(110, 60, 60))  # batches of 50, 50 and 10
    recipe = live.Recipe(epochs=4, batch=50, channels=4, cells=1, learning_rate=0.02, weight_decay=0.05)
    model = filled(live.network(6111, channels=4, cells=1, colors=1))
    trainer = Trainer(model, images, recipe, seed=5, device=torch.device("cpu"))
    names = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
    for epoch, expected in enumerate(published):
        found = trainer.epoch(epoch)
        assert [found[name] for name in names] == pytest.approx(expected, abs=2e-3)


def test_which_images_of_cifar10_are_trained_on() -> None:
    train, val = (np.sort(half) for half in np.split(_published_order(50_000), 2))
    assert train[:10].tolist() == [0, 5, 7, 11, 13, 15, 16, 17, 20, 24]
    assert val[:10].tolist() == [1, 2, 3, 4, 6, 8, 9, 10, 12, 14]
    assert (train[10], train[111], val[10], val[111]) == (26, 203, 18, 242)
