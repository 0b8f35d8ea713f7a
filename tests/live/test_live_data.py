from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.folders import _pickled


def arrays(count: int = 12) -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(0).normal(size=(count, 8, 8)), np.arange(count) % 3


def test_parts_are_disjoint_and_normalised_by_the_training_part() -> None:
    images = live.digits(parts=(600, 400, 400))
    parts = [part[0].flatten(1) for part in (images.train, images.val, images.test)]
    assert abs(float(parts[0].mean())) < 1e-6
    assert len(torch.unique(torch.cat(parts), dim=0)) == 1400


def test_channels_last_arrays_are_the_same_images() -> None:
    pixels = np.random.default_rng(0).normal(size=(9, 3, 8, 8))
    labels = np.arange(9) % 3
    first = live.from_arrays("a", pixels, labels, parts=(3, 3, 3))
    last = live.from_arrays("a", pixels.transpose(0, 2, 3, 1), labels, parts=(3, 3, 3))
    assert first.describe() == last.describe()


@pytest.mark.parametrize(
    ("pixels", "labels", "parts", "message"),
    [
        (arrays()[0], arrays()[1], (10, 2, 1), "12 at most"),
        (arrays()[0], arrays()[1], (10, 2), "three parts"),
        (arrays()[0], arrays()[1], (1.5, 2, 2), "three parts"),
        (arrays()[0], arrays()[1][:5], (4, 4, 4), "one an image"),
        (arrays()[0], arrays()[1] * 0.5, (4, 4, 4), "whole numbers"),
        (arrays()[0][:, :7], arrays()[1], (4, 4, 4), "shape"),
        (arrays()[0].astype(str), arrays()[1], (4, 4, 4), "numbers"),
        (arrays()[0] * 0, arrays()[1], (4, 4, 4), "the same in all"),
        (arrays()[0], arrays()[1] - 1, (4, 4, 4), "labels lie between"),
        (np.where(arrays()[0] > 2, np.nan, arrays()[0]), arrays()[1], (4, 4, 4), "same|finite"),
    ],
)
def test_wrong_arrays(pixels: object, labels: object, parts: tuple[int, int, int], message: str) -> None:
    with pytest.raises(nbs.NasbenchSimError, match=message):
        live.from_arrays("mine", pixels, labels, parts=parts)


def test_low_fidelity_knobs() -> None:
    images = live.digits(parts=(100, 50, 50))
    assert images.subset(0.3).train[0].shape == (30, 1, 8, 8)
    assert images.resized(4).test[0].shape == (50, 1, 4, 4)
    assert torch.allclose(images.resized(4).val[0][0, 0, 0, 0], images.val[0][0, 0, :2, :2].mean())
    assert len(images.trained_on_both().train[1]) == 150
    for wrong in (0, 1.5, float("nan")):
        with pytest.raises(nbs.NasbenchSimError, match="fraction"):
            images.subset(wrong)
    for side in (3, 4.5):
        with pytest.raises(nbs.NasbenchSimError, match="4 or more"):
            images.resized(side)


def tree(folder: Path, side: int = 8) -> None:
    drawn = np.random.default_rng(0)
    for part, count in (("train", 4), ("test", 2)):
        for label in ("cat", "dog"):
            (folder / part / label).mkdir(parents=True)
            for k in range(count):
                pixels = drawn.integers(0, 256, size=(side, side, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / part / label / f"{k}.png")


def test_a_folder_of_images(tmp_path: Path) -> None:
    tree(tmp_path)
    images = live.load_image_folder(tmp_path, "pets", val=0.25)
    assert [len(part[0]) for part in (images.train, images.val, images.test)] == [6, 2, 4]
    assert (images.classes, images.side, images.padding, images.flip) == (2, 8, 1, True)
    pixels = np.asarray(Image.open(tmp_path / "test" / "cat" / "0.png"), dtype=np.float32)
    spread = images.test[0][0].numpy()
    assert np.corrcoef(pixels.transpose(2, 0, 1)[0].ravel(), spread[0].ravel())[0, 1] > 0.9999


def test_broken_folders(tmp_path: Path) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="no folder train"):
        live.load_image_folder(tmp_path, "pets")
    tree(tmp_path)
    with pytest.raises(nbs.NasbenchSimError, match="leaves none to train on"):
        live.load_image_folder(tmp_path, "pets", val=0.99)
    (tmp_path / "test" / "cow").mkdir()
    with pytest.raises(nbs.NasbenchSimError, match="test has a class 'cow' that train has not"):
        live.load_image_folder(tmp_path, "pets")
    (tmp_path / "test" / "cow").rmdir()
    (tmp_path / "train" / "cat" / "0.png").write_bytes(b"no image")
    with pytest.raises(nbs.NasbenchSimError, match=r"0\.png cannot be read"):
        live.load_image_folder(tmp_path, "pets")
    Image.new("RGB", (8, 9)).save(tmp_path / "train" / "cat" / "0.png")
    with pytest.raises(nbs.NasbenchSimError, match="size"):
        live.load_image_folder(tmp_path, "pets")


