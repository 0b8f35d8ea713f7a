"""The unit of work of a study: one searcher on one task, for some of the seeds."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from nasbench_sim._version import __version__
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Task
from nasbench_sim.search.configured import Configured
from nasbench_sim.search.driver import check
from nasbench_sim.search.hooks import Callback
from nasbench_sim.studies.fingerprint import code_hash, function_hash

_LONGEST_NAME = 60


@dataclasses.dataclass(frozen=True, eq=False)
class Setting:
    """One searcher on one task with one budget, for any seeds.

    Attributes
    ----------
    task_name
        What the study calls the task.
    task, searcher, budget
        What is run.
    callback
        Called after every round; its code is part of what the results depend on, since it can end runs.
    attributes
        What goes with the results, and changes none.
    """

    task_name: str
    task: Task
    searcher: Configured
    budget: Budget
    callback: Callback | None = None
    attributes: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def check(self) -> None:
        """Start the searcher on the task for one replicate, to find out now whether it can run.

        Raises
        ------
        RequestError
            Where it cannot, with the reason; and as `about`.
        """
        try:
            check(self.searcher, self.task, self.budget)
        except RequestError as error:
            raise RequestError(f"{self.searcher.label} cannot run on {self.task_name}: {error}") from error
        self.about  # noqa: B018 - raises for what cannot be stored

    @functools.cached_property
    def about(self) -> dict[str, Any]:
        """All that the results depend on but the seeds, as plain JSON types.

        The version of the package, the task with the hash of its table and of given costs, the searcher with
        all its hyperparameters and, if it is not one of the package's own, the hash of its code.

        Raises
        ------
        RequestError
            For hyperparameters that are not plain values; and as `code_hash`.
        """
        about = {
            "nasbench_sim": __version__,
            "task": self.task.describe(),
            "searcher": self.searcher.label,
            "hyperparameters": dict(self.searcher.hyperparameters),
            "code_sha256": code_hash(self.searcher),
            "budget": dataclasses.asdict(self.budget),
        }
        if self.callback is not None:
            about["callback_sha256"] = function_hash(self.callback, "the callback")
        try:
            plain: dict[str, Any] = json.loads(json.dumps(about, default=_plain))
        except (TypeError, AttributeError) as error:
            raise RequestError(
                f"{self.searcher.label}: a study stores hyperparameters that are plain values: {error}"
            ) from error
        return plain

    @functools.cached_property
    def folder(self) -> str:
        """Where its pieces lie: names to read, and a hash of `about`, so that nothing is ever mixed."""
        text = json.dumps(self.about, sort_keys=True).encode()
        key = hashlib.sha256(text).hexdigest()[:16]
        return f"{_file_name(self.task_name)}/{_file_name(self.searcher.label)}-{key}"


@dataclasses.dataclass(frozen=True, eq=False)
class Piece:
    """A setting and some of the seeds."""

    setting: Setting
    seeds: tuple[int, ...]

    @property
    def about(self) -> dict[str, Any]:
        """All that the results depend on, as plain JSON types."""
        return {**self.setting.about, "seeds": list(self.seeds)}

    def made(self, about: Mapping[str, Any]) -> bool:
        """Tell whether a file that says `about` of itself is of this piece, whatever its attributes are."""
        return {name: value for name, value in about.items() if name != "attributes"} == self.about

    @property
    def header(self) -> dict[str, Any]:
        """What its file says: `about`, and the attributes that were given."""
        attributes = self.setting.attributes
        return {**self.about, **({"attributes": dict(attributes)} if attributes else {})}

    @property
    def name(self) -> str:
        """The name of its file, without folder: what the study calls the setting, and the seeds."""
        first, last = self.seeds[0], self.seeds[-1]
        if self.seeds == tuple(range(first, last + 1)):
            return f"{self.setting.folder}/{first}-{last}.h5"
        listed = hashlib.sha256(repr(self.seeds).encode()).hexdigest()[:16]
        return f"{self.setting.folder}/{len(self.seeds)}-seeds-{listed}.h5"

    def __str__(self) -> str:
        """In words."""
        setting = self.setting
        return f"{setting.searcher.label} on {setting.task_name}, {len(self.seeds)} replicates"


def _file_name(name: str) -> str:
    return re.sub(r"[^\w=.,()-]+", "_", name, flags=re.ASCII)[:_LONGEST_NAME].strip(".") or "_"


def _plain(value: Any) -> Any:
    """Give numpy scalars and arrays as Python values."""
    return value.tolist()
