"""An answer as it comes in from the gateway, in this process; the model itself lives in another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from studio.answering.gateway import Gateway
from studio.answering.system import System
from studio.core.errors import StudioError
from studio.core.records import Delta, Sampling
from studio.core.text import Text, both
from studio.ui.chat.turns import NOTHING, Turn

_PATIENCE_S = 1.5
_PAINT_S = 0.06


async def answered(
    gateway: Gateway, turns: Sequence[Turn], system: System[Sequence[Turn]], sampling: Sampling
) -> AsyncGenerator[Turn]:
    """Yield the last turn as its answer grows, a few times a second; errors end it with a notice of their own.

    Closing the iterator ends the work behind it.
    """
    turn = replace(turns[-1], busy=True)
    request = system.request(turns, sampling)
    try:
        async with (
            aclosing(gateway.stream(system.target.id, request)) as deltas,
            aclosing(_patiently(deltas)) as joined,  # closed first: it holds the delta that is under way
        ):
            async for delta in joined:
                turn = _grown(turn, delta, system.model)
                yield turn
    except StudioError as error:
        yield replace(turn, busy=False, note=NOTHING, fault=Text(error.to("en"), error.to("zh")))
        return
    yield replace(turn, busy=False)


def _grown(turn: Turn, delta: Delta | None, model: str) -> Turn:
    if delta is None:
        waiting = Text(
            f"Starting {model}: the first answer takes about half a minute.",
            f"正在启动 {model}：首次约需半分钟，之后会更快。",
        )
        return turn if turn.answer else replace(turn, note=waiting)
    notes = [both(model)]
    if delta.usage is not None:
        count = delta.usage.completion_tokens
        notes.append(Text(f"{count} tokens", f"{count} 个 token"))
    if delta.finish_reason == "length":
        notes.append(Text("cut off at the length limit", "已达长度上限，回答被截断"))
    note = Text(*(" · ".join(words) for words in zip(*notes, strict=True)))
    return replace(turn, answer=turn.answer + delta.text, passages=delta.passages or turn.passages, note=note)


async def _patiently(deltas: AsyncGenerator[Delta]) -> AsyncGenerator[Delta | None]:
    """Yield the deltas, joined to a few a second so that the page keeps up; None where the first is long in coming."""
    loop = asyncio.get_running_loop()
    held: Delta | None = None
    painted = 0.0
    coming = asyncio.ensure_future(anext(deltas))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=_PATIENCE_S if held is None else _PAINT_S)
            if not done:
                yield held
                held, painted = None, loop.time()
                continue
            try:
                delta = coming.result()
            except StopAsyncIteration:
                break
            coming = asyncio.ensure_future(anext(deltas))
            held = delta if held is None else _joined(held, delta)
            if loop.time() - painted >= _PAINT_S:
                yield held
                held, painted = None, loop.time()
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
    if held is not None:
        yield held


def _joined(first: Delta, second: Delta) -> Delta:
    return replace(
        second,
        text=first.text + second.text,
        passages=second.passages or first.passages,
        usage=second.usage or first.usage,
        finish_reason=second.finish_reason or first.finish_reason,
    )
