"""Bodies: JSON as bytes that every client can split, whole answers, and requests of bounded size."""

from __future__ import annotations

import json

import pydantic_core
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from studio.core.text import Text
from studio.openai.errors import ApiError, ClientGone

MOST_BYTES = 8 * 2**20
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
# Some clients cut a stream at every line end Unicode knows; JSON leaves these three as they are.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_bytes(value: object) -> bytes:
    """Return a document as UTF-8 without any line end in it; half a surrogate pair becomes a question mark."""
    text = _ENCODER.encode(value)
    return text.encode() if text.isascii() else text.translate(_LINE_ENDS).encode("utf-8", errors="replace")


def json_response(document: object) -> Response:
    """Return a document as a whole answer."""
    return Response(json_bytes(document), media_type="application/json")


def error_response(error: ApiError, parted: bool = False) -> Response:
    """Return an error as a whole answer; see `ApiError.body`."""
    return Response(json_bytes(error.body(parted)), error.status, error.headers(), "application/json")


async def read_json(request: HttpRequest, most_bytes: int = MOST_BYTES) -> dict[str, object]:
    """Return a request's body, a JSON object.

    Raises:
        ApiError: 400 no JSON or no object, 413 too large.
        ClientGone: the client went away while sending.
    """
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > most_bytes:
                limit = most_bytes // 2**20
                text = Text(f"the request is larger than {limit} MiB", f"请求超过了 {limit} MiB")
                raise ApiError(413, text, code="request_too_large")
    except ClientDisconnect as error:
        raise ClientGone from error
    try:
        value = pydantic_core.from_json(bytes(data), allow_inf_nan=False)
    except ValueError as error:
        text = Text(f"the body is not valid JSON: {error}", f"请求内容不是合法的 JSON：{error}")
        raise ApiError(400, text, code="invalid_json") from error
    if not isinstance(value, dict):
        text = Text("the body must be a JSON object", "请求内容必须是一个 JSON 对象")
        raise ApiError(400, text, code="invalid_json")
    return value
