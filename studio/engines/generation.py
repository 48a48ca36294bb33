"""One answer under way in the local engine, and what its asker holds to end it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from studio.core.errors import StudioError, UnavailableError
from studio.core.records import Delta, FinishReason, Usage
from studio.core.text import Text
from studio.engines.detokenizer import Detokenizer

Listener = Callable[[Delta | StudioError], None]


@dataclass
class Generation:
    """What the engine keeps of an answer that it generates.

    Args:
        prompt_tokens: length of its prompt.
        detokenizer: turns its tokens into text.
        ends: tokens that end an answer and are no part of its text.
        listener: hears the deltas.
        index: which of a request's answers it is.
        whole: whether its listener hears only one delta, with the whole text.
    """

    prompt_tokens: int
    detokenizer: Detokenizer
    ends: Collection[int]
    listener: Listener
    index: int
    whole: bool
    tokens: int = 0
    _text: str = ""

    @property
    def usage(self) -> Usage:
        return Usage(prompt_tokens=self.prompt_tokens, completion_tokens=self.tokens)

    def take(self, output: Any) -> Delta | None:
        """Take what the manager says: all tokens so far; return the delta to be heard, if any."""
        generated: list[int] = output.generated_tokens
        fresh = generated[self.tokens :]
        self.tokens = len(generated)
        text = self.detokenizer.add([token for token in fresh if token not in self.ends])
        reason: FinishReason | None = None
        if output.is_finished():
            text += self.detokenizer.finish()
            ended = bool(generated) and generated[-1] in self.ends
            reason = "stop" if ended or self.detokenizer.stopped else "length"
        elif self.detokenizer.stopped:
            reason = "stop"
        if self.whole:
            self._text += text
            text = self._text
        if reason is not None:
            return Delta(text, reason, self.usage, index=self.index)
        return Delta(text, index=self.index) if text and not self.whole else None

    def cancelled(self) -> Delta:
        """Return what is heard last of an answer that was cancelled."""
        return Delta("", "cancelled", self.usage, index=self.index)


@dataclass(frozen=True)
class PendingAnswer:
    """An answer that was asked for; cancelling it frees its part of the cache at the engine's next step."""

    id: str
    _cancel: Callable[[str], None] = field(repr=False)

    def cancel(self) -> None:
        """End the answer if it is not over; its listener hears a last delta with the reason `cancelled`."""
        self._cancel(self.id)


def died(reason: str) -> UnavailableError:
    """Return the error for whoever waits for an engine that died."""
    return UnavailableError(
        Text(f"the engine died while answering ({reason})", f"引擎在回答时出错退出（{reason}）"),
        Text("Serve the model again; its log says more.", "请重新启动模型服务，详情见其日志。"),
    )
