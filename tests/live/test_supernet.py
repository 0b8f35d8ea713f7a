from __future__ import annotations

import numpy as np
import pytest
import torch

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.data import Batch
from nasbench_sim.live.supernet.gradient_search import _grown
from nasbench_sim.live.supernet.hessian import unrolled_gradient
from nasbench_sim.live.supernet.network import Choice, Supernet, single_path
from nasbench_sim.live.supernet.relaxation import beta_penalty, gumbel, relaxation, relaxations
from nasbench_sim.live.supernet.sharing import SharedWeights

SPACE = nbs.space("nas-bench-201")
TINY = live.SharedTraining(epochs=2, batch=32, channels=4, cells=1)


@pytest.fixture(scope="module")
def images() -> live.Images:
    return live.digits(parts=(64, 64, 64))


def supernet(**options: int) -> Supernet:
    torch.manual_seed(0)
    return Supernet(**{"channels": 4, "cells": 1, "classes": 10, "colors": 1, **options})


@pytest.mark.parametrize("ops", [[3, 1, 2, 0, 4, 3], [0] * 6, [1] * 6])
def test_a_path_is_the_mixture_with_all_weight_on_it(ops: list[int]) -> None:
    with torch.random.fork_rng():
        model = supernet()
        x = torch.randn(5, 1, 8, 8)
        choice = single_path(ops)
        assert torch.allclose(model(x, choice), model(x, Choice(choice.weights)), atol=1e-6)


def test_a_path_of_skips_and_pools_is_the_network_of_its_own() -> None:
    # without weighted operations, cells are the same; the rest has the same weights when they are copied
    with torch.random.fork_rng():
        model = supernet()
        ops = [1, 0, 4, 1, 0, 4]
        alone = live.network(SPACE.index(ops), channels=4, cells=1, colors=1)
        own = {k: v for k, v in model.network.state_dict().items() if k in alone.state_dict()}
        alone.load_state_dict(own, strict=False)
        x = torch.randn(5, 1, 8, 8)
        assert torch.allclose(model(x, single_path(ops)), alone.train()(x), atol=1e-5)


def test_partial_channels_pass_and_are_shuffled() -> None:
    with torch.random.fork_rng():
        cell = supernet(channels=8, partial=4).network.blocks[0]
        x = torch.randn(2, 8, 4, 4)
        cell.choice = single_path([1, 0, 0, 0, 0, 0])
        order = [0, 2, 4, 6, 1, 3, 5, 7]
        assert torch.equal(cell._partly(0, x), x[:, order])
        x[:, :2] = 0  # the part that an edge without operation does not carry
        assert torch.equal(cell._partly(1, x), x[:, order])
    with pytest.raises(nbs.NasbenchSimError, match="equal parts"):
        supernet(channels=6, partial=4)


def test_gumbel_draws_one_operation_an_edge_with_a_gradient() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        logits = torch.zeros(6, 5)
        logits[:, 2] = 3.0
        logits.requires_grad_()
        choices = [gumbel(logits, 1.0) for _ in range(200)]
        picked = np.array([choice.picked for choice in choices])
        share = float(torch.softmax(logits.detach(), dim=1)[0, 2])
        assert np.mean(picked == 2) == pytest.approx(share, abs=0.04)
        weights = choices[0].weights
        assert torch.allclose(weights.detach().sum(dim=1), torch.ones(6))
        assert torch.allclose(weights.detach().amax(dim=1), torch.ones(6))
        (gradient,) = torch.autograd.grad(gumbel(logits, 0.0).weights[:, 0].sum(), logits)
        assert bool((gradient != 0).any())


def test_the_beta_regulariser_grows() -> None:
    logits = torch.zeros(6, 5)
    assert float(beta_penalty(logits, 0.5)) == pytest.approx(25 * np.log(5), rel=1e-5)


