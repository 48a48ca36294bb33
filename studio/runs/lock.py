"""One worker a run directory: a lock that the kernel frees when its holder ends, however it ends."""

from __future__ import annotations

import errno
import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_S = 0.02
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)  # a network disk that knows none: do without


@contextmanager
def hold(directory: Path, wait_s: float = 5.0) -> Iterator[bool]:
    """Hold a run's directory for the length of the block; yields False where another holds it for longer than `wait_s`.

    The wait is for one who only looks, or is about to end.
    """
    with (directory / ".lock").open("a") as lock:
        deadline = time.monotonic() + wait_s
        while not (held := _take(lock.fileno())) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        yield held


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
