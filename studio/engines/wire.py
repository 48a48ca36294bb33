"""The wire between our processes: OpenAI's chat completions, as far as an engine needs them.

>>> read_call({"messages": [{"role": "user", "content": "ping"}], "max_tokens": 5}, context=2048).sampling.max_tokens
5
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from studio.core.errors import BusyError, ContextLengthError, InputError, StudioError
from studio.core.records import Delta, Message, Sampling, Usage
from studio.core.text import Text

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_MOST_CHOICES = 8
_MOST_STOPS = 4


class FieldError(InputError):
    """A field of a request that cannot be honoured; `where` names it."""


@dataclass(frozen=True)
class Call:
    """What a client asks for."""

    messages: tuple[Message, ...]
    sampling: Sampling
    model: str
    choices: int
    stream: bool
    include_usage: bool


def write_call(
    messages: Sequence[Message], sampling: Sampling, model: str, extra: Mapping[str, Any], choices: int = 1
) -> dict[str, Any]:
    """Return the body of a request for a streamed answer, or several."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [message.model_dump() for message in messages],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if choices > 1:
        body["n"] = choices
    if sampling.top_p < 1:
        body["top_p"] = sampling.top_p
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    return {**body, **extra}


def read_call(body: object, context: int) -> Call:
    """Return what a request asks for; without `max_tokens` the answer may fill the context.

    Raises:
        FieldError: a field is missing, wrong, or asks for what an engine here cannot do. Unknown fields are passed
            over.
    """
    if not isinstance(body, dict):
        raise FieldError(Text("the body is no JSON object", "请求体不是 JSON 对象"), None, "body")
    _refuse_unsupported(body)
    most = _number(body, "max_completion_tokens", int, 1, None) or _number(body, "max_tokens", int, 1, None)
    temperature = _number(body, "temperature", float, 0, 2)
    top_p = _number(body, "top_p", float, 0, 1)
    seed = _number(body, "seed", int, None, None)
    options = body.get("stream_options")
    return Call(
        messages=_messages(body.get("messages")),
        sampling=Sampling(
            max_tokens=most or context,
            temperature=0.0 if temperature is None else temperature,
            top_p=1.0 if top_p is None else top_p,
            stop=_stops(body.get("stop")),
            seed=None if seed is None else int(seed),
        ),
        model=str(body.get("model") or ""),
        choices=_number(body, "n", int, 1, _MOST_CHOICES) or 1,
        stream=body.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


@dataclass(frozen=True)
class Reply:
    """One answer on its way: the fields that all its chunks share."""

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def opening(self, index: int) -> dict[str, Any]:
        """Return the first chunk of a choice, which carries the role."""
        return self._chunk([_choice(index, {"role": "assistant", "content": ""}, None)])

    def chunks(self, index: int, piece: Delta) -> list[dict[str, Any]]:
        """Return the chunks that tell a piece."""
        found = [self._chunk([_choice(index, {"content": piece.text}, None)])] if piece.text else []
        if piece.finish_reason is not None:
            found.append(self._chunk([_choice(index, {}, piece.finish_reason)]))
        return found

    def usage(self, usages: Sequence[Usage]) -> dict[str, Any]:
        """Return the last chunk of a client that wants the usage."""
        return {**self._chunk([]), "usage": total(usages)}

    def whole(self, answers: Sequence[tuple[str, Delta]]) -> dict[str, Any]:
        """Return the answer in one document, from each choice's text and last piece."""
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": text},
                "logprobs": None,
                "finish_reason": last.finish_reason,
            }
            for index, (text, last) in enumerate(answers)
        ]
        usage = total([last.usage or Usage() for _, last in answers])
        return {**self._chunk(choices), "object": "chat.completion", "usage": usage}

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }


