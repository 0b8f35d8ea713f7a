"""The folder of a study: one file a finished piece, and who is at work on which piece."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from nasbench_sim._version import __version__
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.files import file_name, replacing
from nasbench_sim.locks import can_lock, locked
from nasbench_sim.studies.piece import Piece
from nasbench_sim.studies.record_file import Header, read_header, read_record

FORMAT = "nasbench_sim study"
SCHEMA = 1
State = Literal["finished", "damaged", "missing"]

_MARK = "store.json"


class Journal(NamedTuple):
    """What is known of finished pieces without reading them, by their names."""

    sound: dict[str, set[tuple[int, int]]]
    """Sizes and times of change (ns) with which a file was found to hold what it says."""
    seconds: dict[str, float]
    """How long each took."""


class Store:
    """Finished pieces in a folder.

    Parameters
    ----------
    folder
        Holds ``store.json``; ``pieces/``, one HDF5 file a finished piece; ``journal/``, what is known of
        them without reading them, one file a process; and ``claims/``, one lock a piece
        that is being worked on. The system frees a lock when its process ends, however it ends; where the
        file system cannot lock, see `nasbench_sim.locks`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # -- the folder as a whole

    def create(self) -> None:
        """Make the folder, or check that it is a store that this version can write to.

        Raises
        ------
        RequestError
            For a folder of something else.
        FileFormatError
            For a store of a newer version.
        OSError
            Where the folder cannot be written to.
        """
        self.check()
        made_by = {"format": FORMAT, "schema": SCHEMA, "nasbench_sim": __version__}
        if not (self.folder / _MARK).is_file() or self._mark() != made_by:
            with replacing(self.folder / _MARK) as temporary:
                temporary.write_text(json.dumps(made_by) + "\n")
        for part in ("pieces", "claims", "journal"):
            (self.folder / part).mkdir(exist_ok=True)

    def check(self) -> None:
        """Check that the folder is new, empty, or a store that this version can read; write nothing."""
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise RequestError(f"{self.folder} is a file; name a folder")
        if not (self.folder / _MARK).is_file():
            if any(not entry.name.startswith(".") for entry in self.folder.iterdir()):
                raise RequestError(f"{self.folder} has other things in it than a study: name a new folder")
            return
        mark = self._mark()
        if mark["schema"] > SCHEMA or _version(mark["nasbench_sim"]) > _version(__version__):
            raise FileFormatError(
                f"{self.folder} was written by nasbench_sim {mark['nasbench_sim']}, which is newer than "
                f"this one, {__version__}: install that version, or name another folder"
            )

    def _mark(self) -> dict[str, Any]:
        path = self.folder / _MARK
        try:
            mark: dict[str, Any] = json.loads(path.read_text())
            if mark["format"] != FORMAT or not isinstance(mark["schema"], int):
                raise ValueError(f"format {mark['format']!r}")
            _version(mark["nasbench_sim"])
        except (ValueError, KeyError, TypeError) as error:
            raise FileFormatError(f"{path} is not the mark of a study's folder: {error}") from error
        return mark

    # -- a journal of what was finished, apart from the pieces, so that equal results are equal files

    def note(self, piece: Piece, seconds: float | None = None) -> None:
        """Note that the file of a piece is sound as it is, and how long it took to compute, in real time."""
        about = self.path(piece).stat()
        whose = f"{platform.node()}-{os.getpid()}"
        path = self.folder / "journal" / f"{file_name(whose, set())}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([piece.name, about.st_size, about.st_mtime_ns, seconds]) + "\n")

    def journal(self) -> Journal:
        """Read what was noted; a line that a killed process left half is left out."""
        found = Journal({}, {})
        for path in sorted((self.folder / "journal").glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(ValueError, TypeError):
                    name, size, changed, seconds = json.loads(line)
                    found.sound.setdefault(name, set()).add((size, changed))
                    if seconds is not None:
                        found.seconds[name] = float(seconds)
        return found

    def finished(self, piece: Piece, journal: Journal) -> bool:
        """Tell whether the file of a piece is there, and as it was when it was last found sound."""
        try:
            about = self.path(piece).stat()
        except OSError:
            return False
        return (about.st_size, about.st_mtime_ns) in journal.sound.get(piece.name, ())

    # -- pieces

    def path(self, piece: Piece) -> Path:
        """Give where a piece lies once it is finished."""
        return self.folder / "pieces" / piece.name

    def state(self, piece: Piece) -> State:
        """Tell whether a piece is finished, reading all of its file."""
        if not self.path(piece).is_file():
            return "missing"
        try:
            header = read_record(self.path(piece))[1]
        except FileFormatError:
            return "damaged"
        return "finished" if piece.made(header.about) else "damaged"

    def discard_damaged(self, piece: Piece) -> None:
        """Remove the file of a piece, unless someone repaired it in the meantime."""
        with self.claim(piece) as mine:
            if mine and self.state(piece) == "damaged":
                self.path(piece).unlink()

    @contextlib.contextmanager
    def claim(self, piece: Piece) -> Iterator[bool]:
        """Claim a piece while the block runs; gives False where another process or thread has it."""
        path = self.folder / "claims" / f"{piece.name.replace('/', '--')}.lock"
        with locked(path, wait=False, hard=self._can_lock) as mine:
            try:
                yield mine
            finally:
                # Whoever opened the file before it goes and locks it afterwards looks for the piece first.
                if mine:
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)

    @functools.cached_property
    def _can_lock(self) -> bool:
        return can_lock(self.folder / "claims")

    def remove_leftovers(self, pieces: Iterable[Piece]) -> None:
        """Remove what killed processes left of pieces that nobody is at."""
        of: dict[Path, list[Piece]] = {}
        for piece in pieces:
            of.setdefault(self.path(piece).parent, []).append(piece)
        for folder, some in of.items():
            for leftover in folder.glob(".*"):
                for piece in some:
                    if leftover.name.startswith(f".{self.path(piece).name}."):
                        with self.claim(piece) as mine:
                            if mine:
                                leftover.unlink(missing_ok=True)

    def unused(self, pieces: Iterable[Piece]) -> list[tuple[Header, int]]:
        """Give what the folder has beside these pieces: how many of each setting, and the header of one."""
        wanted = {self.path(piece) for piece in pieces}
        found = []
        for folder in sorted((self.folder / "pieces").glob("*/*")):
            others = sorted(set(folder.glob("[!.]*.h5")) - wanted)
            if others:
                with contextlib.suppress(FileFormatError):
                    found.append((read_header(others[0]), len(others)))
        return found


def _version(text: str) -> Any:
    from packaging.version import Version

    return Version(text)
