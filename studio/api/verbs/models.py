"""The models that are here, and their pairs with the knowledge bases that the key opens."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp

from studio.api.base import Resources, Verb, key_of
from studio.openai.body import json_response


async def models(resources: Resources, request: HttpRequest) -> ASGIApp:
    """List the models."""
    catalogue, key = resources.gateway.catalogue, key_of(request)
    cards = await asyncio.to_thread(lambda: catalogue.cards(catalogue.targets(key.may_use)))
    return json_response({"object": "list", "data": cards})


async def model(resources: Resources, request: HttpRequest) -> ASGIApp:
    """Describe one model."""
    identifier = request.path_params["id"]
    if not identifier:
        raise HTTPException(404)
    target = await resources.gateway.find(identifier, key_of(request).may_use)
    [card] = await asyncio.to_thread(resources.gateway.catalogue.cards, [target])
    return json_response(card)


VERBS = (Verb("GET", "/v1/models", models), Verb("GET", "/v1/models/{id:path}", model))
