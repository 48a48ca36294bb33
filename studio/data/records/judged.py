"""An answer with a verdict.

>>> row = Judged(id="j1", prompt=(Message(role="user", content="Hello?"),), answer="No.", good=False)
>>> row.form
'bad'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Self

from studio.core.records import Message
from studio.core.text import Text
from studio.data.records.base import Row
from studio.data.thought import parted


class Judged(Row):
    """An answer of which somebody said whether it is good; what is bad is never taught as an answer."""

    record: ClassVar[str] = "judged"
    noun: ClassVar[Text] = Text("judged answer", "带评判的回答")
    forms: ClassVar[Mapping[str, Text]] = {"good": Text("Good", "好"), "bad": Text("Bad", "差")}
    serves: ClassVar[frozenset[str]] = frozenset({"kto"})
    prose: ClassVar[tuple[str, ...]] = ("prompt", "answer")
    replies: ClassVar[tuple[str, ...]] = ("answer",)

    prompt: tuple[Message, ...]
    answer: str
    good: bool

    @property
    def form(self) -> str:
        return "good" if self.good else "bad"

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns of the prompt, in order."""
        return ("\n".join(message.content for message in self.prompt),)

    @property
    def answered(self) -> tuple[str, ...]:
        """The answer and its verdict: judged otherwise it is another row."""
        return (f"{self.answer}\n{self.good}",)

    @property
    def shared(self) -> str:
        """What the user says first."""
        return next((message.content for message in self.prompt if message.role == "user"), self.asked[0])

    @property
    def turns(self) -> tuple[Message, ...]:
        """The prompt with the answer, of which a trainer has to ask first whether it is good."""
        return (*self.prompt, Message(role="assistant", content=self.answer))

    def without_thought(self) -> Self:
        return self.model_copy(update={"answer": parted(self.answer)[1]})

    def answers(self) -> tuple[str, ...]:
        return super().answers() if self.good else ()

    def reanswered(self, write: Callable[[str], str]) -> Self:
        return super().reanswered(write) if self.good else self
