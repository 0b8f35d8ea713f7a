"""Training a network on a learning problem, the same for the same seed."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import nn

from nasbench_sim.errors import TrainingError
from nasbench_sim.live.problem import HELD_OUT, Problem
from nasbench_sim.live.schedule import Schedule


class Learner:
    """A model, its optimizer and its random numbers, an epoch at a time.

    Parameters
    ----------
    model
        On the device of the problem's data already.
    problem, schedule
        What is learned, and how.
    seed
        Of the batches.

    Attributes
    ----------
    seconds
        Of training so far, without measuring: on a processor those that this thread computed.
    """

    def __init__(self, model: nn.Module, problem: Problem, schedule: Schedule, *, seed: int) -> None:
        self.model = model
        self.problem = problem
        self.schedule = schedule
        self.generator = torch.Generator().manual_seed(seed)
        self.seconds = 0.0
        self.weights = schedule.chosen(model)
        self.optimizer = schedule.build(self.weights) if self.weights else None
        self._batches = problem.batches(schedule.batch, self.generator)
        on_processor = all(weights.device.type == "cpu" for weights in model.parameters())
        self._clock = time.thread_time if on_processor else time.perf_counter

    def epoch(self, number: int) -> float:
        """Train epoch `number`, from 0, and return the mean loss of its batches.

        Raises
        ------
        TrainingError
            When the loss is not finite.
        """
        began = self._clock()
        self.model.train()
        total = 0.0
        for step in range(number * self.schedule.steps, (number + 1) * self.schedule.steps):
            batch = next(self._batches)
            loss = self.problem.loss(self.model(batch.inputs), batch.targets)
            if self.optimizer is not None:
                self._step(loss, self.schedule.rate(step))
            total += loss.item()
        self.seconds += self._clock() - began
        if not np.isfinite(total):
            raise TrainingError(f"the loss is not finite in epoch {number + 1}; take a lower learning rate")
        return total / self.schedule.steps

    def _step(self, loss: torch.Tensor, rate: float) -> None:
        assert self.optimizer is not None
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        if self.schedule.clip is not None:
            nn.utils.clip_grad_norm_(self.weights, self.schedule.clip)
        self.optimizer.step()

    def measured(self) -> dict[str, float]:
        """Measure the held-out parts: a value for each part and quantity."""
        self.model.eval()
        with torch.no_grad():
            return {
                f"{part}_{quantity}": value
                for part in HELD_OUT
                for quantity, value in self.problem.measure(self.model, part).items()
            }

    def run(self) -> dict[str, list[float]]:
        """Train all epochs: the values after each that is measured, and ``train_loss`` and ``train_time``."""
        values: dict[str, list[float]] = {}
        losses: list[float] = []
        for epoch in range(self.schedule.epochs):
            losses.append(self.epoch(epoch))
            if epoch + 1 not in self.schedule.measured:
                continue
            found = {"train_loss": float(np.mean(losses)), **self.measured(), "train_time": self.seconds}
            losses.clear()
            for name, value in found.items():
                values.setdefault(name, []).append(value)
        return values
