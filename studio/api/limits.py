"""How much the endpoint takes on at once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeVar

from studio.api.errors import overloaded

T = TypeVar("T")


class Limiter:
    """Counts the answers under way; for one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy = 0

    async def admit(self, answer: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """Yield what an answer yields, while it counts as under way.

        Raises:
            ApiError: 429 as many as may be are under way already.
        """
        if self._busy >= self._most:
            raise overloaded()
        self._busy += 1
        try:
            async for item in answer:
                yield item
        finally:
            self._busy -= 1
            await answer.aclose()
