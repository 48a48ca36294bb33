"""What an engine is: messages in, deltas of an answer out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from studio.core.records import Answer, Delta, Message, Sampling

DEFAULT_CONTEXT = 2048


class Engine(Protocol):
    """Whatever answers: a model in this process, or one behind a URL."""

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Generator[Delta, None, None]:
        """Answer a conversation delta by delta. Closing the generator ends the work behind it.

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
