"""A conversation to learn from.

>>> turns = (Message(role="user", content="Hello?"), Message(role="assistant", content="Good morning."))
>>> Conversation(id="c1", messages=turns).form
'single'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from studio.core.records import Message, Role
from studio.core.text import Text
from studio.data.records.base import Row, RowOrigin


class Conversation(Row):
    """Turns to learn from; the loss falls on the assistant's turns only."""

    record: ClassVar[str] = "conversation"
    noun: ClassVar[Text] = Text("conversation", "对话")
    forms: ClassVar[Mapping[str, Text]] = {
        "single": Text("Single turn", "单轮"),
        "several": Text("Several turns", "多轮"),
    }

    messages: tuple[Message, ...]
    source: RowOrigin | None = None

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

    def _said(self, *roles: Role) -> list[str]:
        return [message.content for message in self.messages if message.role in roles]
