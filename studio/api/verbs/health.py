"""Whether the endpoint is up."""

from __future__ import annotations

from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp

from studio.api.base import Resources, Verb
from studio.openai.body import json_response


async def health(resources: Resources, request: HttpRequest) -> ASGIApp:
    """Say that the endpoint is up."""
    return json_response({"status": "ok"})


VERBS = (Verb("GET", "/healthz", health),)
