"""A lock between processes, also on file systems that cannot lock."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

_ENOTSUPP = 524  # the kernel's own, of some network file systems; Python's errno does not know it
_CANNOT = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, _ENOTSUPP})


def can_lock(folder: Path) -> bool:
    """Tell whether the file system of a folder can lock files.

    Raises
    ------
    OSError
        For a folder that cannot be written to.
    """
    try:
        import fcntl
    except ImportError:  # Windows locks by other means
        return True
    with tempfile.TemporaryFile(dir=folder) as probe:
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _CANNOT:
                return False
            raise
    return True


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True, hard: bool | None = None) -> Iterator[bool]:
    """Hold a lock while the block runs, and tell whether it is held: without `wait` another one may have it.

    Where the system says that it cannot lock, a file that exists stands for the lock. One that a killed
    process left is taken away by the next process of the same machine; one of another machine stays until
    somebody removes it.

    Parameters
    ----------
    path
        The file of the lock; of a soft lock it has the ending ``.soft`` too.
    wait
        Whether to wait for whoever has it.
    hard
        What `can_lock` says of the folder, where it is known; asked by default.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "lock"
    >>> with locked(path) as mine, locked(path, wait=False) as again:
    ...     print(mine, again)
    True False
    """
    import filelock

    hard = can_lock(path.parent) if hard is None else hard
    lock: filelock.BaseFileLock
    if hard:
        lock = filelock.FileLock(path, blocking=wait)
    else:
        lock = filelock.SoftFileLock(path.with_name(f"{path.name}.soft"), blocking=wait)
    try:
        lock.acquire()
    except filelock.Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
