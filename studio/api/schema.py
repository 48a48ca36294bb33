"""A request for an answer: strict about the fields we know, silent about those we do not.

>>> read_request({"messages": [{"role": "user", "content": "ping"}], "max_tokens": 5, "user": "u1"}).most_tokens
5
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from studio.api.errors import ApiError, fault
from studio.core.records import Message
from studio.core.text import Text, both

MOST_CHOICES = 8
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


def _refuse(en: str, zh: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{en}", {"en": en, "zh": zh})


def _content(value: object) -> str | None:
    """Return a message's text: a string, a list of text parts, or nothing."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise _refuse("accepted: a string or a list of text parts", "应为文字，或由文字部分组成的列表")
    texts = []
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            kind = str(part.get("type") if isinstance(part, dict) else type(part).__name__)[:40]
            raise _refuse(
                f"a part of type '{kind}' was given; these models read text parts only "
                '({"type": "text", "text": "..."})',
                f"给了类型为“{kind}”的部分；这里的模型只能读文字部分",
            )
        texts.append(part["text"])
    return "".join(texts)


def _role(value: object) -> object:
    if isinstance(value, str) and value in _ROLES:
        return _ROLES[value]
    raise _refuse(
        f"given {str(value)[:40]!r}, accepted: {', '.join(_ROLES)}",
        f"现为 {str(value)[:40]!r}，可选：{'、'.join(_ROLES)}",
    )


def _stops(value: object) -> object:
    """Return the stop texts; empty ones, which would stop every answer before it begins, are left out."""
    stops = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops) or len(stops) > 4:
        raise _refuse("accepted: a string, or a list of at most 4 strings", "应为文字，或最多 4 个文字的列表")
    return tuple(stop for stop in stops if stop)


def _only_zero(value: float | None) -> float | None:
    if value:
        raise _refuse("only 0 is supported by these engines", "这里的引擎只支持 0")
    return value


def _only_off(value: bool | None) -> bool | None:
    if value:
        raise _refuse("log-probabilities are not supported here", "这里不支持返回对数概率")
    return value


def _only_empty(value: object) -> object:
    if value:
        raise _refuse("is not supported here; leave it out", "这里不支持，请去掉")
    return value


def _only_text(value: object) -> object:
    kind = value.get("type") if isinstance(value, Mapping) else value
    if value is not None and kind != "text":
        raise _refuse(
            'only {"type": "text"} is supported; ask for JSON in the prompt instead',
            '只支持 {"type": "text"}；需要 JSON 时请写在提示里',
        )
    return value


class _Part(BaseModel):
    """Unknown fields are passed over; known ones are taken as they are or refused, never converted."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class ChatMessage(_Part):
    """One turn; `developer` is another name for `system`."""

    role: Annotated[Literal["system", "user", "assistant"], BeforeValidator(_role)]
    content: Annotated[str | None, BeforeValidator(_content)] = None
    tool_calls: Annotated[Any, AfterValidator(_only_empty)] = None


class Retrieval(_Part):
    """How `NAME@KNOWLEDGE` searches: with which words (the last user message by default), and for how many passages."""

    query: str | None = None
    top_k: int = Field(default=4, ge=1, le=20)


class StreamOptions(_Part):
    include_usage: bool | None = None


class ChatRequest(_Part):
    """The body of `POST /v1/chat/completions`."""

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
    frequency_penalty: Annotated[float | None, AfterValidator(_only_zero)] = Field(default=None, ge=-2, le=2)
    presence_penalty: Annotated[float | None, AfterValidator(_only_zero)] = Field(default=None, ge=-2, le=2)
    logprobs: Annotated[bool | None, AfterValidator(_only_off)] = None
    top_logprobs: Annotated[Any, AfterValidator(_only_empty)] = None
    logit_bias: Annotated[Any, AfterValidator(_only_empty)] = None
    response_format: Annotated[Any, AfterValidator(_only_text)] = None
    tools: Any = None
    tool_choice: Any = None
    functions: Any = None
    function_call: Any = None
    retrieval: Retrieval | None = None

    @property
    def most_tokens(self) -> int | None:
        """Tokens the answer may have; None: as many as fit, within reason."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def choices(self) -> int:
        """Answers wanted."""
        return self.n or 1

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    def turns(self) -> list[Message]:
        """Return the conversation as records."""
        return [Message(role=message.role, content=message.content or "") for message in self.messages]


def read_request(values: Mapping[str, object]) -> ChatRequest:
    """Return the request, or raise ApiError (400) that names the first field at fault and what is accepted."""
    try:
        request = ChatRequest.model_validate(values)
    except ValidationError as error:
        raise _fault(error) from error
    for index, message in enumerate(request.messages):
        if message.content is None and message.role != "assistant":
            raise fault(f"messages[{index}].content", _MISSING, "missing_required_parameter")
    for name, choice in (("tools", request.tool_choice), ("functions", request.function_call)):
        if getattr(request, name) and choice != "none":
            raise fault(
                name,
                Text(
                    'these models call no tools; leave the field out, or choose "none"',
                    '这里的模型不会调用工具；请去掉该字段，或选择 "none"',
                ),
                "unsupported_parameter",
            )
    return request


def _fault(error: ValidationError) -> ApiError:
    detail = error.errors(include_url=False, include_input=True)[0]
    param = ""
    for part in detail["loc"]:
        param += f"[{part}]" if isinstance(part, int) else f".{part}" if param else str(part)
    context: dict[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "refused":
        return fault(param, Text(context["en"], context["zh"]), "unsupported_value")
    if kind == "missing":
        return fault(param, _MISSING, "missing_required_parameter")
    given = repr(detail["input"])
    given = given if len(given) <= 60 else f"{given[:57]}..."
    accepted = _ACCEPTED.get(kind, both(detail["msg"]))
    message = Text(
        f"given {given}, accepted: {accepted.en.format(**context)}",
        f"现为 {given}，{accepted.zh.format(**context)}",
    )
    return fault(param, message, "invalid_value")


_MISSING = Text("is missing", "缺少该字段")
_ACCEPTED = {
    "greater_than_equal": Text("at least {ge:g}", "应不小于 {ge:g}"),
    "less_than_equal": Text("at most {le:g}", "应不大于 {le:g}"),
    "less_than": Text("a 64-bit integer", "应为 64 位整数"),
    "too_short": Text("at least {min_length} item", "至少要有 {min_length} 项"),
    "list_type": Text("a list", "应为列表"),
    "string_type": Text("a string", "应为文字"),
    "bool_type": Text("true or false", "应为 true 或 false"),
    "int_type": Text("an integer", "应为整数"),
    "float_type": Text("a number", "应为数字"),
    "finite_number": Text("a finite number", "应为有限的数字"),
    "model_type": Text("a JSON object", "应为 JSON 对象"),
}
