"""A question with its gold answer.

>>> Question(id="q1", stem="What reverses heparin?", gold="protamine sulfate").is_choice
False
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from studio.core.records import Message
from studio.core.text import Text
from studio.data.prompt import ask, reply
from studio.data.records.base import Row, RowOrigin


class Question(Row):
    """A question with its gold answer: multiple choice when it has options, open otherwise.

    `gold` is the right letters (`"C"`, `"ABC"`) of a multiple-choice question and the reference answer of an
    open one; `accepted` are the short names any of which counts as naming the open answer.
    """

    record: ClassVar[str] = "question"
    noun: ClassVar[Text] = Text("question", "题目")
    forms: ClassVar[Mapping[str, Text]] = {"choice": Text("Choice", "选择题"), "open": Text("Open", "开放题")}

    stem: str
    options: dict[str, str] = Field(default_factory=dict, description="letter to option text, in reading order")
    gold: str
    accepted: tuple[str, ...] = ()
    contexts: tuple[str, ...] = Field(default=(), description="passages that come with the question")
    explanation: str = ""
    group: str = Field(default="", description="a label that reports are broken down by")
    source: RowOrigin | None = None

    @property
    def is_choice(self) -> bool:
        return bool(self.options)

    @property
    def form(self) -> str:
        return "choice" if self.is_choice else "open"

    @property
    def asked(self) -> tuple[str, ...]:
        """The stem, then the texts of the options."""
        return (self.stem, *self.options.values())

    @property
    def answered(self) -> tuple[str, ...]:
        """The texts of the right options, under whatever letters they stand; or the gold answer with its contexts."""
        if self.is_choice:
            return tuple(self.options.get(letter, letter) for letter in self.gold)
        return (self.gold + "".join(self.contexts),)

    @property
    def one_answer(self) -> bool:
        """Options are right or wrong; an open question may be answered in several ways."""
        return self.is_choice

    @property
    def shared(self) -> str:
        """The stem, whatever options follow it."""
        return self.stem

    @property
    def turns(self) -> tuple[Message, ...]:
        return (*ask(self), Message(role="assistant", content=reply(self)))
