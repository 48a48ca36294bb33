"""`POST /v1/chat/completions`: a request read and written, deltas as frames or one document, and frames as deltas.

>>> body = {"messages": [{"role": "user", "content": "ping"}], "max_tokens": 5, "user": "u1"}
>>> read_chat(body).request(max_tokens=1024).sampling
Sampling(max_tokens=5, temperature=0.0, top_p=1.0, stop=(), seed=None)
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from studio.core.records import (
    DEFAULT_TOP_K,
    Delta,
    FinishReason,
    Message,
    Passage,
    Request,
    Retrieval,
    Sampling,
    Usage,
)
from studio.core.text import Text
from studio.openai.body import json_bytes
from studio.openai.errors import broken, fault, read_error
from studio.openai.fields import MISSING, Fields, only_empty, only_zero, read_fields, refuse
from studio.openai.sse import DONE, frame

MOST_CHOICES = 8
_MOST_STOPS = 4
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_REASONS = get_args(FinishReason)


def _content(value: object) -> str | None:
    """Return a message's text: a string, a list of text parts, or nothing."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise refuse("accepted: a string or a list of text parts", "应为文字，或由文字部分组成的列表")
    texts = []
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            kind = str(part.get("type") if isinstance(part, dict) else type(part).__name__)[:40]
            raise refuse(
                f"a part of type '{kind}' was given; these models read text parts only "
                '({"type": "text", "text": "..."})',
                f"给了类型为“{kind}”的部分；这里的模型只能读文字部分",
            )
        texts.append(part["text"])
    return "".join(texts)


def _role(value: object) -> object:
    if isinstance(value, str) and value in _ROLES:
        return _ROLES[value]
    raise refuse(
        f"given {str(value)[:40]!r}, accepted: {', '.join(_ROLES)}",
        f"现为 {str(value)[:40]!r}，可选：{'、'.join(_ROLES)}",
    )


def _stops(value: object) -> object:
    """Return the stop texts; empty ones, which would stop every answer before it begins, are left out."""
    stops = [value] if isinstance(value, str) else value if value is not None else []
    texts = isinstance(stops, list) and all(isinstance(stop, str) for stop in stops)
    if not isinstance(stops, list) or not texts or len(stops) > _MOST_STOPS:
        raise refuse("accepted: a string, or a list of at most 4 strings", "应为文字，或最多 4 个文字的列表")
    return tuple(stop for stop in stops if stop)


def _only_off(value: bool | None) -> bool | None:
    if value:
        raise refuse("log-probabilities are not supported here", "这里不支持返回对数概率")
    return value


def _only_text(value: object) -> object:
    kind = value.get("type") if isinstance(value, Mapping) else value
    if value is not None and kind != "text":
        raise refuse(
            'only {"type": "text"} is supported; ask for JSON in the prompt instead',
            '只支持 {"type": "text"}；需要 JSON 时请写在提示里',
        )
    return value


class ChatMessage(Fields):
    """One turn; `developer` is another name for `system`."""

    role: Annotated[Literal["system", "user", "assistant"], BeforeValidator(_role)]
    content: Annotated[str | None, BeforeValidator(_content)] = None
    tool_calls: Annotated[Any, AfterValidator(only_empty)] = None


class RetrievalOptions(Fields):
    """How `NAME@KNOWLEDGE` searches: with which words (the last user message by default), and for how many passages."""

    query: str | None = None
    top_k: int = Field(default=DEFAULT_TOP_K, ge=1, le=20)


class StreamOptions(Fields):
    """What else a stream tells."""

    include_usage: bool | None = None


