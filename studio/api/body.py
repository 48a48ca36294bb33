"""The body of a request: JSON of bounded size."""

from __future__ import annotations

import pydantic_core
from starlette.requests import ClientDisconnect, Request

from studio.api.errors import ApiError, ClientGone
from studio.core.text import Text

MOST_BYTES = 8 * 2**20


async def read_json(request: Request) -> dict[str, object]:
    """Return the request's body, a JSON object of at most 8 MiB.

    Raises:
        ApiError: 400 no JSON or no object, 413 too large.
        ClientGone: the client went away while sending.
    """
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > MOST_BYTES:
                limit = MOST_BYTES // 2**20
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
