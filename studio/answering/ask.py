"""Asking one engine many requests at once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from studio.core.errors import BusyError, ContextLengthError
from studio.core.records import Answer, FinishReason, Passage, Request, Usage
from studio.engines.base import Engine

_POLL_S = 0.2
_RETRY_S = 0.5
_MOST_DOUBLINGS = 3


async def ask_all(
    engine: Engine,
    requests: Sequence[Request],
    on_answer: Callable[[int, Answer], None],
    concurrency: int = 16,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Ask for one answer to each of many requests, `concurrency` at once, in no particular order.

    Waits and asks again where the engine has too much to do. The first failure ends the rest, and is raised.

    Args:
        on_answer: called once for each answered request with its index. A prompt that is too long for the context
            gets an empty answer with the finish reason `error`.
        should_stop: asked several times a second; once true, what is under way is cancelled, is not handed to
            `on_answer`, and the call returns.

    Raises:
        InputError: the engine cannot answer a request.
        UnavailableError: it does not answer, or died.
    """
    waiting = iter(enumerate(requests))

    async def work() -> None:
        for index, request in waiting:
            answer = await ask(engine, replace(request, whole=True))
            on_answer(index, answer)
            if should_stop():
                return

    workers = [asyncio.create_task(work()) for _ in range(min(concurrency, len(requests)))]
    pending = set(workers)
    try:
        while pending and not should_stop():
            done, pending = await asyncio.wait(pending, timeout=_POLL_S, return_when=asyncio.FIRST_EXCEPTION)
            for worker in done:
                worker.result()
    finally:
        for worker in pending:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def ask(engine: Engine, request: Request) -> Answer:
    """Return the answer to a request for one; see `ask_all`."""
    for attempt in itertools.count():
        try:
            return await _whole(engine, request)
        except ContextLengthError:
            break
        except BusyError:
            await asyncio.sleep(_RETRY_S * 2 ** min(attempt, _MOST_DOUBLINGS))
    return Answer(text="", finish_reason="error")


async def _whole(engine: Engine, request: Request) -> Answer:
    texts: list[str] = []
    reason: FinishReason = "stop"
    usage, passages = Usage(), tuple[Passage, ...]()
    async with aclosing(engine.generate(request)) as deltas:
        async for delta in deltas:
            texts.append(delta.text)
            reason = delta.finish_reason or reason
            usage = delta.usage or usage
            passages = delta.passages or passages
    return Answer(text="".join(texts), finish_reason=reason, usage=usage, passages=passages)