def total(usages: Sequence[Usage]) -> dict[str, int]:
    """Return the usage of all choices together; the prompt they share counts once."""
    prompt = max((usage.prompt_tokens for usage in usages), default=0)
    completion = sum(usage.completion_tokens for usage in usages)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def frame(value: object) -> bytes:
    """Return one server-sent event; its end is `\\n\\n`, and no line end stands inside."""
    return b"data: " + json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
PING = b": ping\n\n"


def write_error(error: StudioError) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and the body for an error, in OpenAI's shape; the Chinese wording comes along."""
    match error:
        case ContextLengthError():
            status, kind, code = 400, "invalid_request_error", "context_length_exceeded"
        case FieldError():
            status, kind, code = 400, "invalid_request_error", "invalid_value"
        case BusyError():
            status, kind, code = 429, "rate_limit_error", "rate_limit_exceeded"
        case InputError():
            status, kind, code = 400, "invalid_request_error", "invalid_request"
        case _:
            status, kind, code = 503, "server_error", "engine_unavailable"
    dumped = error.dump()
    return status, fault(
        str(dumped["message"]),
        kind,
        code,
        param=error.where or None,
        hint=dumped["hint"],
        zh=dumped["zh"],
    )


def fault(message: str, type: str, code: str, param: str | None = None, **more: object) -> dict[str, Any]:
    """Return an error body."""
    return {"error": {"message": message, "type": type, "param": param, "code": code, **more}}


def _choice(index: int, delta: dict[str, str], finish_reason: str | None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _refuse_unsupported(body: Mapping[str, Any]) -> None:
    wanted = body.get("response_format")
    if wanted is not None and not (isinstance(wanted, dict) and wanted.get("type") == "text"):
        raise _wrong("response_format", wanted, '{"type": "text"}')
    for name in ("tools", "functions"):
        if body.get(name) and body.get("tool_choice") != "none":
            raise _wrong(name, "...", "[]")
    for name in ("logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty"):
        if body.get(name):
            raise _wrong(name, body[name], "0, null")


def _messages(value: object) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise _wrong("messages", value, "[{role, content}, ...]")
    found = []
    for index, item in enumerate(value):
        where = f"messages[{index}]"
        if not isinstance(item, dict):
            raise _wrong(where, item, "{role, content}")
        role = _ROLES.get(str(item.get("role")))
        if role is None:
            raise _wrong(f"{where}.role", item.get("role"), ", ".join(_ROLES))
        try:
            found.append(Message(role=role, content=_content(item.get("content"))))  # type: ignore[arg-type]
        except ValidationError as error:
            raise _wrong(f"{where}.content", item.get("content"), "text") from error
    return tuple(found)


def _content(value: object) -> object:
    """Return a message's text: as it is, or joined from a list of text parts; anything else is left to be refused."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in value):
        return "".join(str(part.get("text", "")) for part in value)
    return value


def _stops(value: object) -> tuple[str, ...]:
    stops = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or len(stops) > _MOST_STOPS or not all(isinstance(stop, str) for stop in stops):
        raise _wrong("stop", value, f"text, or a list of at most {_MOST_STOPS} texts")
    return tuple(stop for stop in stops if stop)


def _number(body: Mapping[str, Any], name: str, kind: type, low: float | None, high: float | None) -> Any:
    value = body.get(name)
    if value is None:
        return None
    accepted = isinstance(value, int) if kind is int else isinstance(value, int | float)
    above = low is None or (accepted and value >= low)
    below = high is None or (accepted and value <= high)
    if isinstance(value, bool) or not (accepted and above and below):
        bounds = f" {'' if low is None else f'>= {low}'}{'' if high is None else f', <= {high}'}".rstrip()
        raise _wrong(name, value, f"{kind.__name__}{bounds}")
    return value


def _wrong(name: str, given: object, accepted: str) -> FieldError:
    shown = json.dumps(given, ensure_ascii=False, default=str)[:80]
    return FieldError(Text(f"given {shown}, accepted: {accepted}", f"现为 {shown}，可选：{accepted}"), None, name)
