"""What a scorer is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.core.choice import Options
from studio.core.records import Message
from studio.core.text import Text
from studio.data.records.question import Question


@dataclass(frozen=True)
class Response:
    """What a system gave for one question.

    Args:
        text: the answer as generated.
        likelihoods: for each option letter the summed log-probability of its text and its tokens, where measured.
        finish_reason: how the answer ended: `stop`, `length` (the token limit) or `error` (the prompt did not fit).
    """

    text: str
    likelihoods: Mapping[str, tuple[float, int]] | None = None
    finish_reason: str = "stop"


@dataclass(frozen=True)
class Mark:
    """How one answer was marked.

    Args:
        score: 0 or 1 for a scorer of right and wrong, else in [0, 1].
        read: the answer as it was understood.
        rule: the rule by which it was.
        flags: things to be counted beside the score; each becomes a metric of its own (`unread`).
        details: figures worth keeping for this one answer.
    """

    score: float
    read: str = ""
    rule: str = ""
    flags: Mapping[str, bool] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)


Ask = Callable[[Sequence[Message], int], Awaitable[str]]
"""`await ask(messages, max_tokens)` gives a model's answer, greedily; empty where the prompt is too long for it."""


@dataclass(frozen=True)
class Scorer:
    """A way of marking.

    Args:
        title: what a reader calls the figure.
        help: how it is made, in a sentence.
        applies: whether a question can be marked so.
        mark: `await mark(question, response, options, ask)` gives the mark, or None where this system gave nothing to
            mark (no likelihoods over HTTP). `ask` reaches the model that the option `asks` names.
        rank: its place among the columns; the first that marks an answer says whether it is correct, if binary.
        binary: right or wrong (shares, Wilson, McNemar) or a figure between 0 and 1 (means, bootstrap).
        beside: what must stand beside every figure, such as the tokenizer's name.
        options: the schema of its own options.
        asks: the option that names the model it asks (declared with `refers="model"`); empty where it asks none.
        usual: whether it marks where a recipe names no scorers.
    """

    title: Text
    help: Text
    applies: Callable[[Question], bool]
    mark: Callable[[Question, Response, Any, Ask], Awaitable[Mark | None]]
    rank: int = 100
    binary: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
    options: type[Options] = Options
    asks: str = ""
    usual: bool = True


async def nobody(messages: Sequence[Message], max_tokens: int) -> str:
    """Stand in for the model of a scorer that asks none. Raises ValueError."""
    raise ValueError("this scorer names no model to ask: say which option does, by `asks`")


@dataclass(frozen=True)
class Marker:
    """A scorer at work: with its options, and the model it asks."""

    name: str
    scorer: Scorer
    options: Options = field(default_factory=Options)
    ask: Ask = nobody

    async def mark(self, question: Question, response: Response) -> Mark | None:
        """Return the mark; None where the scorer does not apply, or has nothing to mark."""
        if not self.scorer.applies(question):
            return None
        return await self.scorer.mark(question, response, self.options, self.ask)
