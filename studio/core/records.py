"""The records that every floor knows: what is said to a model, what it says, and what it is shown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["system", "user", "assistant"]


class Record(BaseModel):
    """Shared settings of all records: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Record):
    """One turn of a conversation."""

    role: Role
    content: str


class Passage(Record):
    """A piece of a text that can be found and cited."""

    id: str
    content: str
    title: str = Field(default="", description="the heading it stands under")
    source: str = Field(description="file name of the text it was cut from")
    start: int = Field(default=0, description="offset of its first character in the source's text")
    score: float = Field(default=0.0, description="relevance in [0, 1]; set by a search")


class Usage(Record):
    """Tokens of one answer."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


FinishReason = Literal["stop", "length", "cancelled", "error"]


class Answer(Record):
    """What a model said, with what it was shown."""

    text: str
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    passages: tuple[Passage, ...] = ()
