"""Writing files and folders so that nothing half-written is ever found under the final name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nasbench_sim.errors import RequestError

# A draft says by its name whose it is, so that what a killed process left is told from what is being written.
_DRAFT = re.compile(r"\..*\.draft-(?P<host>[\w.]*)-(?P<pid>[0-9]+)-[0-9a-f]{8}(\..*)?", re.DOTALL)
_MOVING = ".moving"
_LONGEST = 100  # characters of a name that are kept in its draft's


def draft_of(path: Path, within: Path | None = None) -> Path:
    """Give a new name for the draft of a file or folder, beside it or in another folder."""
    host = re.sub(r"[^\w.]", "_", platform.node())[:60]
    whose = f"{host}-{os.getpid()}-{secrets.token_hex(4)}"
    folder = path.parent if within is None else within
    return folder / f".{path.name[:_LONGEST]}.draft-{whose}{path.suffix[:20]}"


def clear_drafts(folder: Path) -> None:
    """Remove the drafts that killed processes of this machine left in a folder, and what they moved up."""
    if os.name == "nt" or not folder.is_dir():  # Windows has no signal that does nothing
        return
    for path in [entry for entry in folder.iterdir() if _abandoned(entry.name)]:
        if path.name.startswith(_MOVING):
            with contextlib.suppress(ValueError):
                for name in json.loads(path.read_text(encoding="utf-8")):
                    _remove(folder / Path(name).name)
        _remove(path)


def _abandoned(name: str) -> bool:
    """Tell the draft of a process of this machine that is no more."""
    found = _DRAFT.fullmatch(name)
    if found is None or found["host"] != re.sub(r"[^\w.]", "_", platform.node())[:60]:
        return False
    try:
        os.kill(int(found["pid"]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # somebody else's
        return False
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def file_name(text: str, taken: set[str]) -> str:
    """Give a name for a file that any system can have, and that no other text has.

    Parameters
    ----------
    text
        Any text.
    taken
        The names so far, in small letters, to which this one is added; some systems know no others.

    Examples
    --------
    >>> taken = set()
    >>> file_name("a/b", taken), file_name("a b", taken)
    ('a-b', 'a-b-c8687a08')
    """
    name = re.sub(r"[^\w.-]+", "-", text, flags=re.ASCII).strip(".")
    if len(name) > _LONGEST or not name.strip("-") or name.lower() in taken:
        name = f"{name[: _LONGEST - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    taken.add(name.lower())
    return name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder that becomes `path` when the block ends well.

    The temporary file is flushed to disk before the rename and removed when the block fails, so a full
    disk or a killed process leaves the old file, or none.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "numbers.txt"
    >>> with replacing(target) as temporary:
    ...     _ = temporary.write_text("1 2 3")
    >>> target.read_text()
    '1 2 3'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = draft_of(path)
    try:
        temporary.touch(exist_ok=False)  # a disk that refuses it says so at once
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def check_new(folder: Path) -> None:
    """Refuse a folder that exists and is not empty, that cannot be one, or that cannot be written to."""
    try:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISDIR(folder.stat().st_mode):
                raise RequestError(f"{folder} is a file; name a new or empty folder")
        clear_drafts(folder)
        if folder.is_dir() and any(folder.iterdir()):
            raise RequestError(f"{folder} exists and is not empty; name a new or empty folder")
        existing = folder.absolute()
        while not existing.exists():
            existing = existing.parent
        # Asking for permissions would say too little: of a full disk, say.
        probe = draft_of(folder, existing)
        try:
            probe.mkdir()
            (probe / "written").write_bytes(b"-")
        finally:
            shutil.rmtree(probe, ignore_errors=True)
    except OSError as error:
        raise RequestError(f"{folder} cannot be written to: {error.strerror}") from error


class NewFolder:
    """A folder that appears whole when a block ends well, and not at all when it fails or is killed.

    It is written beside its place under another name, flushed and renamed; what killed processes left there
    is cleared first.

    Parameters
    ----------
    places
        Where it may appear, the best first: where another one was quicker, the next is taken.
    replace
        Whether a folder that is there is replaced; what it has beside the new files is kept.

    Attributes
    ----------
    path
        Within the block the draft, afterwards the folder.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "results"
    >>> with NewFolder([place]) as folder:
    ...     _ = (folder.path / "numbers.txt").write_text("1 2 3")
    ...     print(place.exists())
    False
    >>> [file.name for file in folder.files()]
    ['numbers.txt']
    """

    def __init__(self, places: Iterable[Path], *, replace: bool = False) -> None:
        self._places = iter(places)
        self._place = next(self._places)
        self._replace = replace
        self.path = self._place

    def files(self) -> list[Path]:
        """Give what the folder has, by name."""
        return sorted(self.path.iterdir())

    def __enter__(self) -> NewFolder:
        place = self._place
        place.parent.mkdir(parents=True, exist_ok=True)
        clear_drafts(place.parent)
        # An empty folder stays the same: a disk may be mounted there, or all around it be somebody else's.
        self.path = draft_of(place, place if place.is_dir() and not self._replace else None)
        self.path.mkdir()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        draft = self.path
        try:
            if kind is None:
                for path in draft.rglob("*"):
                    if path.is_file():
                        _flush(path)
                self._appear(draft)
        except OSError as refused:
            error = refused
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        if isinstance(error, OSError):  # which may name a file of the draft
            raise OSError(error.errno, error.strerror or str(error), str(self._place)) from error

    def _appear(self, draft: Path) -> None:
        if draft.parent == self._place:
            self._move_in(draft)
        elif self._replace and self._place.is_dir():
            self._exchange(draft)
        else:
            while not _renamed(draft, self._place):
                self._place = next(self._places)
        self.path = self._place

    def _move_in(self, draft: Path) -> None:
        """Move everything up, with a note of what is moved, by which the next run can undo it."""
        note = draft_of(Path(_MOVING.removeprefix(".")), self._place)
        names = sorted(path.name for path in draft.iterdir())
        note.write_text(json.dumps(names), encoding="utf-8")
        _flush(note)
        for name in names:
            (draft / name).rename(self._place / name)
        note.unlink()

    def _exchange(self, draft: Path) -> None:
        for path in self._place.iterdir():
            if not (draft / path.name).exists():
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, draft / path.name)
        old = draft_of(self._place)
        self._place.rename(old)
        draft.rename(self._place)
        shutil.rmtree(old, ignore_errors=True)


def _renamed(draft: Path, place: Path) -> bool:
    """Rename a folder, and tell whether its place was free, or an empty folder."""
    try:
        draft.rename(place)
    except OSError as error:
        if place.exists():
            return False
        raise error
    return True
