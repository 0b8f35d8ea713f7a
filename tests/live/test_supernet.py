from __future__ import annotations

import numpy as np
import pytest
import torch

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.data import Batch
from nasbench_sim.live.supernet.controller import Controller
from nasbench_sim.live.supernet.gradient_search import _grown, most_likely
from nasbench_sim.live.supernet.hessian import largest_eigenvalue, unrolled_gradient
from nasbench_sim.live.supernet.network import Choice, Supernet, single_path
from nasbench_sim.live.supernet.relaxation import (
    Moment,
    beta_penalty,
    gumbel,
    relaxation,
    relaxations,
    softmax,
)
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
        missing = alone.load_state_dict(own, strict=False).missing_keys
        assert all("running" in name or "tracked" in name for name in missing)
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
        choices = [gumbel(logits, Moment(4, 5)) for _ in range(200)]
        picked = np.array([choice.picked for choice in choices])
        share = float(torch.softmax(logits.detach(), dim=1)[0, 2])
        assert np.mean(picked == 2) == pytest.approx(share, abs=0.04)
        weights = choices[0].weights
        assert torch.allclose(weights.detach().sum(dim=1), torch.ones(6))
        assert torch.allclose(weights.detach().amax(dim=1), torch.ones(6))
        (gradient,) = torch.autograd.grad(gumbel(logits, Moment(0, 5)).weights[:, 0].sum(), logits)
        assert bool((gradient != 0).any())


def test_the_beta_regulariser_grows() -> None:
    logits = torch.zeros(6, 5)
    assert float(beta_penalty(logits, Moment(0, 100))) == 0
    assert float(beta_penalty(logits, Moment(50, 100))) == pytest.approx(25 * np.log(5), rel=1e-5)


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
            Batch(part.images.double(), part.labels) for part in (shared.val_batch(32), shared.val_batch(32))
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
    assert not _grown([0.0] * 10)
    assert _grown([1.0] * 5 + [1.4] * 5)


