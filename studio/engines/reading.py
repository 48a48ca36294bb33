"""Reading what an engine sends back: chunks into pieces, error bodies into our errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from studio.core.errors import BusyError, ContextLengthError, InputError, StudioError, UnavailableError
from studio.core.records import Delta, FinishReason, Passage, Usage
from studio.core.text import Text, both

_REASONS = get_args(FinishReason)


class ChunkReader:
    """Takes the bytes of a streamed answer and gives pieces.

    Lines end at line feeds alone: a text may hold other characters that Unicode calls line ends. The usage comes after
    the chunk that finishes the answer, so the last pieces are held until the stream ends.

    Args:
        place: whence it comes, for errors.
        choices: how many answers it holds.
    """

    def __init__(self, place: str, choices: int = 1) -> None:
        self._place = place
        self._choices = choices
        self._rest = b""
        self._reasons: dict[int, FinishReason] = {}
        self._usage: Usage | None = None
        self._passages: tuple[Passage, ...] = ()

    def read(self, data: bytes) -> list[Delta]:
        """Take the next bytes; return the pieces they complete.

        Raises:
            StudioError: they say that the engine failed, or are no such stream.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [piece for line in lines for piece in self._line(line.decode("utf-8", errors="replace"))]

    def _line(self, line: str) -> list[Delta]:
        if not line.startswith("data:"):
            return []
        data = line[5:].strip()
        if not data or data == "[DONE]":
            return []
        try:
            chunk = json.loads(data)
        except ValueError as error:
            raise broken(self._place, data[:80]) from error
        if not isinstance(chunk, dict):
            raise broken(self._place, data[:80])
        if chunk.get("error"):
            raise read_error(503, chunk, self._place)
        if isinstance(chunk.get("usage"), dict):
            self._usage = read_usage(chunk["usage"])
        if isinstance(chunk.get("citations"), list):
            self._passages = tuple(read_passage(item) for item in chunk["citations"])
        pieces = []
        for choice in chunk.get("choices") or []:
            index = int(choice.get("index") or 0)
            text = (choice.get("delta") or {}).get("content") or ""
            if text:
                pieces.append(Delta(text, index=index))
            reason = choice.get("finish_reason")
            if reason is not None:
                self._reasons[index] = reason if reason in _REASONS else "stop"
        return pieces

    def last(self) -> list[Delta]:
        """Return the pieces that end the answers; the usage is on the first.

        Raises:
            UnavailableError: the stream ended before the answers did.
        """
        if len(self._reasons) < self._choices:
            raise broken(self._place, "the stream ended early")
        usages = [self._usage or Usage(), *[None] * len(self._reasons)]
        return [
            Delta("", reason, usage, self._passages, index)
            for (index, reason), usage in zip(sorted(self._reasons.items()), usages, strict=False)
        ]


def read_usage(value: Mapping[str, Any]) -> Usage:
    """Return the tokens an answer took."""
    return Usage(
        prompt_tokens=int(value.get("prompt_tokens") or 0), completion_tokens=int(value.get("completion_tokens") or 0)
    )


def read_passage(value: Mapping[str, Any]) -> Passage:
    """Return a passage from a search result or a citation."""
    return Passage(
        id=str(value.get("id") or value.get("passage_id") or ""),
        content=str(value.get("content") or ""),
        title=str(value.get("title") or ""),
        source=str(value.get("source") or ""),
        start=int(value.get("start") or 0),
        score=float(value.get("score") or 0.0),
    )


def read_error(status: int, body: object, place: str) -> StudioError:
    """Return what an HTTP status and its body mean, in our own errors."""
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {"message": str(error or body)[:300]}
    said = str(error.get("message", ""))
    zh = error.get("zh")
    other = zh if isinstance(zh, dict) else {}
    message = Text(said, str(other.get("message") or said))
    hint = Text(str(error["hint"]), str(other.get("hint") or error["hint"])) if error.get("hint") else None
    code = error.get("code")
    if code == "context_length_exceeded":
        return ContextLengthError(message, hint)
    if status == 429:
        return BusyError(message, hint)
    if status in (401, 403):
        return InputError(Text(f"the key was refused: {message.en}", f"密钥被拒绝：{message.zh}"), hint, place)
    if 400 <= status < 500:
        return InputError(message, hint, "" if code else place)
    return UnavailableError(Text(f"the engine failed: {message.en}", f"引擎出错：{message.zh}"), hint, place)


def broken(place: str, reason: str) -> UnavailableError:
    """Return the error for an answer that is no answer."""
    return UnavailableError(
        Text(f"the answer broke off ({reason})", f"回答中断（{reason}）"),
        Text("Ask again; the engine's log may say more.", "请重试；引擎的日志里可能有原因。"),
        place,
    )


def silent(place: str, reason: str) -> UnavailableError:
    """Return the error for an engine that cannot be reached."""
    return UnavailableError(
        both(reason) if not reason else Text(f"the engine does not answer ({reason})", f"引擎没有响应（{reason}）"),
        Text("Check that it is still up.", "请检查它是否还在运行。"),
        place,
    )


def read_search(body: object, place: str) -> list[Passage]:
    """Return the passages of a search's answer."""
    try:
        found = body["passages"]  # type: ignore[index]
        return [Passage.model_validate(item) for item in found]
    except (KeyError, TypeError, ValidationError) as error:
        raise broken(place, str(body)[:80]) from error
