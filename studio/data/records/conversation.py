"""A conversation to learn from.

>>> turns = (Message(role="user", content="Hello?"), Message(role="assistant", content="Good morning."))
>>> Conversation(id="c1", messages=turns).form
'single'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Self

from studio.core.records import Message, Role
from studio.core.text import Text
from studio.data.records.base import Row
from studio.data.thought import parted


class Conversation(Row):
    """Turns to learn from; the loss falls on the assistant's turns only."""

    record: ClassVar[str] = "conversation"
    noun: ClassVar[Text] = Text("conversation", "对话")
    forms: ClassVar[Mapping[str, Text]] = {
        "single": Text("Single turn", "单轮"),
        "several": Text("Several turns", "多轮"),
    }

    serves: ClassVar[frozenset[str]] = frozenset({"sft"})
    prose: ClassVar[tuple[str, ...]] = ("messages",)

    messages: tuple[Message, ...]

    @property
    def form(self) -> str:
        return "several" if len(self._said("assistant")) > 1 else "single"

    @property
    def asked(self) -> tuple[str, ...]:
        """What is said to the assistant, in order."""
        return ("\n".join(self._said("system", "user")),)

    @property
    def answered(self) -> tuple[str, ...]:
        """What the assistant says, in order."""
        return ("\n".join(self._said("assistant")),)

    @property
    def shared(self) -> str:
        """What the user says first: conversations that begin alike are about the same."""
        return next(iter(self._said("user") or self._said("system", "assistant")), "")

    @property
    def turns(self) -> tuple[Message, ...]:
        return self.messages

    def without_thought(self) -> Self:
        said = tuple(
            Message(role=turn.role, content=parted(turn.content)[1]) if turn.role == "assistant" else turn
            for turn in self.messages
        )
        return self.model_copy(update={"messages": said}) if said != self.messages else self

    def answers(self) -> tuple[str, ...]:
        return tuple(filter(None, self._said("assistant")))

    def reanswered(self, write: Callable[[str], str]) -> Self:
        said = tuple(
            Message(role=turn.role, content=write(turn.content)) if turn.role == "assistant" and turn.content else turn
            for turn in self.messages
        )
        return self.model_copy(update={"messages": said}) if said != self.messages else self

    def _said(self, *roles: Role) -> list[str]:
        return [message.content for message in self.messages if message.role in roles]


def as_conversation(row: Row) -> Conversation:
    """Return a row as a conversation to learn from, what it is labelled with and all."""
    if isinstance(row, Conversation):
        return row
    about = {name: getattr(row, name) for name in ("id", "labels", "family", "source", "also")}
    return Conversation(messages=row.turns, **about)
