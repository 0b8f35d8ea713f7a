"""The state of a training after its last complete epoch, so that a killed run goes on to the same result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.files import replacing
from nasbench_sim.live.curves import METRICS
from nasbench_sim.mistaken import check_kind

if TYPE_CHECKING:
    from nasbench_sim.live.training import Trainer


class Checkpoint:
    """A file with weights, optimizer, random state and curves so far.

    Parameters
    ----------
    path
        Where it lies; None keeps nothing.
    identity
        What is trained and how, as plain JSON types; a file of another identity is refused.
    """

    def __init__(self, path: str | Path | None, identity: dict[str, Any]) -> None:
        self.path = None if path is None else Path(path)
        self.identity = identity

    def resume(self, trainer: Trainer) -> dict[str, list[float]]:
        """Put a trainer into the state of the file, and give the curves so far; empty where there is none.

        Raises
        ------
        FileFormatError
            For a file that is no checkpoint.
        RequestError
            For a checkpoint of another architecture, seed, recipe or data set.
        """
        if self.path is None or not self.path.exists():
            return {name: [] for name in METRICS}
        try:
            # weights_only admits tensors and plain types, no code
            state = torch.load(self.path, map_location="cpu", weights_only=True)
            identity, values = state["identity"], state["values"]
        except Exception as error:
            check_kind(self.path, (b"PK\x03\x04",))
            raise FileFormatError(f"{self.path} cannot be read as a checkpoint: {error}") from error
        for key, wanted in self.identity.items():
            if identity.get(key) != wanted:
                raise RequestError(
                    f"{self.path} is a checkpoint of another training: {key} is {identity.get(key)!r} there, "
                    f"{wanted!r} here"
                )
        trainer.model.load_state_dict(state["model"])
        trainer.optimizer.load_state_dict(state["optimizer"])
        trainer.generator.set_state(state["generator"])
        trainer.seconds = values["train_time"][-1]
        return {name: list(values[name]) for name in METRICS}

    def save(self, trainer: Trainer, values: dict[str, list[float]]) -> None:
        """Write the state after an epoch, in place of the last one."""
        if self.path is None:
            return
        state = {
            "identity": self.identity,
            "values": values,
            "model": trainer.model.state_dict(),
            "optimizer": trainer.optimizer.state_dict(),
            "generator": trainer.generator.get_state(),
        }
        with replacing(self.path) as temporary:
            torch.save(state, temporary)
