"""The published files that `nasbench-sim data install` gets: each pinned to a commit and a hash."""

from __future__ import annotations

import functools
import json
import urllib.parse
from importlib import resources
from typing import NamedTuple

from nasbench_sim.errors import unknown
from nasbench_sim.spaces import available, space

HOST = "https://raw.githubusercontent.com"
"""Serves a file of a public repository at a commit."""


class SourceFile(NamedTuple):
    """One file at one commit."""

    file: str
    """Where it lies below the folder of downloads, and below a mirror."""
    path: str
    """Its path in the repository."""
    bytes: int
    sha256: str


class Source(NamedTuple):
    """The files of one publication."""

    name: str
    repository: str
    commit: str
    licence: str
    content: str
    files: tuple[SourceFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)

    def url(self, file: SourceFile, host: str = HOST) -> str:
        """Give the address of one of the files."""
        return f"{host}/{self.repository}/{self.commit}/{urllib.parse.quote(file.path)}"


@functools.cache
def sources() -> dict[str, Source]:
    """Give the sources, in the order in which their tables are merged: name -> source.

    Examples
    --------
    >>> sources()["help-latency"].licence
    'MIT'
    """
    text = (resources.files("nasbench_sim.tables") / "sources.json").read_text(encoding="utf-8")
    found = {}
    for fields in json.loads(text):
        files = tuple(SourceFile(**file) for file in fields.pop("files"))
        found[fields["name"]] = Source(**fields, files=files)
    return found


def chosen(names: list[str] | tuple[str, ...]) -> list[Source]:
    """Return the sources of some names, all for none; the name of a search space means all of its sources.

    Examples
    --------
    >>> [source.name for source in chosen(["nats-bench-size", "freerea"])]
    ['nats-bench', 'freerea']
    """
    known, wanted = sources(), set()
    for name in names:
        own = space(name).benchmark.sources if name in available() else ()
        if name not in known and not own:
            raise unknown("source", name, known)
        wanted |= {name, *own}
    return [source for name, source in known.items() if not names or name in wanted]
