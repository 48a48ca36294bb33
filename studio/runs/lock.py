"""One worker a run directory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.locks import attempting

_POLL_S = 0.02


@contextmanager
def hold(directory: Path, wait_s: float = 5.0) -> Iterator[bool]:
    """Hold a run's directory for the length of the block; yields False where another holds it for longer than `wait_s`.

    The wait is for one who only looks, or is about to end.
    """
    with attempting(directory / ".lock") as take:
        deadline = time.monotonic() + wait_s
        while not (held := take()) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        yield held
