"""One table of a TOML file, read key by key; what is wrong with it is said with file and line."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nasbench_sim.errors import (
    FileFormatError,
    MissingFileError,
    NasbenchSimError,
    RequestError,
    nearest,
    shown,
)
from nasbench_sim.mistaken import check_kind
from nasbench_sim.studies.toml_lines import line_of

_WORDS = {str: "a text", int: "a whole number", float: "a number", dict: "a table", list: "a list"}
_LARGEST = 2**18  # bytes
_DOTS = 1000  # on a line
_DEPTH = 16


class Section:
    """A table of a TOML file.

    Parameters
    ----------
    file
        The file, to be named in errors.
    text
        The whole text of the file.
    path
        Where the table is: keys, and places in lists.
    values
        What it holds.
    """

    def __init__(self, file: Path, text: str, path: tuple[str | int, ...], values: Mapping[str, Any]) -> None:
        self.file = file
        self.values = dict(values)
        self._text = text
        self._path = path
        self._asked: dict[str, None] = {}

    @classmethod
    def of_file(cls, file: Path) -> Section:
        """Read a file; the section is all of it.

        Raises
        ------
        FileFormatError
            For a file that is missing, too large or not TOML.
        """
        if not file.is_file():
            raise MissingFileError(f"no file {file}")
        if file.stat().st_size > _LARGEST:
            raise FileFormatError(f"{file} has more than {_LARGEST:,} bytes: it is no study file")
        check_kind(file)
        try:
            text = file.read_text(encoding="utf-8")
            # The parser takes a time for a dotted key that grows with the square of its parts.
            if max(line.count(".") for line in text.splitlines() or [""]) > _DOTS:
                raise FileFormatError(f"{file} has a line with more than {_DOTS:,} dots: it is no study file")
            values = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileFormatError(f"{file} is not valid TOML: {error}") from error
        except RecursionError as error:
            raise FileFormatError(
                f"{file} is nested deeper than {_DEPTH} levels: it is no study file"
            ) from error
        top = cls(file, text, (), values)
        top._check_plain()
        return top

    @staticmethod
    def _too_deep(file: Path) -> FileFormatError:
        return FileFormatError(f"{file} is nested deeper than {_DEPTH} levels: it is no study file")

    def _check_plain(self) -> None:
        """Refuse values that no study needs: nested deeply, or whole numbers beyond what TOML has."""
        todo: list[tuple[tuple[str | int, ...], Any]] = [((), self.values)]
        while todo:
            path, value = todo.pop()
            if len(path) > _DEPTH:
                raise FileFormatError(
                    f"{self.file} is nested deeper than {_DEPTH} levels: it is no study file"
                )
            if isinstance(value, dict):
                todo += [((*path, key), inner) for key, inner in value.items()]
            elif isinstance(value, list):
                todo += [((*path, place), inner) for place, inner in enumerate(value)]
            elif isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise self.error(f"{shown(value)} is not a whole number of 64 bits", *path)

    def take(self, key: str, *kinds: type, default: Any = ...) -> Any:
        """Give the value of a key, of one of some types; an error where there is none and no default."""
        self._asked[key] = None
        if key not in self.values:
            if default is ...:
                raise self._missing(key)
            return default
        value = self.values[key]
        wanted = (*kinds, int) if float in kinds else kinds
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in kinds):
            words = " or ".join(_WORDS[kind] for kind in kinds)
            raise self.error(f"{key} is {words}, not {shown(value)}", key)
        return value

    def _missing(self, key: str) -> RequestError:
        """Build the error for a key that is not there, perhaps as another one is a slip of it."""
        slips = [other for other in self.values if other not in self._asked and nearest(other, [key])]
        if slips:
            return self.error(f"unknown key {slips[0]!r} (did you mean {key!r}?)", slips[0])
        return self.error(f"{key!r} is missing")

    def texts(self, key: str, default: Any = ...) -> list[str]:
        """Give a text, or a list of texts, as a list."""
        value = self.take(key, str, list, default=default)
        listed = [value] if isinstance(value, str) else list(value)
        for place, one in enumerate(listed):
            if not isinstance(one, str):
                raise self.error(f"{key} is a text or a list of texts, not {shown(one)}", key, place)
        return listed

    def section(self, key: str) -> Section:
        """Give the table under a key; an empty one where there is none."""
        return Section(self.file, self._text, (*self._path, key), self.take(key, dict, default={}))

    def sections(self, key: str) -> list[Section]:
        """Give the tables of a list of tables, such as ``[[tasks]]``."""
        listed = self.take(key, list, default=[])
        for place, one in enumerate(listed):
            if not isinstance(one, dict):
                raise self.error(f"{key} is a list of tables: write [[{key}]]", key, place)
        return [Section(self.file, self._text, (*self._path, key, n), one) for n, one in enumerate(listed)]

    def refuse_others(self, known: Iterable[str] = ()) -> None:
        """Raise the error for a key that was not asked for and is not among `known`."""
        names = [*self._asked, *known]
        for key in self.values:
            if key not in names:
                raise self.error(
                    f"unknown key {shown(key)}{nearest(key, names)}; known: {', '.join(names)}", key
                )

    @contextlib.contextmanager
    def blamed(self, *path: str | int) -> Iterator[None]:
        """Say with file and line what goes wrong in the block: of a key, or of whichever the error names."""
        try:
            yield
        except (NasbenchSimError, TypeError) as error:
            raise self.error(str(error), *(path or self._named_in(str(error)))) from error

    def error(self, message: str, *path: str | int) -> RequestError:
        """Build the error for a key of this section, or for all of it."""
        places = [place for place in ((*self._path, *path), self._path) if place]
        line = next(filter(None, (line_of(self._text, place) for place in places)), None)
        where = f"{self.file}, line {line}" if line else str(self.file)
        return RequestError(f"{where}: {message}")

    def _named_in(self, message: str) -> tuple[str | int, ...]:
        """Give the path of a key or value that a message names; quoted ones rather than mere words."""
        asked = message.partition(" (did you mean")[0].partition("; known:")[0]
        paths = sorted(_paths(self.values), key=lambda one: -len(one[0]))
        quoted = [(path, repr(said)) for path, said in paths if isinstance(said, str)]
        for path, text in [*quoted, *((path, str(said)) for path, said in paths)]:
            if re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.])", asked):
                return path
        return ()


def _paths(values: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Give every key and every plain value, each with its path."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield (*path, key), key
            yield from _paths(value, (*path, key))
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from _paths(value, (*path, place))
    elif not isinstance(values, bool):
        yield path, values
