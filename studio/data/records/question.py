"""A question with its gold answer.

>>> Question(id="q1", stem="What reverses heparin?", gold="protamine sulfate").is_choice
False
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Self

from pydantic import Field

from studio.core.records import Message
from studio.core.text import Text
from studio.data.prompt import AnswerStyle, ask, reply
from studio.data.records.base import Row
from studio.data.thought import joined


class Question(Row):
    """A question with its gold answer: multiple choice when it has options, open otherwise.

    `gold` is the right letters (`"C"`, `"ABC"`) of a multiple-choice question and the reference answer of an
    open one; `accepted` are the short names any of which counts as naming the open answer.
    """

    record: ClassVar[str] = "question"
    noun: ClassVar[Text] = Text("question", "题目")
    forms: ClassVar[Mapping[str, Text]] = {"choice": Text("Multiple choice", "选择题"), "open": Text("Open", "开放题")}

    serves: ClassVar[frozenset[str]] = frozenset({"sft", "choice", "open"})
    prose: ClassVar[tuple[str, ...]] = (
        "system",
        "contexts",
        "stem",
        "options",
        "thought",
        "gold",
        "accepted",
        "explanation",
        "criteria",
    )

    replies: ClassVar[tuple[str, ...]] = ("gold",)

    stem: str
    options: dict[str, str] = Field(default_factory=dict, description="letter to option text, in reading order")
    gold: str
    accepted: tuple[str, ...] = ()
    contexts: tuple[str, ...] = Field(default=(), description="passages that come with the question")
    explanation: str = ""
    thought: str = Field(default="", description="the reasoning that leads to the answer; taught in front of it")
    system: str = Field(default="", description="the system prompt that comes with it")
    criteria: tuple[str, ...] = Field(default=(), description="what an answer must have")
    group: str = Field(default="", description="a label that reports are broken down by")

    @property
    def is_choice(self) -> bool:
        return bool(self.options)

    @property
    def form(self) -> str:
        return "choice" if self.is_choice else "open"

    @property
    def asked(self) -> tuple[str, ...]:
        """The stem, then the texts of the options and the passages that come with it."""
        return (self.stem, *self.options.values(), *self.contexts)

    @property
    def answered(self) -> tuple[str, ...]:
        """The texts of the right options, under whatever letters they stand; or the gold answer."""
        if self.is_choice:
            return tuple(self.options.get(letter, letter) for letter in self.gold)
        return (self.gold,)

    @property
    def one_answer(self) -> bool:
        """Options are right or wrong; an open question may be answered in several ways."""
        return self.is_choice

    @property
    def letters(self) -> str:
        return self.gold if self.is_choice else ""

    @property
    def shared(self) -> str:
        """The case that it is about, else its stem, whatever options follow it."""
        return self.family or self.stem

    @property
    def turns(self) -> tuple[Message, ...]:
        return self.answered_by("letter_text")

    def answered_by(self, style: AnswerStyle) -> tuple[Message, ...]:
        """Return the conversation to learn from, with the right option said in a style."""
        return (*ask(self), Message(role="assistant", content=joined(self.thought, reply(self, style))))

    def without_thought(self) -> Self:
        return self.model_copy(update={"thought": ""}) if self.thought else self

    def answers(self) -> tuple[str, ...]:
        return () if self.options or not self.gold else (self.gold,)

    def reanswered(self, write: Callable[[str], str]) -> Self:
        return self if self.is_choice else super().reanswered(write)

    def _written(self) -> tuple[str, ...]:
        written = super()._written()
        return tuple(name for name in written if name != "gold") if self.is_choice else written
