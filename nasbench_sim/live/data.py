"""Images to train on: arrays in three parts, already normalised."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from nasbench_sim.errors import RequestError

PARTS = ("train", "val", "test")
_FEW = 1000  # classes that a small part of a data set may have more of than images


class Batch(NamedTuple):
    """Images (n, colors, side, side) and labels (n,)."""

    images: Tensor
    labels: Tensor


@dataclasses.dataclass(frozen=True)
class Images:
    """A data set for live training.

    Parameters
    ----------
    name
        What tables call it.
    train, val, test
        Images (n, colors, side, side), float32, normalised, and labels (n,), int64.
    classes
        Number of classes.
    black
        The normalised value of black in each color, which pads a random crop.
    flip
        Whether training flips half of the images from left to right.
    padding
        Pixels by which training shifts images at most, in each direction.

    Examples
    --------
    >>> images = digits()
    >>> images.train[0].shape, images.classes
    (torch.Size([600, 1, 8, 8]), 10)
    """

    name: str
    train: tuple[Tensor, Tensor]
    val: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]
    classes: int
    black: tuple[float, ...]
    flip: bool = False
    padding: int = 0

    def __post_init__(self) -> None:
        """Check shapes, types and labels before any training does."""
        colors, side = self.train[0].shape[1], self.train[0].shape[-1] if self.train[0].ndim == 4 else 0
        for part in PARTS:
            images, labels = getattr(self, part)
            if images.ndim != 4 or tuple(images.shape[1:]) != (colors, side, side):
                raise RequestError(
                    f"{self.name} {part}: images of shape (n, {colors}, {side}, {side}) are expected, "
                    f"not {tuple(images.shape)}"
                )
            if labels.shape != images.shape[:1] or not len(labels):
                raise RequestError(
                    f"{self.name} {part}: one label an image is expected, and one image or more; there are "
                    f"{len(images)} images and labels of shape {tuple(labels.shape)}"
                )
            if int(labels.min()) < 0 or int(labels.max()) >= self.classes:
                raise RequestError(
                    f"{self.name} {part}: labels lie between 0 and {self.classes - 1}, "
                    f"not {int(labels.min())} to {int(labels.max())}"
                )
            if images.dtype != torch.float32 or labels.dtype != torch.int64:
                raise RequestError(
                    f"{self.name} {part}: float32 images and int64 labels are expected, "
                    f"not {images.dtype} and {labels.dtype}"
                )
            if self.classes > max(_FEW, sum(len(getattr(self, each)[1]) for each in PARTS)):
                raise RequestError(
                    f"{self.name}: {self.classes:,} classes are more than there are images; number the "
                    "labels from 0, one class after the other"
                )
            if not bool(torch.isfinite(images).all()):
                raise RequestError(f"{self.name} {part}: an image has values that are not finite")

    @property
    def colors(self) -> int:
        """Color channels of the images."""
        return self.train[0].shape[1]

    @property
    def side(self) -> int:
        """Pixels along a side."""
        return self.train[0].shape[-1]

    def subset(self, fraction: float, seed: int = 0) -> Images:
        """Give the data set with a random part of the training images: the low-fidelity knob.

        Examples
        --------
        >>> len(digits().subset(0.25).train[0])
        150
        """
        count = round(fraction * len(self.train[0])) if 0 < fraction <= 1 else 0
        if not count:
            raise RequestError(f"a fraction of the training images lies above 0 and up to 1, not {fraction}")
        kept = torch.from_numpy(np.random.default_rng(seed).permutation(len(self.train[0]))[:count])
        return dataclasses.replace(self, train=(self.train[0][kept], self.train[1][kept]))

    def resized(self, side: int) -> Images:
        """Give the data set with images of another side, averaged over areas: the low-fidelity knob."""
        if not hasattr(side, "__index__") or side < 4:
            raise RequestError(f"a side is a whole number of 4 or more, not {side!r}")

        def smaller(part: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            return torch.nn.functional.interpolate(part[0], side, mode="area"), part[1]

        return dataclasses.replace(
            self,
            train=smaller(self.train),
            val=smaller(self.val),
            test=smaller(self.test),
            padding=round(self.padding * side / self.side),
        )

    def trained_on_both(self) -> Images:
        """Give the data set whose training part is train and val together, as ``train+val`` means."""
        images = torch.cat([self.train[0], self.val[0]])
        return dataclasses.replace(self, train=(images, torch.cat([self.train[1], self.val[1]])))

    def describe(self) -> dict[str, Any]:
        """Give name, sizes and a hash of the contents, as plain JSON types."""
        digest = hashlib.sha256()
        for part in PARTS:
            for tensor in getattr(self, part):
                digest.update(tensor.numpy().tobytes())
        sizes = {part: len(getattr(self, part)[0]) for part in PARTS}
        return {"name": self.name, **sizes, "side": self.side, "sha256": digest.hexdigest()}


def from_arrays(
    name: str,
    images: ArrayLike,
    labels: ArrayLike,
    *,
    parts: tuple[int, int, int],
    seed: int = 0,
    flip: bool = False,
    padding: int = 0,
) -> Images:
    """Give a data set from any pair of arrays: shuffled, cut in three, normalised by its training part.

    Parameters
    ----------
    images
        Numbers of shape (n, side, side), (n, colors, side, side) or (n, side, side, colors).
    labels
        Whole numbers from 0, shape (n,).
    parts
        Numbers of training, validation and test images.
    seed
        Of the shuffle.
    flip, padding
        As in `Images`.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(size=(30, 8, 8))
    >>> from_arrays("noise", noise, np.arange(30) % 3, parts=(10, 10, 10)).colors
    1
    """
    values, classes = _channels_first(name, images), np.asarray(labels)
    broken = int((~np.isfinite(values)).any(axis=(1, 2, 3)).sum())
    if broken:
        raise RequestError(f"{name}: {broken:,} of {len(values):,} images have values that are not finite")
    if classes.ndim != 1 or classes.dtype.kind not in "iu" or len(classes) != len(values):
        raise RequestError(
            f"{name}: labels are whole numbers, one an image ({len(values)}), "
            f"not {classes.dtype.name} values of shape {classes.shape}"
        )
    whole = all(hasattr(part, "__index__") for part in parts)
    if len(parts) != 3 or not whole or min(parts) < 1 or sum(parts) > len(values):
        raise RequestError(
            f"{name}: three parts of 1 image or more are expected, {len(values)} at most, not {parts}"
        )
    order = np.random.default_rng(seed).permutation(len(values))
    ends = np.cumsum(parts)
    cut = np.split(order[: ends[-1]], ends[:-1])
    mean = values[cut[0]].mean(axis=(0, 2, 3))
    std = values[cut[0]].std(axis=(0, 2, 3))
    if not (std > 0).all():
        raise RequestError(f"{name}: a color is the same in all training images")
    normal = ((values - mean[:, None, None]) / std[:, None, None]).astype(np.float32)
    train, val, test = (
        (torch.from_numpy(normal[rows]), torch.from_numpy(classes[rows].astype(np.int64))) for rows in cut
    )
    return Images(
        name,
        train,
        val,
        test,
        classes=int(classes.max()) + 1,
        black=tuple(float(value) for value in -mean / std),
        flip=flip,
        padding=padding,
    )


def check_images(given: object) -> None:
    """Refuse what is given in the place of a data set.

    Raises
    ------
    RequestError
    """
    if not isinstance(given, Images):
        raise RequestError(f"images: Images is expected, such as live.digits(), not {given!r:.60}")


def digits(*, noise: float = 1.0, parts: tuple[int, int, int] = (600, 400, 400)) -> Images:
    """Give scikit-learn's 8 x 8 digits under fixed Gaussian noise: a data set that ships with a package.

    Clean digits are too easy to tell cells apart (94-99 %).

    Parameters
    ----------
    noise
        Standard deviation of the noise, in standard deviations of the pixels; the same for every caller.
    parts
        Numbers of training, validation and test images; at most 1,797 together.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        from nasbench_sim.errors import MissingDependencyError

        raise MissingDependencyError(
            "the digits come with scikit-learn: pip install 'nasbench-sim[live]'"
        ) from error
    pixels, labels = load_digits(return_X_y=True)
    pixels = (pixels - pixels.mean()) / pixels.std()
    drawn = np.random.default_rng(201).standard_normal(pixels.shape)
    return from_arrays("digits", (pixels + noise * drawn).reshape(-1, 8, 8), labels, parts=parts, seed=201)


def _channels_first(name: str, images: ArrayLike) -> NDArray[np.float64]:
    """Give images as (n, colors, side, side)."""
    values = np.asarray(images)
    if values.dtype.kind not in "fiu":
        raise RequestError(f"{name}: images are numbers, not {values.dtype.name} values")
    if values.ndim == 3:
        values = values[:, None]
    if values.ndim == 4 and values.shape[-1] in (1, 3) and values.shape[1] == values.shape[2]:
        values = values.transpose(0, 3, 1, 2)
    if values.ndim != 4 or values.shape[2] != values.shape[3] or not len(values):
        raise RequestError(
            f"{name}: images of shape (n, side, side), (n, colors, side, side) or (n, side, side, colors) "
            f"are expected, not {np.shape(images)}"
        )
    return values.astype(np.float64)
