"""Errors on the wire, both ways, in OpenAI's one shape: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from http import HTTPStatus

from studio.core.errors import (
    BusyError,
    ContextLengthError,
    InputError,
    NotAllowedError,
    StudioError,
    TooManyEnginesError,
    UnavailableError,
    UnknownModelError,
    UnservableError,
)
from studio.core.text import Text

REQUEST = "invalid_request_error"
SERVER = "server_error"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request from the network that is being answered; empty for everybody who is one of us."""

_LOG = logging.getLogger(__name__)


class ApiError(StudioError):
    """An answer that is an error.

    Args:
        status: HTTP status.
        message: what is wrong; both languages go out, English first, since nobody knows who reads it.
        hint: what to do about it.
        type: OpenAI's class of errors.
        param: the field of the request that is at fault.
        code: a word that programs may compare.
        retry_after_s: seconds after which trying again makes sense.
        allow: the methods a path takes, for a 405.
    """

    def __init__(
        self,
        status: int,
        message: Text,
        hint: Text | None = None,
        *,
        type: str = REQUEST,
        param: str | None = None,
        code: str | None = None,
        retry_after_s: int | None = None,
        allow: str = "",
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.type = type
        self.param = param
        self.code = code
        self.retry_after_s = retry_after_s
        self.allow = allow

    def body(self, parted: bool = False) -> dict[str, dict[str, object]]:
        """Return the JSON document.

        Args:
            parted: for a client of ours, which reads them back: the message in English alone, and beside it the
                hint and the Chinese words.
        """
        en, zh = (self.to(language).replace("\n", " ") for language in ("en", "zh"))
        message = self.message.en if parted else en if en == zh else f"{en} · {zh}"
        document: dict[str, object] = {
            "message": message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        if parted:
            dumped = self.dump()
            document |= {"hint": dumped["hint"], "zh": dumped["zh"]}
        return {"error": document}

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to the error."""
        found = {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            found["WWW-Authenticate"] = "Bearer"
        if self.retry_after_s is not None:
            found["Retry-After"] = str(self.retry_after_s)
        if self.allow:
            found["Allow"] = self.allow
        return found


class ClientGone(Exception):
    """The client closed the connection: there is nobody left to answer."""


def fault(param: str, message: Text, code: str | None = None) -> ApiError:
    """Return a 400 about one field of the request."""
    return ApiError(400, Text(f"{param}: {message.en}", f"{param}：{message.zh}"), param=param, code=code)


def write_error(error: StudioError) -> ApiError:
    """Return an error of the studio's as an answer.

    What came over the network is told no paths and no addresses: those go to the log, under the request's id.
    """
    match error:
        case ApiError():
            return error
        case UnknownModelError():
            return ApiError(404, error.message, error.hint, param="model", code="model_not_found")
        case NotAllowedError():
            return ApiError(403, error.message, error.hint, param="model", code="knowledge_not_allowed")
        case ContextLengthError():
            return ApiError(400, error.message, error.hint, param="messages", code="context_length_exceeded")
        case BusyError():
            kind, code = "rate_limit_error", "rate_limit_exceeded"
            return ApiError(429, error.message, error.hint, type=kind, code=code, retry_after_s=1)
        case TooManyEnginesError():
            return ApiError(503, error.message, error.hint, type=SERVER, code="too_many_engines", retry_after_s=5)
    message, hint = error.placed(), error.hint
    identifier = REQUEST_ID.get()
    if identifier:
        _LOG.warning("request %s: %s", identifier, error.to("en").replace("\n", " "))
        plain = isinstance(error, InputError) and not isinstance(error, UnservableError)
        message, hint = (error.message if plain else _unavailable(identifier)), None
    if isinstance(error, InputError):
        return ApiError(400, message, hint, code="unusable")
    return ApiError(503, message, hint, type=SERVER, code="engine_unavailable", retry_after_s=5)


def read_error(status: int, body: object, place: str) -> StudioError:
    """Return what an HTTP status and its body mean, in our own errors."""
    error = body.get("error") if isinstance(body, Mapping) else None
    error = error if isinstance(error, Mapping) else {"message": str(error or body)[:300]}
    said = str(error.get("message", ""))
    zh = error.get("zh")
    other = zh if isinstance(zh, Mapping) else {}
    message = Text(said, str(other.get("message") or said))
    hint = Text(str(error["hint"]), str(other.get("hint") or error["hint"])) if error.get("hint") else None
    code = error.get("code")
    if code == "context_length_exceeded":
        return ContextLengthError(message, hint)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return BusyError(message, hint)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return InputError(Text(f"the key was refused: {message.en}", f"密钥被拒绝：{message.zh}"), hint, place)
    if 400 <= status < 500:
        return InputError(message, hint, "" if code else place)
    return UnavailableError(Text(f"the engine failed: {message.en}", f"引擎出错：{message.zh}"), hint, place)


def broken(place: str, reason: str) -> UnavailableError:
    """Return the error for an answer that is no answer."""
    return UnavailableError(
        Text(f"the answer broke off ({reason})", f"回答中断（{reason}）"),
        Text("Ask again; the engine's log may say more.", "请重试；引擎的日志里可能有原因。"),
        place,
    )


def silent(place: str, reason: str) -> UnavailableError:
    """Return the error for a server that cannot be reached."""
    return UnavailableError(
        Text(f"the engine does not answer ({reason})", f"引擎没有响应（{reason}）"),
        Text("Check that it is still up.", "请检查它是否还在运行。"),
        place,
    )


def _unavailable(identifier: str) -> Text:
    return Text(
        f"the model or knowledge base is not available; the studio's log has more (request {identifier})",
        f"模型或知识库不可用，详情见服务日志（请求 {identifier}）",
    )
