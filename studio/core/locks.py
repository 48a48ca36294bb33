"""Locks between processes, by files: the kernel frees each when its holder ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)  # a network disk that knows none: do without


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file for the length of the block; waits for as long as others hold it."""
    with path.open("a") as file:
        _flock(file.fileno(), fcntl.LOCK_EX)
        yield


@contextmanager
def attempting(path: Path) -> Iterator[Callable[[], bool]]:
    """Yield a function that takes a lock file if no other holds it and tells whether it did; held until the block ends.

    For those who have something better to do than wait, or to say while they do.
    """
    with path.open("a") as file:
        yield lambda: _flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def grab(path: Path) -> int | None:
    """Take a lock file if no other holds it, and return the open file that holds it, else None.

    The lock lasts for as long as that file is open in any process, so that it can be handed on to a child. The file is
    made for every user of the machine; a link in its place is not followed.

    Raises:
        OSError: it cannot be opened.
    """
    file = _opened(path)
    try:
        if _flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return file
    except OSError:
        os.close(file)
        raise
    os.close(file)
    return None


def _opened(path: Path) -> int:
    """Return a lock file opened to be read, which every user may; made where it is not there."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        try:
            file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:  # another was quicker
            return os.open(path, flags)
        os.fchmod(file, 0o644)
        return file


def _flock(file: int, operation: int) -> bool:
    try:
        fcntl.flock(file, operation)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
