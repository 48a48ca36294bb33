"""The endpoint as an application: every verb at its path; a page may be mounted at `/` after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from studio.answering.gateway import Gateway
from studio.api.base import V1, Resources, Verb
from studio.api.guard import HostGuard, KeyGuard, RequestId, guarded_by_name
from studio.api.keys import KeyStore
from studio.api.settings import Settings, read_settings
from studio.api.verbs import VERBS
from studio.core.workspace import Workspace
from studio.openai.admission import Admission
from studio.openai.handlers import handlers


def create_app(workspace: Workspace, settings: Settings | None = None) -> FastAPI:
    """Return the endpoint of a workspace.

    `/v1` is an application of its own, with its own 404 and 405, so that whatever is mounted at `/` afterwards keeps
    all other paths. The gateway is at `app.state.gateway`, for a page's own chat.

    Args:
        settings: those of the environment by default.
    """
    settings = settings or read_settings()
    key_store = KeyStore(workspace.keys, settings)
    gateway = Gateway(workspace, settings.idle_minutes, settings.max_engines)
    resources = Resources(gateway, Admission(settings.max_requests), settings)
    verbs = [verb for found in VERBS.all().values() for verb in found]
    v1 = Starlette(
        routes=[_route(verb, resources, V1) for verb in verbs if verb.keyed],
        middleware=[Middleware(KeyGuard, key_store=key_store)],
        exception_handlers=handlers(),
    )
    v1.router.redirect_slashes = False

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with aclosing(gateway):
            yield

    app = FastAPI(
        openapi_url=None,
        routes=[*(_route(verb, resources) for verb in verbs if not verb.keyed), Route(V1, v1), Mount(V1, v1)],
        middleware=[
            Middleware(RequestId),
            Middleware(HostGuard, settings=settings, guarded=guarded_by_name(settings, key_store)),
        ],
        exception_handlers=handlers(),
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.gateway = gateway
    return app


def _route(verb: Verb, resources: Resources, mount: str = "") -> Route:
    """Return the route of a verb inside the application that is mounted at a path."""

    async def answer(request: HttpRequest) -> ASGIApp:
        return await verb.answer(resources, request)

    return Route(verb.path.removeprefix(mount), answer, methods=[verb.method], name=verb.answer.__name__)
