"""A better and a worse answer.

>>> row = Preference(id="p1", prompt=(Message(role="user", content="Hello?"),), chosen="Good morning.", rejected="No.")
>>> [turn.content for turn in row.turns]
['Hello?', 'Good morning.']
"""

from __future__ import annotations

from typing import ClassVar, Self

from studio.core.records import Message
from studio.core.text import Text
from studio.data.records.base import Row
from studio.data.thought import parted


class Preference(Row):
    """A prompt with a better and a worse answer."""

    record: ClassVar[str] = "preference"
    noun: ClassVar[Text] = Text("preference", "偏好对")

    serves: ClassVar[frozenset[str]] = frozenset({"dpo"})
    prose: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "rejected")
    replies: ClassVar[tuple[str, ...]] = ("chosen",)

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns of the prompt, in order."""
        return ("\n".join(message.content for message in self.prompt),)

    @property
    def answered(self) -> tuple[str, ...]:
        """Both answers, the better one first: turned round they are another row."""
        return ("\n".join((self.chosen, self.rejected)),)

    @property
    def shared(self) -> str:
        """What the user says first."""
        return next((message.content for message in self.prompt if message.role == "user"), self.asked[0])

    @property
    def turns(self) -> tuple[Message, ...]:
        """The prompt with the better answer."""
        return (*self.prompt, Message(role="assistant", content=self.chosen))

    def without_thought(self) -> Self:
        return self.model_copy(update={"chosen": parted(self.chosen)[1], "rejected": parted(self.rejected)[1]})