def test_missing_and_half_downloaded_data_sets(tmp_path: Path) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="did you mean 'cifar10'"):
        live.load_images("cifar11", tmp_path)
    with pytest.raises(nbs.NasbenchSimError, match="there is no folder"):
        live.load_images("cifar10", tmp_path / "nowhere")
    with pytest.raises(nbs.NasbenchSimError, match=r"data_batch_1\.bin is missing"):
        live.load_images("cifar10", tmp_path)
    folder = tmp_path / "cifar-100-binary"
    folder.mkdir()
    (folder / "train.bin").write_bytes(bytes(3074 * 10))
    with pytest.raises(nbs.NasbenchSimError, match="nothing but zeros"):
        live.load_images("cifar100", tmp_path)
    with pytest.raises(nbs.NasbenchSimError, match="train_data_batch_1 is missing"):
        live.load_images("ImageNet16-120", tmp_path)


def test_a_file_of_imagenet16(tmp_path: Path) -> None:
    import pickle

    drawn = np.random.default_rng(0)
    for k, name in enumerate([*(f"train_data_batch_{k}" for k in range(1, 11)), "val_data"]):
        labels = [1, 120, 121, 1000, k + 1, k + 2]  # 121 and above are left out
        pixels = drawn.integers(0, 256, size=(6, 768), dtype=np.uint8)
        with (tmp_path / name).open("wb") as file:
            pickle.dump({"data": pixels, "labels": labels}, file)
    images = live.load_images("ImageNet16-120", tmp_path)
    assert images.train[0].shape == (40, 3, 16, 16)
    assert (len(images.val[0]), len(images.test[0])) == (2, 2)
    assert images.padding == 2
    assert set(images.train[1].tolist()) == {0, 119, *range(11)}


def python_2(text: bytes) -> bytes:
    """Write a byte string as Python 2's pickle does."""
    return b"U" + bytes([len(text)]) + text if len(text) < 256 else b"T" + struct.pack("<i", len(text)) + text