def test_the_step_ahead_puts_the_weights_back_and_has_the_exact_gradient(
    images: live.Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The published step crosses kinks of so small a network; a tiny one in double precision does not.
    monkeypatch.setattr("nasbench_sim.live.supernet.hessian._STEP", 1e-6)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        shared = SharedWeights(images, TINY, partial=1, seed=0, device="cpu")
        shared.supernet.double()
        logits = (0.1 * torch.randn(6, 5, dtype=torch.float64)).requires_grad_()
        train, val = (
            Batch(part.images.double(), part.labels) for part in (shared.val_batch(), shared.val_batch())
        )
        before = [weight.detach().clone() for weight in shared.supernet.parameters()]

        def loss(batch: object) -> torch.Tensor:
            return shared.loss(batch, Choice(logits.softmax(dim=1)))

        found, value = unrolled_gradient(shared, logits, lambda: loss(train), lambda: loss(val))
        assert all(map(torch.equal, before, shared.supernet.parameters()))
        assert np.isfinite(value)
        names = [name for name, _ in shared.supernet.named_parameters()]
        weights = list(shared.supernet.parameters())
        first = torch.autograd.grad(loss(train), weights, create_graph=True, allow_unused=True)
        rate, decay = TINY.learning_rate, TINY.weight_decay
        ahead = {
            name: w - rate * (decay * w + (0 if g is None else g))
            for name, w, g in zip(names, weights, first, strict=True)
        }
        choice = Choice(logits.softmax(dim=1))
        output = torch.func.functional_call(shared.supernet, ahead, (val.images, choice))
        exact = torch.autograd.grad(torch.nn.functional.cross_entropy(output, val.labels), logits)[0]
        assert torch.allclose(found, exact, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", relaxations())
def test_every_search_ends_and_repeats(method: str, images: live.Images) -> None:
    training = live.SharedTraining(epochs=2, batch=32, channels=4, cells=1)
    first = live.gradient_search(method, images, training, seed=1, learning_rate=0.1)
    again = live.gradient_search(method, images, training, seed=1, learning_rate=0.1)
    assert first.trajectory["index"].tolist() == again.trajectory["index"].tolist()
    assert first.trajectory["train_loss"].tolist() == again.trajectory["train_loss"].tolist()
    assert first.architecture == first.trajectory["index"].iloc[-1]
    assert first.trajectory["epoch"].tolist() == [1, 2]
    looked_up = first.looked_up(nbs.load_table("nas-bench-201-digits"), "test_accuracy")
    assert looked_up.notna().all()


def test_stopping_by_skips(images: live.Images, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasbench_sim.live.supernet import gradient_search as module

    ends = iter([[3] * 6, [1, 1, 3, 3, 3, 3], [1, 1, 1, 3, 3, 3], [3] * 6])
    monkeypatch.setattr(module._Search, "_ended", lambda self: np.array(next(ends)))
    training = live.SharedTraining(epochs=4, batch=64, channels=4, cells=1)
    found = live.gradient_search("darts", images, training, stop="skips")
    assert found.trajectory["skips"].tolist() == [0, 2]
    assert found.architecture == SPACE.index([1, 1, 3, 3, 3, 3])
    assert found.stopped == "more than 2 skip connections after epoch 3"


def test_stopping_by_the_eigenvalue() -> None:
    assert not _grown([1.0] * 9)
    assert not _grown([1.0] * 5 + [1.3] * 5)
    assert _grown([1.0] * 5 + [1.4] * 5)


def test_the_eigenvalue_is_watched(images: live.Images) -> None:
    training = live.SharedTraining(epochs=1, batch=32, channels=4, cells=1)
    found = live.gradient_search("darts", images, training, stop="eigenvalue")
    assert np.isfinite(found.trajectory["eigenvalue"]).all()


def test_inherited_accuracies_make_a_table_to_search(images: live.Images) -> None:
    trained = live.train_supernet(images, TINY, seed=2)
    again = live.train_supernet(images, TINY, seed=2)
    chosen = [0, 9, 6111]
    assert np.array_equal(trained.accuracy(chosen), again.accuracy(chosen))
    assert trained.accuracy(9) == trained.accuracy([9])[0]
    assert trained.outcome.trajectory["epoch"].tolist() == [1, 2]
    table = trained.table("inherited", chosen)
    assert table.query(chosen, "val_accuracy").tolist() == trained.accuracy(chosen).tolist()
    assert np.isnan(table.query(1, "val_accuracy"))


def test_a_supernet_learns() -> None:
    easy = live.digits(noise=0.0, parts=(600, 400, 400))
    training = live.SharedTraining(epochs=15, batch=32, learning_rate=0.1, channels=4, cells=1)
    trained = live.train_supernet(easy, training)
    assert trained.accuracy(SPACE.index([1, 1, 3, 3, 3, 3])) > 50
    assert trained.accuracy(SPACE.index([0] * 6)) < 25


def test_enas_learns_from_rewards(images: live.Images) -> None:
    found = live.enas(images, TINY, steps=2, aggregated=2, seed=1)
    again = live.enas(images, TINY, steps=2, aggregated=2, seed=1)
    assert found.trajectory["reward"].tolist() == again.trajectory["reward"].tolist()
    assert found.architecture == again.architecture


def test_wrong_requests(images: live.Images) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="did you mean 'darts'"):
        live.gradient_search("dart", images)
    with pytest.raises(nbs.NasbenchSimError, match="stop is"):
        live.gradient_search("darts", images, TINY, stop="never")
    with pytest.raises(nbs.NasbenchSimError, match="epochs"):
        live.SharedTraining(epochs=0)
    assert relaxation("gdas").name == "gdas"
