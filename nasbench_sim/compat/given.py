"""A table of the records that a script hands over as a dictionary."""

from __future__ import annotations

from typing import Any

from nasbench_sim.compat.published import Layout
from nasbench_sim.spaces import space
from nasbench_sim.tables import Table
from nasbench_sim.tables.importers.records import Records


def table_of(layout: Layout, content: dict[str, Any]) -> Table:
    """Return the table of {meta_archs, arch2infos: {index: {schedule: record}}, evaluated_indexes}.

    Raises
    ------
    ValueError
        For a dictionary without one of these, as in the published packages.
    """
    for key in ("meta_archs", "arch2infos", "evaluated_indexes"):
        if key not in content:
            raise ValueError(f"Can not find key[{key}] in the dict")
    records = Records(space(layout.space), "the script's own dictionary", "")
    for index, schedules in content["arch2infos"].items():
        for record in schedules.values():
            records.add(record, expected=int(index))
    entries = records.entries() if content["arch2infos"] else []
    return Table("the script's own dictionary", records.space, entries)
