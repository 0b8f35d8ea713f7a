"""Training one network from scratch, the same for the same seed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.errors import RequestError, TrainingError
from nasbench_sim.live import devices
from nasbench_sim.live.augmentation import Augmentation
from nasbench_sim.live.checkpoint import Checkpoint
from nasbench_sim.live.curves import METRICS, Curves
from nasbench_sim.live.data import PARTS, Images
from nasbench_sim.live.networks import check_side, network
from nasbench_sim.live.recipe import Recipe, check_kinds
from nasbench_sim.spaces import SearchSpace, space

_EVALUATION_BATCH = 1024


def train(
    architecture: Any,
    images: Images,
    recipe: Recipe | None = None,
    *,
    seed: int = 777,
    within: str | SearchSpace = "nas-bench-201",
    device: str | None = None,
    checkpoint: str | Path | None = None,
    until: int | None = None,
    progress: bool = False,
) -> Curves:
    """Train an architecture from scratch and measure it after every epoch.

    The same seed gives the same accuracies and losses on the same type of machine and version of PyTorch:
    weights, order and augmentation are drawn from it alone, and a processor trains on one thread.

    Parameters
    ----------
    architecture
        Official index or architecture string.
    images
        The data set.
    recipe
        How to train; by default as NAS-Bench-201 was published (200 epochs: hours without a GPU).
    seed
        Of initial weights, order and augmentation.
    within
        The search space: see `nasbench_sim.live.network`.
    device
        A PyTorch device; by default a GPU where there is one.
    checkpoint
        A file that the state is kept in after every epoch. Where it exists, the training goes on from there,
        to the same result.
    until
        Stop after this epoch of the recipe, to go on later from the checkpoint; by default after the last.
    progress
        Whether a progress bar over epochs is shown.

    Returns
    -------
    Curves

    Raises
    ------
    TrainingError
        When the loss is not finite, or memory does not suffice.
    RequestError
        For a checkpoint of another training, a device that is not there, or an epoch beyond the recipe's.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> tiny = live.Recipe(epochs=1, batch=100, channels=4, cells=1)
    >>> live.train(6111, live.digits(), tiny, seed=777).epochs
    1
    """
    recipe = Recipe() if recipe is None else recipe
    check_kinds(images, recipe)
    last = recipe.epochs if until is None else until
    if isinstance(last, bool) or not hasattr(last, "__index__") or not 1 <= last <= recipe.epochs:
        raise RequestError(f"until is an epoch from 1 to {recipe.epochs}, not {until!r}")
    searched = space(within) if isinstance(within, str) else within
    index = searched.official(architecture)
    check_side(images.side, searched)
    place = devices.device(device)
    with reproducible(seed), _fitting(recipe, place):
        model = network(
            index,
            classes=images.classes,
            channels=recipe.channels,
            cells=recipe.cells,
            colors=images.colors,
            within=searched,
        ).to(place)
        trainer = Trainer(model, images, recipe, seed=seed, device=place)
        asked = {"space": searched.name, "architecture": index, "seed": seed}
        kept = Checkpoint(checkpoint, {**asked, **recipe.describe(), **images.describe()})
        values = kept.resume(trainer)
        with _bar(progress, f"{searched.name} {index}", last) as shown:
            for epoch in range(len(values["train_loss"]), last):
                for name, value in trainer.epoch(epoch).items():
                    values[name].append(value)
                kept.save(trainer, values)
                shown(epoch + 1)
    return Curves(index, seed, {name: np.array(values[name]) for name in METRICS})


class Trainer:
    """A model, its optimizer and its random numbers, an epoch at a time.

    Parameters
    ----------
    model
        On `device` already.
    images, recipe, seed, device
        As in `train`.
    """

    def __init__(
        self, model: nn.Module, images: Images, recipe: Recipe, *, seed: int, device: torch.device
    ) -> None:
        self.recipe = recipe
        self.images = images
        self.device = device
        self.generator = torch.Generator().manual_seed(seed)
        self.seconds = 0.0
        # On a processor the seconds that this one thread computed: others on the machine do not count.
        self._clock = time.thread_time if device.type == "cpu" else time.perf_counter
        self._augment = Augmentation(images, self.generator)
        self._mixed = recipe.mixed_precision and device.type == "cuda"
        # Channels last is faster on GPUs, and on processors for the few channels of small networks.
        self.model: nn.Module = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.SGD(
            model.parameters(),
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
        self._parts: dict[str, tuple[Tensor, ...]] = {
            part: tuple(tensor.to(device) for tensor in getattr(images, part)) for part in PARTS
        }

    def epoch(self, number: int) -> dict[str, float]:
        """Train epoch `number` (from 0), and give every metric after it."""
        began = self._clock()
        found = self._train(number)
        self.seconds += self._clock() - began
        for part in ("val", "test"):
            found[f"{part}_loss"], found[f"{part}_accuracy"] = self._evaluate(part)
        return {**found, "train_time": self.seconds}

    def _train(self, number: int) -> dict[str, float]:
        images, labels = self._parts["train"]
        size = self.recipe.batch
        order = torch.randperm(len(images), generator=self.generator).to(self.device)
        batches = torch.split(order, size)
        total = torch.zeros(2, device=self.device)
        self.model.train()
        for position, rows in enumerate(batches):
            rate = self.recipe.rate(number, position / len(batches))
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            logits = self._forward(self._augment(images[rows]))
            loss = cross_entropy(logits, labels[rows])
            self.optimizer.zero_grad()
            torch.autograd.backward(loss)
            self.optimizer.step()
            with torch.no_grad():
                right = (logits.argmax(1) == labels[rows]).sum()
                total += torch.stack([loss * len(rows), right.to(loss.dtype)])
        loss_sum, right_sum = total.tolist()
        if not np.isfinite(loss_sum):
            raise TrainingError(f"the loss is not finite in epoch {number + 1}; take a lower learning rate")
        return {"train_loss": loss_sum / len(order), "train_accuracy": 100 * right_sum / len(order)}

    def _evaluate(self, part: str) -> tuple[float, float]:
        """Give loss (nats) and accuracy (%) on a part."""
        images, labels = self._parts[part]
        self.model.eval()
        loss = right = 0.0
        with torch.no_grad():
            for start in range(0, len(images), _EVALUATION_BATCH):
                wanted = labels[start : start + _EVALUATION_BATCH]
                logits = self._forward(images[start : start + _EVALUATION_BATCH])
                loss += float(cross_entropy(logits, wanted, reduction="sum"))
                right += float((logits.argmax(1) == wanted).sum())
        return loss / len(images), 100 * right / len(images)

    def _forward(self, batch: Tensor) -> Tensor:
        batch = batch.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=self._mixed):
            logits: Tensor = self.model(batch)
        return logits.float()


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Seed PyTorch's generators, keep to one thread, fixed kernels and float32, and put all back after."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**63:
        raise RequestError(f"a seed is a whole number from 0 to 2**63 - 1, not {seed!r}")
    threads, precision = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float32)
    gpus = range(torch.cuda.device_count())
    try:
        with (
            torch.random.fork_rng(gpus),
            torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True),
        ):
            torch.manual_seed(int(seed))
            yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(precision)


@contextmanager
def _fitting(recipe: Recipe, place: torch.device) -> Iterator[None]:
    """Turn what a batch of this size runs into, such as the end of memory, into an error that says it."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        # That of the processor's memory, and of a library on the GPU, has no class of its own.
        full = (torch.OutOfMemoryError, MemoryError)
        said = any(words in str(error) for words in ("DefaultCPUAllocator", "ALLOC_FAILED"))
        if not isinstance(error, full) and not said:
            raise
        raise TrainingError(
            f"out of memory at batch {recipe.batch} on {place}; take a smaller batch"
        ) from error
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        raise TrainingError(
            f"at batch {recipe.batch} the last batch of an epoch has one image, of which nothing can be "
            "normalised where a single pixel is left of it; take another batch"
        ) from error


@contextmanager
def _bar(wanted: bool, label: str, total: int) -> Iterator[Any]:
    """Give a function that shows how many epochs are done."""
    if not wanted:
        yield lambda done: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, desc=label, unit="epoch", disable=None) as bar:
        yield lambda done: bar.update(done - bar.n)
