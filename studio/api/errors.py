"""What goes wrong on the wire, in OpenAI's one shape: `{"error": {"message", "type", "param", "code"}}`."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from studio.api.wire import json_bytes
from studio.core.errors import BusyError, ContextLengthError, InputError, StudioError, UnservableError
from studio.core.text import Text

REQUEST = "invalid_request_error"
SERVER = "server_error"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty for the page's own chat."""

_LOG = logging.getLogger(__name__)


class ApiError(StudioError):
    """An answer that is an error; met in the shell, a 4xx counts as the user's mistake.

    Args:
        status: HTTP status.
        message: what is wrong; both languages go out, English first, since nobody knows who reads it.
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
        *,
        type: str = REQUEST,
        param: str | None = None,
        code: str | None = None,
        retry_after_s: int | None = None,
        allow: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.exit_code = InputError.exit_code if status < 500 and status != 429 else StudioError.exit_code
        self.type = type
        self.param = param
        self.code = code
        self.retry_after_s = retry_after_s
        self.allow = allow

    def body(self) -> dict[str, object]:
        """Return the JSON document."""
        text = self.message.en if self.message.en == self.message.zh else f"{self.message.en} · {self.message.zh}"
        return {"error": {"message": text, "type": self.type, "param": self.param, "code": self.code}}

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

    def response(self) -> Response:
        """Return the whole answer."""
        return Response(json_bytes(self.body()), self.status, self.headers(), "application/json")


class ClientGone(Exception):
    """The client closed the connection: there is nobody left to answer."""


def fault(param: str, message: Text, code: str | None = None) -> ApiError:
    """Return a 400 about one field of the request."""
    return ApiError(400, Text(f"{param}: {message.en}", f"{param}：{message.zh}"), param=param, code=code)


def overloaded(retry_after_s: int = 1) -> ApiError:
    """Return the 429 of an endpoint, or an engine, that has all it can do."""
    return ApiError(
        429,
        Text(
            "too many requests are under way; try again in a moment",
            "正在处理的请求太多，请稍后再试",
        ),
        type="rate_limit_error",
        code="rate_limit_exceeded",
        retry_after_s=max(1, retry_after_s),
    )


def stopped() -> ApiError:
    """Return the 503 of an engine that was stopped while it answered."""
    return ApiError(
        503,
        Text("the engine was stopped while it answered; ask again", "引擎在回答过程中被停止，请重试"),
        type=SERVER,
        code="engine_stopped",
        retry_after_s=1,
    )


def from_studio(error: StudioError) -> ApiError:
    """Return what the studio says about a model or a knowledge base as an answer: 400 a user's mistake, 503 the rest.

    What came over the network is told no paths and no addresses: those go to the log, under the request's id.
    """
    message = Text(error.to("en").replace("\n", " "), error.to("zh").replace("\n", " "))
    if isinstance(error, ContextLengthError):
        return ApiError(400, message, param="messages", code="context_length_exceeded")
    if isinstance(error, BusyError):
        return overloaded()
    identifier = REQUEST_ID.get()
    if identifier:
        _LOG.warning("request %s: %s", identifier, message.en)
        message = Text(
            f"the model or knowledge base is not available; the studio's log has more (request {identifier})",
            f"模型或知识库不可用，详情见服务日志（请求 {identifier}）",
        )
    if isinstance(error, InputError):
        plain = identifier and not isinstance(error, UnservableError)
        return ApiError(400, error.message if plain else message, code="unusable")
    return ApiError(503, message, type=SERVER, code="engine_unavailable", retry_after_s=5)


async def on_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def on_studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    return from_studio(error).response()


async def on_client_gone(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # never read by anyone; the number nginx writes for it


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Return the framework's own errors (no such path, wrong method) in the one shape."""
    assert isinstance(error, HTTPException)
    path = request.scope.get("root_path", "") + request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    what = f"{request.method} {path[:200]}"
    if error.status_code == HTTPStatus.NOT_FOUND:
        message = Text(f"there is nothing at {what}", f"这里没有 {what}")
        return ApiError(404, message, code="not_found").response()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = (error.headers or {}).get("Allow", "")
        message = Text(f"{what} is not possible; accepted: {allow}", f"不支持 {what}；可用：{allow}")
        return ApiError(405, message, code="method_not_allowed", allow=allow).response()
    message = Text(str(error.detail), str(error.detail))
    return ApiError(error.status_code, message, type=REQUEST if error.status_code < 500 else SERVER).response()


async def on_crash(request: Request, error: Exception) -> Response:
    """Return a mistake of ours; its traceback goes to the server's log, not to the client."""
    identifier = request.scope.get("state", {}).get("request_id", "")
    message = Text(
        f"the endpoint made a mistake; its log has more (request {identifier})",
        f"服务端出错，详情见服务日志（请求 {identifier}）",
    )
    answer = ApiError(500, message, type=SERVER, code="internal_error").response()
    if identifier:
        answer.headers["x-request-id"] = identifier
    return answer
