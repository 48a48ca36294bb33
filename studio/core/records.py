"""The records between a raw file and a report. Everything in between is one of these.

>>> Question(id="q1", stem="What reverses heparin?", gold="protamine sulfate").is_choice
False
"""

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


class Source(Record):
    """Where a record came from, so that every row can be traced back to its line."""

    file: str
    line: int = Field(description="1-based line of the row's beginning in the file")


class Question(Record):
    """A question with its gold answer: multiple choice when it has options, open otherwise.

    `gold` is the right letters (`"C"`, `"ABC"`) of a multiple-choice question and the reference answer of an
    open one; `accepted` are the short names any of which counts as naming the open answer.
    """

    id: str
    stem: str
    options: dict[str, str] = Field(default_factory=dict, description="letter to option text, in reading order")
    gold: str
    accepted: tuple[str, ...] = ()
    contexts: tuple[str, ...] = Field(default=(), description="passages that come with the question")
    explanation: str = ""
    group: str = Field(default="", description="a label that reports are broken down by")
    source: Source | None = None

    @property
    def is_choice(self) -> bool:
        return bool(self.options)


class Conversation(Record):
    """Turns to learn from; the loss falls on the assistant's turns only."""

    id: str
    messages: tuple[Message, ...]
    source: Source | None = None


class Preference(Record):
    """A prompt with a better and a worse answer."""

    id: str
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    source: Source | None = None


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


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What passages are looked up for a request.

    Args:
        query: the words to search with; None: the last user message.
        top_k: most passages.
    """

    query: str | None = None
    top_k: int = 4


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