class ChatRequest(Fields):
    """The body of a request."""

    messages: list[ChatMessage] = Field(min_length=1)
    model: str | None = ""
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    n: int | None = Field(default=1, ge=1, le=MOST_CHOICES)
    stop: Annotated[tuple[str, ...], BeforeValidator(_stops)] = ()
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    frequency_penalty: Annotated[float | None, AfterValidator(only_zero)] = Field(default=None, ge=-2, le=2)
    presence_penalty: Annotated[float | None, AfterValidator(only_zero)] = Field(default=None, ge=-2, le=2)
    logprobs: Annotated[bool | None, AfterValidator(_only_off)] = None
    top_logprobs: Annotated[Any, AfterValidator(only_empty)] = None
    logit_bias: Annotated[Any, AfterValidator(only_empty)] = None
    response_format: Annotated[Any, AfterValidator(_only_text)] = None
    tools: Any = None
    tool_choice: Any = None
    functions: Any = None
    function_call: Any = None
    retrieval: RetrievalOptions | None = None

    @property
    def include_usage(self) -> bool:
        """Whether a stream tells the usage at its end."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    def request(self, max_tokens: int) -> Request:
        """Return what is asked. Without a temperature nothing is drawn, so that the answer can be repeated.

        Args:
            max_tokens: tokens of the answer where the client says nothing of them.
        """
        return Request(
            messages=tuple(Message(role=message.role, content=message.content or "") for message in self.messages),
            sampling=Sampling(
                max_tokens=self.max_completion_tokens or self.max_tokens or max_tokens,
                temperature=self.temperature or 0.0,
                top_p=1.0 if self.top_p is None else self.top_p,
                stop=self.stop,
                seed=self.seed,
            ),
            choices=self.n or 1,
            retrieval=None if self.retrieval is None else Retrieval(self.retrieval.query, self.retrieval.top_k),
            whole=not self.stream,
        )


def read_chat(values: Mapping[str, object]) -> ChatRequest:
    """Return a body as a request, or raise ApiError (400) that names the first field at fault and what is accepted."""
    read = read_fields(ChatRequest, values)
    for index, message in enumerate(read.messages):
        if message.content is None and message.role != "assistant":
            raise fault(f"messages[{index}].content", MISSING, "missing_required_parameter")
    for name, choice in (("tools", read.tool_choice), ("functions", read.function_call)):
        if getattr(read, name) and choice != "none":
            raise fault(
                name,
                Text(
                    'these models call no tools; leave the field out, or choose "none"',
                    '这里的模型不会调用工具；请去掉该字段，或选择 "none"',
                ),
                "unsupported_parameter",
            )
    return read


def write_chat(request: Request, model: str) -> dict[str, Any]:
    """Return the body that asks for a request's answers; always a stream, in which a waiting server can show life."""
    sampling, retrieval = request.sampling, request.retrieval
    body: dict[str, Any] = {
        "model": model,
        "messages": [message.model_dump() for message in request.messages],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.choices > 1:
        body["n"] = request.choices
    if sampling.top_p < 1:
        body["top_p"] = sampling.top_p
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if retrieval is not None:
        body["retrieval"] = {"query": retrieval.query, "top_k": retrieval.top_k}
    return body


class Reply:
    """Answers to one request on their way out.

    As frames, the role comes first, before any text; each choice has one finish chunk and nothing after it; the usage,
    if asked for, comes last in a chunk without choices. Citations stand on each choice's first and finish chunk.

    Args:
        model: the id that answers.
        choices: how many answers are wanted.
        cited: whether passages were looked up, and are told of even where none was found.
        include_usage: whether the last chunk tells the usage.
    """

    def __init__(self, model: str, choices: int = 1, cited: bool = False, include_usage: bool = False) -> None:
        self._choices = choices
        self._cited = cited
        self._include_usage = include_usage
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }
        self._usage = Usage()
        self._begun = False
        # All of a text's frame but the text, for each choice: there is a frame for every token.
        rims = [frame(self._chunk(index, {"content": ""}, None)).rpartition(b'""') for index in range(choices)]
        self._rims = [(before, after) for before, _, after in rims]

    def frames(self, delta: Delta) -> bytes:
        """Return the events that tell a delta."""
        data = b"" if self._begun else self._opening(delta.passages)
        if delta.text:
            before, after = self._rims[delta.index]
            data += before + json_bytes(delta.text) + after
        if delta.finish_reason is not None:
            self._count(delta.usage)
            last = self._chunk(delta.index, {}, delta.finish_reason)
            data += frame({**last, **self._citations(delta.passages)})
        return data

    def end(self) -> bytes:
        """Return the events that end the stream."""
        told = frame({**self._head, "choices": [], "usage": _usage(self._usage)}) if self._include_usage else b""
        return told + DONE

    async def whole(self, deltas: AsyncGenerator[Delta, None]) -> dict[str, Any]:
        """Return the answers in one document."""
        texts = [""] * self._choices
        reasons: list[str] = ["stop"] * self._choices
        passages: tuple[Passage, ...] = ()
        async with aclosing(deltas):
            async for delta in deltas:
                texts[delta.index] += delta.text
                reasons[delta.index] = delta.finish_reason or reasons[delta.index]
                self._count(delta.usage)
                passages = delta.passages or passages
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": reason,
            }
            for index, (text, reason) in enumerate(zip(texts, reasons, strict=True))
        ]
        told = {"object": "chat.completion", "choices": choices, "usage": _usage(self._usage)}
        return {**self._head, **told, **self._citations(passages)}

    def _opening(self, passages: Sequence[Passage]) -> bytes:
        self._begun = True
        role = {"role": "assistant", "content": ""}
        cited = self._citations(passages)
        return b"".join(frame({**self._chunk(index, role, None), **cited}) for index in range(self._choices))

    def _chunk(self, index: int, delta: dict[str, str], reason: str | None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
        return {**self._head, "choices": [choice], **({"usage": None} if self._include_usage else {})}

    def _citations(self, passages: Sequence[Passage]) -> dict[str, object]:
        """Return the passages an answer was given, numbered as in its prompt: `[1]`, `[2]`, ..."""
        if not self._cited:
            return {}
        return {
            "citations": [
                {
                    "index": number,
                    "passage_id": passage.id,
                    "source": passage.source,
                    "title": passage.title,
                    "content": passage.content,
                    "score": passage.score,
                }
                for number, passage in enumerate(passages, 1)
            ]
        }

    def _count(self, more: Usage | None) -> None:
        """Add the tokens of a choice: the prompt counts once, what was written counts for each."""
        if more is not None:
            self._usage = Usage(
                prompt_tokens=max(self._usage.prompt_tokens, more.prompt_tokens),
                completion_tokens=self._usage.completion_tokens + more.completion_tokens,
            )


class DeltaReader:
    """Takes the events of a streamed answer and gives deltas.

    The usage comes after the chunk that finishes the answer, so the last deltas are held until the stream ends.

    Args:
        place: whence it comes, for errors.
        choices: how many answers it holds.
    """

    def __init__(self, place: str, choices: int = 1) -> None:
        self._place = place
        self._choices = choices
        self._reasons: dict[int, FinishReason] = {}
        self._usage = Usage()
        self._passages: tuple[Passage, ...] = ()

    def read(self, event: str) -> list[Delta]:
        """Take an event's data; return the deltas it holds.

        Raises:
            StudioError: it says that the engine failed, or is no such event.
        """
        try:
            chunk = json.loads(event)
            if not (isinstance(chunk, dict) and chunk.get("error")):
                return self._read(chunk)
        except (
            ValueError,
            TypeError,
            AttributeError,
            IndexError,
            OverflowError,
        ) as error:  # no JSON, or of another shape
            raise broken(self._place, event[:80]) from error
        raise read_error(503, chunk, self._place)

    def _read(self, chunk: Any) -> list[Delta]:
        """Return the deltas of a chunk in OpenAI's shape; of any other it raises what Python says of it."""
        if isinstance(usage := chunk.get("usage"), dict):
            self._usage = Usage(
                prompt_tokens=int(usage.get("prompt_tokens") or 0),
                completion_tokens=int(usage.get("completion_tokens") or 0),
            )
        if isinstance(cited := chunk.get("citations"), list):
            self._passages = tuple(map(_passage, cited))
        deltas = []
        for choice in chunk.get("choices") or ():
            index = range(self._choices)[int(choice.get("index") or 0)]
            if text := (choice.get("delta") or {}).get("content"):
                deltas.append(Delta("".join(text), index=index))
            reason = choice.get("finish_reason")
            if reason is not None:
                self._reasons[index] = reason if reason in _REASONS else "stop"
        return deltas

    def last(self) -> list[Delta]:
        """Return the deltas that end the answers; the usage is on the first.

        Raises:
            UnavailableError: the stream ended before the answers did.
        """
        if len(self._reasons) < self._choices:
            raise broken(self._place, "the stream ended early")
        first = min(self._reasons)
        return [
            Delta("", reason, self._usage if index == first else None, self._passages, index)
            for index, reason in sorted(self._reasons.items())
        ]


def _passage(citation: Mapping[str, Any]) -> Passage:
    return Passage(
        id=str(citation.get("passage_id") or citation.get("id") or ""),
        content=str(citation.get("content") or ""),
        title=str(citation.get("title") or ""),
        source=str(citation.get("source") or ""),
        score=float(citation.get("score") or 0.0),
    )


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
