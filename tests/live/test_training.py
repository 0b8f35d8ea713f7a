from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.augmentation import Augmentation
from nasbench_sim.live.checkpoint import Checkpoint
from nasbench_sim.live.training import reproducible

TINY = live.Recipe(epochs=3, batch=40, channels=4, cells=1)
CURVES = ("train_accuracy", "val_accuracy", "test_accuracy", "train_loss", "val_loss", "test_loss")


def images() -> live.Images:
    return live.digits(parts=(100, 50, 50))


def same(a: live.Curves, b: live.Curves) -> bool:
    return all(np.array_equal(a.values[name], b.values[name]) for name in CURVES)


def test_a_seed_fixes_the_curves_and_leaves_no_trace() -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    first = live.train(6111, images(), TINY, seed=1)
    assert same(first, live.train(6111, images(), TINY, seed=1))
    assert not same(first, live.train(6111, images(), TINY, seed=2))
    assert torch.equal(state, torch.get_rng_state())
    assert torch.get_num_threads() == threads


def test_training_learns() -> None:
    recipe = dataclasses.replace(TINY, epochs=6, batch=20)
    curves = live.train(1462, live.digits(noise=0.0, parts=(600, 100, 100)), recipe, seed=0)
    assert curves.last("test_accuracy") > 80
    assert curves.values["train_loss"][-1] < curves.values["train_loss"][0]
    assert np.all(np.diff(curves.values["train_time"]) > 0)


def test_a_gpu_would_use_its_library_for_networks_in_a_fixed_way() -> None:
    with reproducible(0):
        assert torch.backends.cudnn.enabled
        assert torch.backends.cudnn.deterministic
        assert not torch.backends.cudnn.benchmark


class KilledError(Exception):
    pass


def test_a_killed_run_goes_on_to_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataclasses.replace(images(), flip=True, padding=1)
    whole = live.train(9, data, TINY, seed=3)
    path = tmp_path / "state.pt"
    save = Checkpoint.save

    def save_and_die(self: Checkpoint, *state: object) -> None:
        save(self, *state)
        raise KilledError

    monkeypatch.setattr(Checkpoint, "save", save_and_die)
    for _ in range(2):
        with pytest.raises(KilledError):
            live.train(9, data, TINY, seed=3, checkpoint=path)
    monkeypatch.undo()
    assert same(whole, live.train(9, data, TINY, seed=3, checkpoint=path))


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    live.train(9, images(), dataclasses.replace(TINY, epochs=1), seed=3, checkpoint=path)
    with pytest.raises(nbs.NasbenchSimError, match="architecture is 9 there, 10 here"):
        live.train(10, images(), dataclasses.replace(TINY, epochs=1), seed=3, checkpoint=path)
    path.write_bytes(b"no checkpoint")
    with pytest.raises(nbs.NasbenchSimError, match="cannot be read as a checkpoint"):
        live.train(9, images(), TINY, seed=3, checkpoint=path)


def test_a_loss_that_is_not_finite_is_an_error() -> None:
    recipe = dataclasses.replace(TINY, learning_rate=1e30)
    with pytest.raises(live.TrainingError, match="not finite in epoch"):
        live.train(1462, images(), recipe)


def gpu_is_full(*arguments: object) -> None:
    raise torch.OutOfMemoryError("full")


def memory_is_full(*arguments: object) -> None:
    torch.empty(10**14)


def library_is_full(*arguments: object) -> None:
    raise RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")


def numpy_is_full(*arguments: object) -> None:
    np.empty(10**15)


@pytest.mark.parametrize("full", [gpu_is_full, memory_is_full, library_is_full, numpy_is_full])
@pytest.mark.parametrize("where", ["network", "cross_entropy"])
def test_out_of_memory_says_what_to_do(monkeypatch: pytest.MonkeyPatch, full: object, where: str) -> None:
    monkeypatch.setattr(f"nasbench_sim.live.training.{where}", lambda *given, **options: full())
    with pytest.raises(live.TrainingError, match="smaller batch"):
        live.train(0, images(), TINY)


def test_other_errors_of_torch_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "nasbench_sim.live.training.cross_entropy", lambda *a: torch.zeros(2) @ torch.zeros(3)
    )
    with pytest.raises(RuntimeError, match="size"):
        live.train(0, images(), TINY)


@pytest.mark.parametrize("device", ["cuda:99", "nowhere"])
def test_a_device_that_is_not_there(device: str) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="known devices: cpu"):
        live.train(0, images(), TINY, device=device)
    with pytest.raises(nbs.NasbenchSimError, match="known devices: cpu"):
        live.Stopwatch(device=device)
    with pytest.raises(nbs.NasbenchSimError, match="known devices: cpu"):
        live.proxy("synflow", 0, device=device)


def test_a_last_batch_of_one_image_and_one_pixel() -> None:
    data = live.digits(parts=(41, 10, 10)).resized(4)
    with pytest.raises(live.TrainingError, match="take another batch"):
        live.train(0, data, TINY)


def test_other_things_in_the_place_of_images_and_recipe(tmp_path: Path) -> None:
    with pytest.raises(nbs.NasbenchSimError, match=r"images: Images is expected, such as live.digits\(\)"):
        live.train(0, "digits")
    with pytest.raises(nbs.NasbenchSimError, match="recipe: Recipe is expected"):
        live.train(0, images(), {"epochs": 3})
    with pytest.raises(nbs.NasbenchSimError, match="recipe: Recipe is expected"):
        live.RunFile(tmp_path / "runs.jsonl", "nas-bench-201", None, images())


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_wrong_seeds(seed: object) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="a seed is"):
        live.train(0, images(), TINY, seed=seed)


def test_recipes_that_contradict() -> None:
    with pytest.raises(nbs.NasbenchSimError, match="Nesterov"):
        live.Recipe(momentum=0.0)
    with pytest.raises(nbs.NasbenchSimError, match="did you mean 'epoch'"):
        live.Recipe(annealed="epochs")
    with pytest.raises(nbs.NasbenchSimError, match="learning_rate is a finite number"):
        live.Recipe(learning_rate="0.1")


@pytest.mark.parametrize("field", ["epochs", "batch", "channels", "cells", "learning_rate", "weight_decay"])
def test_wrong_recipes(field: str) -> None:
    with pytest.raises(nbs.NasbenchSimError, match=field):
        live.Recipe(**{field: -1})


def test_crops_are_windows_of_the_padded_image() -> None:
    data = dataclasses.replace(images(), padding=2, black=(-7.0,))
    batch = data.train[0][:30]
    moved = Augmentation(data, torch.Generator().manual_seed(0))(batch)
    padded = torch.full((30, 1, 12, 12), -7.0)
    padded[:, :, 2:10, 2:10] = batch
    shifts = set()
    for image, found in zip(padded, moved, strict=True):
        fitting = [
            (row, column)
            for row in range(5)
            for column in range(5)
            if torch.allclose(found, image[:, row : row + 8, column : column + 8], atol=1e-5)
        ]
        assert fitting
        shifts.add(fitting[0])
    assert len(shifts) > 5


def test_flips_are_of_half_of_the_images() -> None:
    data = dataclasses.replace(images(), flip=True)
    batch = data.train[0]
    found = Augmentation(data, torch.Generator().manual_seed(0))(batch)
    flipped = (found == batch.flip(3)).flatten(1).all(dim=1)
    assert torch.equal(found[~flipped], batch[~flipped])
    assert 30 < int(flipped.sum()) < 70