def test_a_search_that_the_eigenvalue_stops_ends_before_it_grew(
    images: live.Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    # RobustDARTS (src/utils.py, EVLocalAvg) on these eigenvalues, one an epoch, with a factor of 4/3 across 5
    # windows from epoch 2 on: it stops after its epoch 13 and goes back to epoch 6, counted from 0.
    from nasbench_sim.live.supernet import gradient_search as module

    found = iter(1 + 0.02 * np.arange(20) ** 1.5)
    monkeypatch.setattr(module, "largest_eigenvalue", lambda loss, logits: next(found))
    training = live.SharedTraining(epochs=20, batch=64, channels=4, cells=1)
    stopped = live.gradient_search("darts", images, training, stop="eigenvalue")
    assert stopped.stopped == "the largest eigenvalue had grown after epoch 14"
    assert stopped.trajectory["epoch"].tolist() == [1, 2, 3, 4, 5, 6, 7]


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
    easy = live.digits(noise=0.0, parts=(600, 100, 100))
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


# Numbers of the published programs on weights, images and logits made of sines, in double precision. The
# network is that of AutoDL-Projects (lib/models/cell_searchs/generic_model.py), cells without affine
# parameters or running statistics, 4 channels, 1 cell a stage; parameters come in the same order in both.


def sines(count: int, shift: float) -> torch.Tensor:
    return 0.5 * torch.sin(torch.arange(count, dtype=torch.float64) * 1.7 + shift)


def published_network(**options: int) -> Supernet:
    with torch.random.fork_rng():
        model = supernet(colors=3, **options).double()
    with torch.no_grad():
        for place, weight in enumerate(model.parameters()):
            filled = sines(weight.numel(), place).view(weight.shape)
            one = weight.ndim == 1
            weight.copy_(filled + 1 if one else filled / weight[0].numel() ** 0.5)
    return model


def sine_batch(shift: int) -> Batch:
    count = torch.arange(6 * 3 * 8 * 8, dtype=torch.float64)
    return Batch(torch.sin(count * count * 0.01 + shift).view(6, 3, 8, 8), (torch.arange(6) * 3 + shift) % 10)


TRAIN, VAL = sine_batch(0), sine_batch(3)
LOGITS = torch.sin(torch.arange(30, dtype=torch.float64)).view(6, 5)
FIRST = Moment(0, 50)


def loss_of(model: Supernet, batch: Batch, choice: Choice) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(model(batch.images, choice), batch.labels)


def test_the_supernet_is_that_of_nas_bench_201() -> None:
    model = published_network()
    assert sum(weight.numel() for weight in model.parameters()) == 25_054
    logits = LOGITS.clone().requires_grad_()
    loss = loss_of(model, VAL, softmax(logits, FIRST))
    (gradient,) = torch.autograd.grad(loss, logits)
    assert float(loss.detach()) == pytest.approx(2.1433475700846443)
    assert gradient[0].tolist() == pytest.approx(
        [-0.013292409783922, -0.019298034652292, 0.029939689427252, 0.010922129474682, -0.008271374465720]
    )
    assert float(gradient.norm()) == pytest.approx(0.22293886869019805)
    torch.autograd.backward(loss_of(model, TRAIN, softmax(LOGITS, FIRST)))
    weights = torch.cat([weight.grad.flatten() for weight in model.parameters() if weight.grad is not None])
    assert float(weights.norm()) == pytest.approx(8.726399137114774)


@pytest.mark.parametrize(
    ("ops", "expected"),
    [
        ([3, 1, 2, 0, 4, 3], 2.195184370703243),
        ([1] * 6, 2.2876288831619247),
        ([0] * 6, 2.2294134601842157),
        ([4, 2, 1, 3, 0, 1], 2.272205466400751),
    ],
)
def test_a_path_is_that_of_nas_bench_201(ops: list[int], expected: float) -> None:
    assert float(loss_of(published_network(), TRAIN, single_path(ops)).detach()) == pytest.approx(expected)


@pytest.mark.parametrize(("epoch", "expected"), [(0, 0.0032510018873492816), (49, 0.014976881251728441)])
def test_gdas_is_that_of_nas_bench_201(epoch: int, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 1 + 0.5 * torch.sin(torch.arange(30, dtype=torch.float64) * 2.3).view(6, 5)
    monkeypatch.setattr(torch.Tensor, "exponential_", lambda own: own.copy_(drawn))
    logits = LOGITS.clone().requires_grad_()
    choice = gumbel(logits, Moment(epoch, 50))
    assert choice.picked == [2, 3, 3, 0, 1, 2]
    loss = loss_of(published_network(), VAL, choice)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert float(loss.detach()) == pytest.approx(2.1474455172675024)
    assert float(gradient.norm()) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("stepped", "value", "norm"),
    [(False, 2.190136304402146, 0.7041071669122311), (True, 2.1751923898045233, 0.1408102197745669)],
)
def test_second_order_is_that_of_nas_bench_201(
    stepped: bool, value: float, norm: float, images: live.Images
) -> None:
    # exps/NAS-Bench-201-algos/DARTS-V2.py, backward_step_unrolled; with and without momentum of a step before
    shared = SharedWeights(images, live.SharedTraining(channels=4, cells=1), partial=1, seed=0, device="cpu")
    shared.supernet = published_network()
    shared.optimizer = torch.optim.SGD(
        shared.supernet.parameters(), lr=0.025, momentum=0.9, weight_decay=3e-4
    )
    if stepped:
        torch.autograd.backward(loss_of(shared.supernet, VAL, softmax(LOGITS, FIRST)))
        shared.optimizer.step()
    logits = LOGITS.clone().requires_grad_()
    gradient, found = unrolled_gradient(
        shared,
        logits,
        lambda: loss_of(shared.supernet, TRAIN, softmax(logits, FIRST)),
        lambda: loss_of(shared.supernet, VAL, softmax(logits, FIRST)),
    )
    assert found == pytest.approx(value)
    assert float(gradient.norm()) == pytest.approx(norm, rel=1e-5)


def test_partial_channels_are_those_of_pc_darts() -> None:
    # PC-DARTS (model_search.py) with the cell of DrNAS (201-space/search_cells.py), a quarter of 8 channels
    model = published_network(channels=8, partial=4)
    edges = torch.cos(torch.arange(6, dtype=torch.float64)).requires_grad_()
    logits = LOGITS.clone().requires_grad_()
    choice = softmax(logits, FIRST)
    choice.edges = torch.cat([part.softmax(dim=0) for part in edges.split([1, 2, 3])])
    loss = loss_of(model, VAL, choice)
    by_logits, by_edges = torch.autograd.grad(loss, [logits, edges])
    assert float(loss.detach()) == pytest.approx(2.450202943239155)
    assert float(by_logits.norm()) == pytest.approx(0.07026759394059781)
    assert by_edges.tolist() == pytest.approx(
        [0, -0.084967837171968, 0.084967837171968, 0.162860734792472, -0.047620213511246, -0.115240521281226],
        abs=1e-12,
    )


def test_the_eigenvalue_is_that_of_robust_darts() -> None:
    # src/search/analyze.py, which adds the weight decay of the logits, 0.001
    model = published_network()
    found = largest_eigenvalue(lambda logits: loss_of(model, VAL, softmax(logits, FIRST)), LOGITS)
    assert found + 0.001 == pytest.approx(0.5725184988983831)


def test_the_controller_is_that_of_nas_bench_201() -> None:
    # lib/models/cell_searchs/search_model_enas_utils.py; parameters are filled in the order of our names
    controller = Controller()
    with torch.no_grad():
        for place, (_, weight) in enumerate(sorted(controller.named_parameters())):
            weight.copy_(4 * sines(weight.numel(), place).view(weight.shape))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ops, logarithm, entropy = controller()
    assert ops == [2, 2, 2, 2, 2, 4]
    assert float(logarithm.detach()) == pytest.approx(-6.19957829, abs=1e-5)
    assert float(entropy.detach()) == pytest.approx(7.95413637, abs=1e-5)


def test_setn_looks_at_the_most_likely_architectures() -> None:
    # lib/models/cell_searchs/generic_model.py, return_topK
    found = most_likely(LOGITS, 100)
    assert found[:3].tolist() == [[2, 3, 4, 0, 0, 2], [1, 3, 4, 0, 0, 2], [2, 3, 4, 0, 1, 2]]
    assert found[99].tolist() == [1, 3, 4, 0, 1, 0]


def test_pc_darts_learns_no_logits_at_first(images: live.Images) -> None:
    training = live.SharedTraining(epochs=10, batch=64, channels=4, cells=1)
    found = live.gradient_search("pc_darts", images, training, learning_rate=1.0).trajectory
    assert found["index"].iloc[:3].nunique() == 1
    assert found["index"].iloc[3] != found["index"].iloc[2]
    assert found["val_loss"].notna().all()


def test_a_search_sees_images_as_training_does(images: live.Images) -> None:
    shifted = live.from_arrays(
        "shifted", np.eye(8)[None].repeat(60, axis=0) + np.arange(60)[:, None, None] % 2, np.arange(60) % 2,
        parts=(20, 20, 20), padding=2,
    )  # fmt: skip
    shared = SharedWeights(shifted, TINY, partial=1, seed=0, device="cpu")
    plain = {image.numpy().tobytes() for image in shifted.train[0]}
    seen = [image.numpy().tobytes() for _, train, _ in shared.batches() for image in train.images]
    assert not set(seen) <= plain
    assert {image.numpy().tobytes() for image in shared.val_batch(20).images} <= plain
