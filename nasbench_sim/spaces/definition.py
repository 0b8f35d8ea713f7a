"""Spaces as plain JSON: the name of one that the package has, or all that defines another."""

from __future__ import annotations

from typing import Any

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.catalog import registered
from nasbench_sim.spaces.catalog import space as by_name
from nasbench_sim.spaces.conditional import Conditional
from nasbench_sim.spaces.restricted import RestrictedSpace
from nasbench_sim.spaces.sampled import SampledSpace


def to_json(space: SearchSpace) -> str | dict[str, Any]:
    """Write a space as plain JSON types; `from_json` reads it back.

    Raises
    ------
    RequestError
        For a space of a class of the user's own, whose rule or order only its code knows.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> small = nbs.space("nas-bench-201").restrict({"0->1": ["none"]}, name="small")
    >>> to_json(small)
    {'name': 'small', 'parent': 'nas-bench-201', 'left': {'0->1': ['none']}}
    >>> from_json(to_json(small)).string(0) == small.string(0)
    True
    """
    if registered(space):
        return space.name
    if isinstance(space, RestrictedSpace):
        left = {position: list(options) for position, options in space.left.items()}
        return {"name": space.name, "parent": to_json(space.parent), "left": left}
    if isinstance(space, SampledSpace):
        members = space.to_parent(space.all_indices()).tolist()
        return {"name": space.name, "parent": to_json(space.parent), "members": members}
    if type(space) is not SearchSpace:
        raise RequestError(
            f"{space.name} is of a class of its own, {type(space).__name__}, which a file cannot hold: save "
            "a table over a registered space, a plain SearchSpace, or a part or a sample of one"
        )
    described: dict[str, Any] = {
        "name": space.name,
        "choices": [list(options) for options in space.choices],
        "positions": list(space.positions),
    }
    if space.conditions:
        described["conditions"] = [condition.to_json() for condition in space.conditions]
    return described


def from_json(described: str | dict[str, Any]) -> SearchSpace:
    """Build the space that `to_json` has written.

    Raises
    ------
    RequestError
        For a name that does not exist, and for what defines no space.
    """
    if isinstance(described, str):
        return by_name(described)
    fields = dict(described)
    if "left" in fields:
        return RestrictedSpace(from_json(fields["parent"]), fields["left"], fields["name"])
    if "members" in fields:
        return SampledSpace(from_json(fields["parent"]), fields["members"], fields["name"])
    conditions = [Conditional(**condition) for condition in fields.pop("conditions", [])]
    return SearchSpace(**fields, conditions=conditions)
