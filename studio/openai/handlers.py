"""What a server of ours answers when something is raised: the one shape, whoever raised it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from studio.core.errors import StudioError
from studio.core.text import Text, both
from studio.openai.body import error_response
from studio.openai.errors import REQUEST, SERVER, ApiError, ClientGone, write_error


def handlers(parted: bool = False) -> dict[Any, Any]:
    """Return the exception handlers of a Starlette application.

    Args:
        parted: whether its clients are ours; see `ApiError.body`.
    """

    async def on_studio_error(request: HttpRequest, error: StudioError) -> Response:
        return error_response(write_error(error), parted)

    return {
        StudioError: on_studio_error,
        ClientGone: _on_client_gone,
        HTTPException: _on_http_exception,
        Exception: _on_crash,
    }


async def _on_client_gone(request: HttpRequest, error: ClientGone) -> Response:
    return Response(status_code=499)  # never read by anyone; the number nginx writes for it


async def _on_http_exception(request: HttpRequest, error: HTTPException) -> Response:
    """Return the framework's own errors: no such path, wrong method."""
    path = request.scope.get("root_path", "") + request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    what = f"{request.method} {path[:200]}"
    if error.status_code == HTTPStatus.NOT_FOUND:
        message = Text(f"there is nothing at {what}", f"这里没有 {what}")
        return error_response(ApiError(404, message, code="not_found"))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = (error.headers or {}).get("Allow", "")
        message = Text(f"{what} is not possible; accepted: {allow}", f"不支持 {what}；可用：{allow}")
        return error_response(ApiError(405, message, code="method_not_allowed", allow=allow))
    kind = REQUEST if error.status_code < 500 else SERVER
    return error_response(ApiError(error.status_code, both(str(error.detail)), type=kind))


async def _on_crash(request: HttpRequest, error: Exception) -> Response:
    """Return a mistake of ours; its traceback goes to the server's log, not to the client."""
    identifier = request.scope.get("state", {}).get("request_id", "")
    message = Text(
        f"the server failed; its log says more (request {identifier})",
        f"服务端出错，详情见服务日志（请求 {identifier}）",
    )
    answer = error_response(ApiError(500, message, type=SERVER, code="internal_error"))
    if identifier:
        answer.headers["x-request-id"] = identifier
    return answer
