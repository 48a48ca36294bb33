"""What an engine is: messages in, pieces of an answer out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio.core.errors import InputError, UnavailableError
from studio.core.records import Answer, FinishReason, Message, Passage, Usage
from studio.core.text import Text

DEFAULT_CONTEXT = 2048


@dataclass(frozen=True)
class Sampling:
    """How the next tokens are chosen.

    Args:
        max_tokens: most tokens of the answer; less where the context ends earlier.
        temperature: 0 takes the likeliest token each time; above, the scores are divided by it.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        stop: texts before which the answer ends; they are no part of it.
        seed: same seed, same draws. At temperature 0 nothing is drawn.
    """

    max_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True)
class Piece:
    """A part of an answer. The last one, and only it, has a finish reason and the usage; its text may be empty.

    Of several answers each has its own last piece; the usage of all together is on one of them.

    Args:
        passages: what a `NAME@KNOWLEDGE` endpoint says it showed the model.
        index: which of several answers it belongs to.
    """

    text: str
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    passages: tuple[Passage, ...] = ()
    index: int = 0


class ContextLengthError(InputError):
    """A prompt leaves no room for an answer."""


class BusyError(UnavailableError):
    """An engine has all the requests it takes; try again in a moment."""


def over_context(prompt_tokens: int, context: int, at_least: bool = False) -> ContextLengthError:
    """Return the error for a prompt of so many tokens, or at least so many."""
    en, zh = ("at least ", "至少 ") if at_least else ("", "")
    return ContextLengthError(
        Text(
            f"the question is too long: {en}{prompt_tokens} tokens; question and answer together may have {context}.",
            f"提问太长：{zh}{prompt_tokens} 个 token，而提问和回答合计最多 {context} 个。",
        ),
        Text(
            "Shorten it, use fewer passages, or start a new conversation.",
            "请缩短提问、减少段落数，或点“新对话”。",
        ),
    )


class Engine(Protocol):
    """Whatever answers: a model in this process, or one behind a URL."""

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Generator[Piece, None, None]:
        """Answer a conversation piece by piece. Closing the generator ends the work behind it.

        Raises:
            ContextLengthError: the prompt is too long.
            UnavailableError: the engine does not answer, or died while it did.
        """
        ...

    def answer_all(
        self,
        prompts: Sequence[Sequence[Message]],
        sampling: Sampling,
        on_answer: Callable[[int, Answer], None],
        concurrency: int = 16,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Answer many conversations, `concurrency` at once, in no particular order.

        Args:
            on_answer: called in the calling thread, once for each answered prompt with its index. A prompt that is
                too long for the context gets an empty answer with the finish reason `error`.
            should_stop: asked several times a second; once true, what is under way is cancelled, is not handed to
                `on_answer`, and the call returns.

        Raises:
            UnavailableError: the engine does not answer, or died.
        """
        ...
