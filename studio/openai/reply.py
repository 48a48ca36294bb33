"""Answers on their way out: deltas as frames of a stream, or as one document."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from studio.core.records import Delta, Passage, Usage
from studio.openai.body import json_bytes
from studio.openai.sse import DONE, frame


class Reply:
    """Answers to one request on their way out.

    As frames, the role comes first, before any text; each choice has one finish chunk and nothing after it; the usage,
    if asked for, comes last in a chunk without choices. Citations stand on each choice's first and finish chunk.

    Args:
        model: the id that answers.
        choices: how many answers are wanted.
        cited: whether passages were looked up, and are told of even where none was found.
        include_usage: whether the last chunk tells the usage.
    """

    def __init__(self, model: str, choices: int = 1, cited: bool = False, include_usage: bool = False) -> None:
        self._choices = choices
        self._cited = cited
        self._include_usage = include_usage
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }
        self._usage = Usage()
        self._begun = False
        # All of a text's frame but the text, for each choice: there is a frame for every token.
        rims = [frame(self._chunk(index, {"content": ""}, None)).rpartition(b'""') for index in range(choices)]
        self._rims = [(before, after) for before, _, after in rims]

    def frames(self, delta: Delta) -> bytes:
        """Return the events that tell a delta."""
        data = b"" if self._begun else self._opening(delta.passages)
        if delta.text:
            before, after = self._rims[delta.index]
            data += before + json_bytes(delta.text) + after
        if delta.finish_reason is not None:
            self._count(delta.usage)
            last = self._chunk(delta.index, {}, delta.finish_reason)
            data += frame({**last, **self._citations(delta.passages)})
        return data

    def end(self) -> bytes:
        """Return the events that end the stream."""
        told = frame({**self._head, "choices": [], "usage": _usage(self._usage)}) if self._include_usage else b""
        return told + DONE

    async def whole(self, deltas: AsyncGenerator[Delta, None]) -> dict[str, Any]:
        """Return the answers in one document."""
        texts = [""] * self._choices
        reasons: list[str] = ["stop"] * self._choices
        passages: tuple[Passage, ...] = ()
        async with aclosing(deltas):
            async for delta in deltas:
                texts[delta.index] += delta.text
                reasons[delta.index] = delta.finish_reason or reasons[delta.index]
                self._count(delta.usage)
                passages = delta.passages or passages
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": reason,
            }
            for index, (text, reason) in enumerate(zip(texts, reasons, strict=True))
        ]
        told = {"object": "chat.completion", "choices": choices, "usage": _usage(self._usage)}
        return {**self._head, **told, **self._citations(passages)}

    def _opening(self, passages: Sequence[Passage]) -> bytes:
        self._begun = True
        role = {"role": "assistant", "content": ""}
        cited = self._citations(passages)
        return b"".join(frame({**self._chunk(index, role, None), **cited}) for index in range(self._choices))

    def _chunk(self, index: int, delta: dict[str, str], reason: str | None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
        return {**self._head, "choices": [choice], **({"usage": None} if self._include_usage else {})}

    def _citations(self, passages: Sequence[Passage]) -> dict[str, object]:
        """Return the passages an answer was given, numbered as in its prompt: `[1]`, `[2]`, ..."""
        if not self._cited:
            return {}
        return {
            "citations": [
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
        }

    def _count(self, more: Usage | None) -> None:
        """Add the tokens of a choice: the prompt counts once, what was written counts for each."""
        if more is not None:
            self._usage = Usage(
                prompt_tokens=max(self._usage.prompt_tokens, more.prompt_tokens),
                completion_tokens=self._usage.completion_tokens + more.completion_tokens,
            )


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
