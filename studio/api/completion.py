"""An answer as OpenAI's documents: one whole `chat.completion`, or its chunks."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from studio.core.records import Delta, Passage, Usage


@dataclass(frozen=True)
class Head:
    """What all documents of one answer share.

    Args:
        model: the id that answers.
        choices: how many answers are wanted.
        cited: whether passages were looked up, and are told of even where none was found.
    """

    model: str
    choices: int = 1
    cited: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))


def citations(passages: Sequence[Passage]) -> list[dict[str, object]]:
    """Return the passages an answer was given, numbered as in its prompt: `[1]`, `[2]`, ..."""
    return [
        {
            "index": number,
            "passage_id": passage.id,
            "source": passage.source,
            "title": passage.title,
            "content": passage.content,
            "score": passage.score,
        }
        for number, passage in enumerate(passages, 1)
    ]


async def whole(head: Head, chunks: AsyncGenerator[Delta]) -> dict[str, object]:
    """Return the `chat.completion` that a stream of chunks makes."""
    texts = [""] * head.choices
    reasons: list[str] = ["stop"] * head.choices
    usage = Usage()
    passages: tuple[Passage, ...] = ()
    async for chunk in chunks:
        texts[chunk.index] += chunk.text
        reasons[chunk.index] = chunk.finish_reason or reasons[chunk.index]
        usage = _add(usage, chunk.usage)
        passages = chunk.passages or passages
    document: dict[str, object] = {
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": head.model,
        "choices": [
            {
                "index": index,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": reason,
            }
            for index, (text, reason) in enumerate(zip(texts, reasons, strict=True))
        ],
        "usage": _usage(usage),
    }
    return {**document, **_cited(head, passages)}


async def parts(head: Head, chunks: AsyncGenerator[Delta], include_usage: bool) -> AsyncGenerator[dict[str, object]]:
    """Yield the `chat.completion.chunk` documents of a stream.

    The role comes first, before any text; each choice has one finish chunk and nothing after it; the usage, if asked
    for, comes last in a chunk without choices. Citations stand on each choice's first and finish chunk.
    """
    usage = Usage()
    began = False
    async with aclosing(chunks):
        async for chunk in chunks:
            usage = _add(usage, chunk.usage)
            if not began:
                began = True
                for index in range(head.choices):
                    first = _part(head, index, {"role": "assistant", "content": ""}, None, include_usage)
                    yield {**first, **_cited(head, chunk.passages)}
            if chunk.text:
                yield _part(head, chunk.index, {"content": chunk.text}, None, include_usage)
            if chunk.finish_reason is not None:
                last = _part(head, chunk.index, {}, chunk.finish_reason, include_usage)
                yield {**last, **_cited(head, chunk.passages)}
    if include_usage:
        yield {**_document(head), "choices": [], "usage": _usage(usage)}


def _cited(head: Head, passages: Sequence[Passage]) -> dict[str, object]:
    return {"citations": citations(passages)} if head.cited else {}


def _document(head: Head) -> dict[str, object]:
    return {"id": head.id, "object": "chat.completion.chunk", "created": head.created, "model": head.model}


def _part(head: Head, index: int, delta: dict[str, str], reason: str | None, usage: bool) -> dict[str, object]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {**_document(head), "choices": [choice], **({"usage": None} if usage else {})}


def _add(total: Usage, more: Usage | None) -> Usage:
    """Return the tokens of several choices: the prompt counts once, what was written counts for each."""
    if more is None:
        return total
    return Usage(
        prompt_tokens=max(total.prompt_tokens, more.prompt_tokens),
        completion_tokens=total.completion_tokens + more.completion_tokens,
    )


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
