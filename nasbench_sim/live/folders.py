"""Published image data sets, read from a person's own folder."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasbench_sim.errors import FileFormatError, RequestError, unknown
from nasbench_sim.live.data import Images
from nasbench_sim.mistaken import check_kind
from nasbench_sim.tables.restricted import NUMPY, read_pickle

Pixels = NDArray[np.uint8]
"""Images (n, 3, side, side)."""
Pair = tuple[Pixels, NDArray[np.int64]]

# Mean and standard deviation of the pixels in AutoDL-Projects' configuration.
_STATISTICS = {
    "cifar10": ((125.3, 123.0, 113.9), (63.0, 62.1, 66.7)),
    "cifar100": ((129.3, 124.1, 112.4), (68.2, 65.4, 70.4)),
    "ImageNet16-120": ((122.68, 116.66, 104.01), (63.22, 61.26, 65.09)),
}
_CLASSES = {"cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}
_LARGEST_GREY = 65535  # of 16 bits
_SUFFIXES = (".jpg", ".jpeg", ".png")


def load_images(dataset: str, folder: str | Path, *, seed: int = 0) -> Images:
    """Read a published data set, normalised and augmented as NAS-Bench-201 trains it.

    Parameters
    ----------
    dataset
        ``cifar10`` from ``cifar-10-batches-bin`` or ``cifar-10-batches-py``, ``cifar100`` from
        ``cifar-100-binary`` or ``cifar-100-python`` (the publisher's archives, unpacked), or
        ``ImageNet16-120`` from a folder with ``train_data_batch_1`` to ``train_data_batch_10`` and
        ``val_data``.
    folder
        That folder, or the one that it lies in.
    seed
        Of the split of the tests of cifar100 and ImageNet16-120 into halves, at random: which images the
        published halves have is not used. cifar10 is cut into the published 25,000 images to train and
        25,000 to validate.

    Raises
    ------
    RequestError
        For an unknown data set or a missing folder.
    FileFormatError
        For a file that is missing or not of the right size.

    References
    ----------
    AutoDL-Projects, ``exps/NAS-Bench-201/main.py``, and ``configs/nas-benchmark/cifar-split.txt`` for which
    images of cifar10 are trained on.
    """
    if dataset not in _STATISTICS:
        raise unknown("data set", dataset, _STATISTICS)
    if dataset == "ImageNet16-120":
        train, test = _imagenet16(_found(folder, "ImageNet16"))
    elif dataset == "cifar10":
        within = _found(folder, "cifar-10-batches-bin", "cifar-10-batches-py")
        train = _joined([_cifar(within / f"data_batch_{k}", 10_000, 1) for k in range(1, 6)])
        test = _cifar(within / "test_batch", 10_000, 1)
    else:
        within = _found(folder, "cifar-100-binary", "cifar-100-python")
        train = _cifar(within / "train", 50_000, 2)
        test = _cifar(within / "test", 10_000, 2)
    if dataset == "cifar10":
        train, val = _halves(train, _published_order(len(train[0])))
    else:
        val, test = _halves(test, np.random.default_rng(seed).permutation(len(test[0])))
    return _images(dataset, (train, val, test), _CLASSES[dataset], *_STATISTICS[dataset])


def load_image_folder(folder: str | Path, name: str, *, val: float = 0.2, seed: int = 0) -> Images:
    """Read images that lie as ``train/<class>/<image>`` and ``test/<class>/<image>``, JPEG or PNG.

    Parameters
    ----------
    folder
        Has ``train`` and ``test``; all images have the same, square size.
    name
        What tables call the data set.
    val
        The part of the training images that is kept for validation, drawn at random by `seed`.

    Raises
    ------
    RequestError
        For a missing folder, or one without images.
    FileFormatError
        For an image that cannot be read or has another size than the first.
    """
    if not 0 < val < 1:
        raise RequestError(f"val is a part between 0 and 1 of the training images, not {val}")
    folder = Path(folder)
    labels, tested = (
        [path.name for path in sorted((folder / part).glob("*")) if path.is_dir()]
        for part in ("train", "test")
    )
    if not labels:
        raise RequestError(f"{folder} has no folder train/<class>")
    strange = sorted(set(tested) - set(labels))
    if strange:
        raise RequestError(f"{folder}: test has a class {strange[0]!r} that train has not")
    train, test = _tree(folder / "train", labels), _tree(folder / "test", labels)
    if train[0].shape[1:] != test[0].shape[1:]:
        raise FileFormatError(f"{folder}: images of train and test differ in size")
    order = np.random.default_rng(seed).permutation(len(train[0]))
    kept = max(1, round(val * len(order)))
    if kept == len(order):
        raise RequestError(f"val={val} of {len(order)} training images leaves none to train on")
    parts = (_rows(train, order[kept:]), _rows(train, order[:kept]), test)
    pixels = parts[0][0].astype(np.float64)
    mean, std = pixels.mean(axis=(0, 2, 3)), pixels.std(axis=(0, 2, 3))
    return _images(name, parts, len(labels), tuple(mean), tuple(std))


def _images(
    name: str,
    parts: tuple[Pair, Pair, Pair],
    classes: int,
    mean: tuple[float, ...],
    std: tuple[float, ...],
) -> Images:
    """Normalise pixels of 0 to 255; crops are padded by an eighth of the side, as published."""
    center = torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1)
    scale = torch.tensor(std, dtype=torch.float32).view(1, -1, 1, 1)

    def normal(part: Pair) -> tuple[Tensor, Tensor]:
        return (torch.from_numpy(part[0].astype(np.float32)) - center) / scale, torch.from_numpy(part[1])

    train, val, test = (normal(part) for part in parts)
    return Images(
        name,
        train,
        val,
        test,
        classes=classes,
        black=tuple(float(-m / s) for m, s in zip(mean, std, strict=True)),
        flip=True,
        padding=parts[0][0].shape[-1] // 8,
    )


def _found(folder: str | Path, *names: str) -> Path:
    """Give the folder itself, or the first of those names that is a folder in it."""
    folder = Path(folder)
    if not folder.is_dir():
        raise RequestError(f"there is no folder {folder}")
    return next((folder / name for name in names if (folder / name).is_dir()), folder)


def _cifar(stem: Path, count: int, labels: int) -> Pair:
    """Read a CIFAR file of the Python version, where there is one, or else of the binary version."""
    return _pickled(stem, count) if stem.is_file() else _binary(stem.with_suffix(".bin"), count, labels)


def _pickled(path: Path, count: int) -> Pair:
    content = read_pickle(path, NUMPY)
    try:
        pixels = np.asarray(content["data"], dtype=np.uint8).reshape(count, 3, 32, 32)
        named = content["fine_labels"] if "fine_labels" in content else content["labels"]
        return pixels, np.asarray(named, dtype=np.int64).reshape(count)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} is not a file of {count:,} images of CIFAR: {error}") from error


def _binary(path: Path, count: int, labels: int) -> Pair:
    """Read a CIFAR file: for each image its labels, of which the last counts, and 3 x 32 x 32 bytes."""
    row = labels + 3072
    if not path.is_file():
        raise FileFormatError(
            f"{path} is missing; the binary version of CIFAR has it (the Python one is read too)"
        )
    check_kind(path)
    if path.stat().st_size != count * row:
        raise FileFormatError(f"{path} has {path.stat().st_size:,} bytes, not {count * row:,}: is it whole?")
    content = np.fromfile(path, dtype=np.uint8).reshape(count, row)
    return content[:, labels:].reshape(-1, 3, 32, 32), content[:, labels - 1].astype(np.int64)


def _imagenet16(folder: Path) -> tuple[Pair, Pair]:
    train = _joined([_imagenet16_file(folder / f"train_data_batch_{k}") for k in range(1, 11)])
    return train, _imagenet16_file(folder / "val_data")


def _imagenet16_file(path: Path) -> Pair:
    """Read one file of downsampled ImageNet, and keep its first 120 classes; labels there start at 1."""
    if not path.is_file():
        raise FileFormatError(f"{path} is missing")
    content = read_pickle(path, NUMPY)
    try:
        pixels = np.asarray(content["data"], dtype=np.uint8).reshape(-1, 3, 16, 16)
        labels = np.asarray(content["labels"], dtype=np.int64) - 1
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} is not a file of ImageNet16: {error}") from error
    if labels.shape != pixels.shape[:1]:
        raise FileFormatError(f"{path} has {len(pixels)} images and labels of shape {labels.shape}")
    return _rows((pixels, labels), np.flatnonzero(labels < _CLASSES["ImageNet16-120"]))


def _tree(folder: Path, labels: list[str]) -> Pair:
    from PIL import Image, UnidentifiedImageError

    pixels: list[Pixels] = []
    found: list[int] = []
    for label, name in enumerate(labels):
        for path in sorted((folder / name).glob("*")):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            try:
                with Image.open(path) as image:
                    pixels.append(_eight_bits(image).transpose(2, 0, 1))
            except (UnidentifiedImageError, OSError) as error:
                raise FileFormatError(f"{path} cannot be read as an image: {error}") from error
            if pixels[-1].shape != (3, *pixels[0].shape[2:], pixels[0].shape[2]):
                raise FileFormatError(f"{path} is not of the same square size as the first image")
            found.append(label)
    if not pixels:
        more = ", ..." if len(labels) > 5 else ""
        raise RequestError(f"{folder} has no images of the classes {', '.join(labels[:5])}{more}")
    return np.stack(pixels), np.array(found, dtype=np.int64)


def _eight_bits(image: Any) -> Pixels:
    """Turn an opened image into colors of 0 to 255: (side, side, 3); 16 bits of grey are scaled to 8."""
    if image.mode.startswith(("I", "F")):
        grey = np.asarray(image)
        if grey.dtype.kind == "f" or grey.min() < 0 or grey.max() > _LARGEST_GREY:
            raise OSError(f"its pixels (mode {image.mode}) are neither of 8 nor of 16 bits")
        scaled = np.round(grey / (_LARGEST_GREY / 255)).astype(np.uint8)
        return np.repeat(scaled[..., None], 3, axis=-1)
    return np.asarray(image.convert("RGB"))


def _joined(pairs: list[Pair]) -> Pair:
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def _rows(pair: Pair, rows: NDArray[np.int64]) -> Pair:
    return pair[0][rows], pair[1][rows]


def _halves(pair: Pair, order: NDArray[np.int64]) -> tuple[Pair, Pair]:
    """Cut in two by the first and the second half of an order, each in the order of the files."""
    first, second = np.split(order, [len(order) // 2])
    return _rows(pair, np.sort(first)), _rows(pair, np.sort(second))


def _published_order(count: int) -> NDArray[np.int64]:
    """Give the images of cifar10 in the published shuffled order, whose first half is trained on."""
    order = list(range(count))
    random.Random(1021).shuffle(order)
    return np.array(order, dtype=np.int64)
