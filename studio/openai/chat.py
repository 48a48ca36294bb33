"""`POST /v1/chat/completions`: a request read and written; `reply.py` and `delta_reader.py` hold its answers.

>>> body = {"messages": [{"role": "user", "content": "ping"}], "max_tokens": 5, "user": "u1"}
>>> read_chat(body).request(max_tokens=1024).sampling
Sampling(max_tokens=5, temperature=0.0, top_p=1.0, stop=(), seed=None)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from studio.core.records import (
    DEFAULT_TOP_K,
    Message,
    Request,
    Retrieval,
    Sampling,
)
from studio.core.text import Text
from studio.openai.errors import fault
from studio.openai.fields import MISSING, Fields, only_empty, only_zero, read_fields, refuse

MOST_CHOICES = 8
_MOST_STOPS = 4
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


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
