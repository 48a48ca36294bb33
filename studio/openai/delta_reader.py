"""Answers on their way in: the events of a stream as deltas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from studio.core.records import Delta, FinishReason, Passage, Usage
from studio.openai.errors import broken, read_error

_REASONS = get_args(FinishReason)


class DeltaReader:
    """Takes the events of a streamed answer and gives deltas.

    The usage comes after the chunk that finishes the answer, so the last deltas are held until the stream ends.

    Args:
        place: whence it comes, for errors.
        choices: how many answers it holds.
    """

    def __init__(self, place: str, choices: int = 1) -> None:
        self._place = place
        self._choices = choices
        self._reasons: dict[int, FinishReason] = {}
        self._usage = Usage()
        self._passages: tuple[Passage, ...] = ()

    def read(self, event: str) -> list[Delta]:
        """Take an event's data; return the deltas it holds.

        Raises:
            StudioError: it says that the engine failed, or is no such event.
        """
        try:
            chunk = json.loads(event)
            if not (isinstance(chunk, dict) and chunk.get("error")):
                return self._read(chunk)
        except (
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            OverflowError,
        ) as error:  # no JSON, or of another shape
            raise broken(self._place, event[:80]) from error
        raise read_error(503, chunk, self._place)

    def _read(self, chunk: Any) -> list[Delta]:
        """Return the deltas of a chunk in OpenAI's shape; of any other it raises what Python says of it."""
        if isinstance(usage := chunk.get("usage"), dict):
            self._usage = Usage(
                prompt_tokens=int(usage.get("prompt_tokens") or 0),
                completion_tokens=int(usage.get("completion_tokens") or 0),
            )
        if isinstance(cited := chunk.get("citations"), list):
            self._passages = tuple(map(_passage, cited))
        deltas = []
        for choice in chunk.get("choices") or ():
            index = range(self._choices)[int(choice.get("index") or 0)]
            if text := (choice.get("delta") or {}).get("content"):
                deltas.append(Delta("".join(text), index=index))
            reason = choice.get("finish_reason")
            if reason is not None:
                self._reasons[index] = reason if reason in _REASONS else "stop"
        return deltas

    def last(self) -> list[Delta]:
        """Return the deltas that end the answers; the usage is on the first.

        Raises:
            UnavailableError: the stream ended before the answers did.
        """
        if len(self._reasons) < self._choices:
            raise broken(self._place, "the stream ended early")
        first = min(self._reasons)
        return [
            Delta("", reason, self._usage if index == first else None, self._passages, index)
            for index, reason in sorted(self._reasons.items())
        ]


def _passage(citation: Mapping[str, Any]) -> Passage:
    return Passage(
        id=str(citation.get("passage_id") or citation.get("id") or ""),
        content=str(citation.get("content") or ""),
        title=str(citation.get("title") or ""),
        source=str(citation.get("source") or ""),
        score=float(citation.get("score") or 0.0),
    )
