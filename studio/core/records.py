"""The records that every layer knows: what is said to a model, what it says, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Delta:
    """A part of an answer, from the token to the frame: plain and light, since there is one for every token.

    Of several answers each has its own last delta; where it came over HTTP, the usage of all is on one of them.

    Args:
        text: what was generated since the last one; may be empty.
        finish_reason: on the last delta of an answer, and only there.
        usage: the answer's tokens, beside the finish reason.
        passages: what the model was shown, on the first delta and on the last.
        index: which of several answers it belongs to.
    """

    text: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    passages: tuple[Passage, ...] = ()
    index: int = 0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next tokens are chosen.

    Args:
        max_tokens: most tokens of the answer; less where the context ends earlier.
        temperature: 0 takes the likeliest token each time; above, the scores are divided by it.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        stop: texts before which the answer ends; they are no part of it.
        seed: same seed, same draws. At temperature 0 nothing is drawn.
    """

    max_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None


DEFAULT_TOP_K = 4  # passages


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What passages are looked up for a request.

    Args:
        query: the words to search with; None: the last user message.
        top_k: most passages.
    """

    query: str | None = None
    top_k: int = DEFAULT_TOP_K


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of whatever answers.

    Args:
        messages: the conversation, the question last.
        sampling: how the answer is generated.
        choices: answers wanted; each draws with a seed of its own.
        retrieval: how passages are found, for what answers from a knowledge base. An engine alone knows none.
        whole: whether each answer may come in one delta, which spares a wake-up for every token.
    """

    messages: tuple[Message, ...]
    sampling: Sampling
    choices: int = 1
    retrieval: Retrieval | None = None
    whole: bool = False
