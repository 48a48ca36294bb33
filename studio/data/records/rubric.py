"""A question whose answers are judged by criteria.

>>> row = Rubric(id="r1", prompt=(Message(role="user", content="Hello?"),), criteria=(Criterion(text="Greets.", points=5),))
>>> row.asked
('Hello?',)
"""

from __future__ import annotations

from typing import ClassVar

from studio.core.records import Message, Record
from studio.core.text import Text
from studio.data.records.base import Row


class Criterion(Record):
    """What an answer gets points for, or loses some."""

    text: str
    points: float


class Rubric(Row):
    """A prompt, and what an answer to it gets points for; it has no answer of its own."""

    record: ClassVar[str] = "rubric"
    noun: ClassVar[Text] = Text("rubric question", "带评分要点的题目")
    serves: ClassVar[frozenset[str]] = frozenset({"rubric"})
    prose: ClassVar[tuple[str, ...]] = ("prompt", "criteria")

    prompt: tuple[Message, ...]
    criteria: tuple[Criterion, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns of the prompt, in order."""
        return ("\n".join(message.content for message in self.prompt),)

    @property
    def answered(self) -> tuple[str, ...]:
        """What an answer is judged by."""
        return tuple(f"{item.points:g} {item.text}" for item in self.criteria)

    @property
    def shared(self) -> str:
        """What the user says first."""
        return next((message.content for message in self.prompt if message.role == "user"), self.asked[0])

    @property
    def turns(self) -> tuple[Message, ...]:
        """The prompt; there is nothing to learn behind it."""
        return self.prompt
