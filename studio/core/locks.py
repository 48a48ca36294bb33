"""Locks between processes, by files: the kernel frees each when its holder ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
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


def _flock(file: int, operation: int) -> bool:
    try:
        fcntl.flock(file, operation)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
