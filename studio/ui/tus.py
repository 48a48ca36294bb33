"""The wire of tus 1.0 (tus.io), a protocol of uploads that go on where they were cut: headers, and the pieces of a file."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from studio.ui.incoming import LEFT_S, Upload

NUMBER = "1.0.0"
VERSION = {"Tus-Resumable": NUMBER}
_PIECE = "application/offset+octet-stream"
_SILENCE_S = 60.0  # without a byte, after which a line counts as cut
_BUFFER = 128_000  # bytes; what a server that is killed loses at most


def told(status: HTTPStatus, upload: Upload, **headers: str) -> Response:
    """Return an answer that says how much of an upload is here."""
    said = {
        **VERSION,
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.length),
        "Upload-Expires": formatdate(time.time() + LEFT_S, usegmt=True),
        "Cache-Control": "no-store",
    }
    return Response(status_code=status, headers=said | headers)


def metadata(request: Request) -> dict[str, str]:
    """Return what `Upload-Metadata` says: pairs of a word and a text in Base64."""
    said = {}
    for pair in request.headers.get("upload-metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        with suppress(binascii.Error, UnicodeDecodeError):
            said[key] = base64.b64decode(value, validate=True).decode()
    return said


def number(request: Request, header: str) -> int:
    """Return a header's number; -1 where it has none."""
    given = request.headers.get(header, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else -1


async def take(upload: Upload, request: Request) -> HTTPStatus:
    """Write the piece that a request brings, as much as comes of it, and return the status to answer with.

    Each byte is written where it belongs: a line that only seems to be cut may bring the same ones later.

    Raises:
        OSError: it cannot be written.
    """
    position = upload.offset
    if request.headers.get("content-type") != _PIECE:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if number(request, "upload-offset") != position:
        return HTTPStatus.CONFLICT
    with upload.path.open("r+b", buffering=_BUFFER) as stream:
        stream.seek(position)
        with suppress(ClientDisconnect, TimeoutError):
            async for piece in _arriving(request):
                position += len(piece)
                if position > upload.length:
                    return HTTPStatus.BAD_REQUEST
                await run_in_threadpool(stream.write, piece)
    return HTTPStatus.NO_CONTENT


async def _arriving(request: Request) -> AsyncIterator[bytes]:
    """Yield what a request brings.

    Raises:
        TimeoutError: nothing came for so long that the line counts as cut.
    """
    stream = request.stream()
    while True:
        async with asyncio.timeout(_SILENCE_S):
            piece = await anext(stream, None)
        if piece is None:
            return
        yield piece
