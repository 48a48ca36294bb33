"""How much a server takes on at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.errors import BusyError
from studio.core.text import Text


class Admission:
    """Counts the answers under way; for one event loop.

    Args:
        most: answers under way at once.

    Attributes:
        busy: those that are.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self.busy = 0

    @contextmanager
    def admit(self, answers: int = 1) -> Iterator[None]:
        """Count answers as under way for the length of the block.

        Raises:
            BusyError: with these there would be more than may be.
        """
        if self.busy + answers > self._most:
            raise BusyError(
                Text("too many requests are under way; try again in a moment", "正在处理的请求太多，请稍后再试")
            )
        self.busy += answers
        try:
            yield
        finally:
            self.busy -= answers