def cifar_file(labels: bytes, pixels: bytes, key: bytes = b"labels") -> bytes:
    """Write a batch as the publisher's archive has it: protocol 2, by Python 2."""
    shape = b"M" + struct.pack("<H", len(labels)) + b"M" + struct.pack("<H", 3072) + b"\x86"
    dtype = b"cnumpy\ndtype\n" + python_2(b"u1") + b"K\x00K\x01\x87R"
    dtype += b"(K\x03" + python_2(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + python_2(b"b") + b"\x87R"
    array += b"(K\x01" + shape + dtype + b"\x89" + python_2(pixels) + b"tb"
    listed = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(" + python_2(b"data") + array + python_2(key) + listed + b"u."


def test_the_python_version_of_cifar(tmp_path: Path) -> None:
    drawn = np.random.default_rng(0)
    labels = bytes(drawn.integers(0, 10, 10_000).tolist())
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    pixels = [drawn.integers(0, 256, 10_000 * 3072, dtype=np.uint8) for _ in range(2)]
    for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"):
        (folder / name).write_bytes(cifar_file(labels, pixels[name == "test_batch"].tobytes()))
    images = live.load_images("cifar10", tmp_path)
    assert [len(part[0]) for part in (images.train, images.val, images.test)] == [25_000, 25_000, 10_000]
    assert bytes(images.test[1].tolist()) == labels
    first = torch.from_numpy(pixels[1][:1024].reshape(32, 32)).float()
    assert torch.allclose(images.test[0][0, 0], (first - 125.3) / 63.0)


def test_a_cut_or_foreign_file_of_the_python_version(tmp_path: Path) -> None:
    path = tmp_path / "test_batch"
    pixels = bytes(5 * 3072)
    path.write_bytes(cifar_file(bytes(5), pixels))
    assert _pickled(path, 5)[0].shape == (5, 3, 32, 32)
    with pytest.raises(nbs.NasbenchSimError, match=r"test_batch is not a file of 10,000 images"):
        _pickled(path, 10_000)
    path.write_bytes(cifar_file(bytes(5), pixels, key=b"names"))
    with pytest.raises(nbs.NasbenchSimError, match="labels"):
        _pickled(path, 5)
    path.write_bytes(cifar_file(bytes(5), pixels)[:-3000])
    with pytest.raises(nbs.NasbenchSimError, match="test_batch is truncated"):
        _pickled(path, 5)


def test_grey_of_16_bits_is_scaled(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).round().astype(np.uint16).reshape(8, 8)
    for part in ("train", "test"):
        for label in ("a", "b"):
            (tmp_path / part / label).mkdir(parents=True)
            for name in range(3):
                Image.fromarray(ramp).save(tmp_path / part / label / f"{name}.png")
    found = live.load_image_folder(tmp_path, "grey")
    black, pixels = torch.tensor(found.black).view(3, 1, 1), found.train[0][0]
    share = (pixels - black) / (pixels - black).max()
    expected = torch.tensor(np.round(ramp / 257) / 255, dtype=torch.float32)
    torch.testing.assert_close(share, expected.expand(3, 8, 8), atol=1e-5, rtol=0)
    for what in (np.full((8, 8), 70_000, dtype=np.int32), np.full((8, 8), 0.5, dtype=np.float32)):
        Image.fromarray(what).save(tmp_path / "train" / "a" / "0.tif")
        (tmp_path / "train" / "a" / "0.tif").rename(tmp_path / "train" / "a" / "0.png")
        with pytest.raises(nbs.NasbenchSimError, match="neither of 8 nor of 16 bits"):
            live.load_image_folder(tmp_path, "grey")


@pytest.mark.parametrize("side", [3, 5, 6, 7, 9, 10, 14, 15, 30])
def test_sides_that_networks_cannot_halve_twice(side: int) -> None:
    pixels = np.random.default_rng(0).normal(size=(30, side, side))
    images = live.from_arrays("odd", pixels, np.arange(30) % 3, parts=(10, 10, 10))
    tiny = live.Recipe(epochs=1, batch=10, channels=4, cells=1)
    near = [s for s in range(4, 64, 4) if abs(s - side) <= 4]
    with pytest.raises(nbs.NasbenchSimError, match=rf"{side} x {side} pixels do not fit .*{near[0]}"):
        live.train(0, images, tiny)
    with pytest.raises(nbs.NasbenchSimError, match="do not fit"):
        live.proxy("synflow", 0, images, batch=4)
    with pytest.raises(nbs.NasbenchSimError, match="do not fit"):
        live.train_supernet(images, live.SharedTraining(epochs=1, channels=4, cells=1))


def test_labels_and_pixels_that_cannot_be_meant() -> None:
    pixels = np.random.default_rng(0).normal(size=(30, 8, 8))
    with pytest.raises(nbs.NasbenchSimError, match="10,000,001 classes are more than there are images"):
        live.from_arrays("far", pixels, np.array([10**7] * 30), parts=(10, 10, 10))
    pixels[3, 0, 0] = np.nan
    with pytest.raises(nbs.NasbenchSimError, match="1 of 30 images have values that are not finite"):
        live.from_arrays("nan", pixels, np.arange(30) % 3, parts=(10, 10, 10))
