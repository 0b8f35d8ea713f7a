"""Results on disk as they come: a file of JSON lines that a killed process leaves whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.mistaken import check_kind


class Journal:
    """A file whose first line says what its entries are results of; one entry a line is appended to it.

    A line that a killed process left half-written is dropped, so that an entry is either whole or not there.

    Parameters
    ----------
    path
        The file; made when it does not exist.
    content
        What its entries are, in messages.
    identity
        What all entries have in common, as plain JSON types; a file of anything else is refused.
    also
        What else the first line of a new file tells.

    Attributes
    ----------
    head
        The first line.
    entries
        What was there when the file was opened.

    Raises
    ------
    FileFormatError
        For a file that is no such journal.
    RequestError
        For one of another identity.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "scores.jsonl"
    >>> Journal(path, "scores", {"space": "mine"}).append({"score": 1.5})
    >>> Journal(path, "scores", {"space": "mine"}).entries
    [{'score': 1.5}]
    """

    def __init__(
        self, path: Path, content: str, identity: Mapping[str, Any], also: Mapping[str, Any] | None = None
    ) -> None:
        self.path = path
        self.head: dict[str, Any] = {**identity, **(also or {})}
        self.entries: list[Any] = []
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.append(self.head)
            return
        try:
            self.head, *self.entries = [json.loads(line) for line in self._whole().decode().splitlines()]
        except ValueError as error:
            check_kind(path)
            raise FileFormatError(f"{path} is not a file of {content}: {error}") from error
        if not isinstance(self.head, dict):
            raise FileFormatError(
                f"{path} is not a file of {content}: it does not begin with what they are of"
            )
        for key, wanted in identity.items():
            if self.head.get(key) != wanted:
                raise RequestError(
                    f"{path} has {content} of another {key}: {self.head.get(key)}, not {wanted}"
                )

    def append(self, fields: Mapping[str, Any]) -> None:
        """Add an entry, on disk before this returns."""
        with self.path.open("a") as file:
            file.write(json.dumps(fields) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _whole(self) -> bytes:
        """Give the whole lines, and cut the file behind them."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if not whole:
            raise FileFormatError(f"{self.path} does not begin with what it has: its first line is cut")
        if len(whole) < len(content):
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        return whole
