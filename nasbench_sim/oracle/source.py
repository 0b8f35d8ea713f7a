"""Where the answers of a task come from."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

from nasbench_sim.oracle.asked import Asked
from nasbench_sim.oracle.binding import Binding, bind_table
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Table


class Source(Protocol):
    """What answers tasks: a table, or the training of networks.

    What it answers to one task, it binds once: values, seconds, what is reported, proxies (`Binding`).
    """

    @property
    def space(self) -> SearchSpace:
        """The architectures that it knows."""
        ...

    @property
    def known(self) -> Table:
        """What is known of them beside what a task asks for; may have no column."""
        ...

    @property
    def trains(self) -> bool:
        """Whether observing takes real work, so that nothing beyond the budget may be."""
        ...

    @property
    def identity(self) -> dict[str, Any]:
        """What it is, as plain JSON types: two sources are the same if these are equal."""
        ...

    def bind(self, asked: Asked) -> Binding:
        """Return what answers a task, or raise a `RequestError` for anything that it does not have."""
        ...


@dataclasses.dataclass(frozen=True, eq=False)
class TableSource:
    """A table as a source: every answer is looked up.

    Parameters
    ----------
    table
        What is looked up.
    """

    table: Table
    trains = False

    @property
    def space(self) -> SearchSpace:
        """The table's space."""
        return self.table.space

    @property
    def known(self) -> Table:
        """The table itself."""
        return self.table

    @property
    def identity(self) -> dict[str, Any]:
        """The table by name and content."""
        return {"table": self.table.name, "table_hash": self.table.hash, "space": self.space.name}

    def bind(self, asked: Asked) -> Binding:
        """Look up whatever a task asks for."""
        return bind_table(self.table, asked)
