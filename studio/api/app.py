"""The endpoint as an application: `/healthz` and `/v1`; a page may be mounted at `/` after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from studio.api import errors
from studio.api.gateway import Gateway
from studio.api.guard import HostGuard, KeyGuard, RequestId, guarded_by_name
from studio.api.limits import Limiter
from studio.api.ring import KeyRing
from studio.api.routes import Routes, health
from studio.api.settings import Settings, read_settings
from studio.core.errors import StudioError
from studio.core.settings import Workspace


def create_app(workspace: Workspace, settings: Settings | None = None) -> FastAPI:
    """Return the endpoint of a workspace.

    `/v1` is an application of its own, with its own 404 and 405, so that whatever is mounted at `/` afterwards keeps
    all other paths. The gateway is at `app.state.gateway`, for a page's own chat.

    Args:
        settings: those of the environment by default.
    """
    settings = settings or read_settings()
    ring = KeyRing(workspace.keys, settings)
    gateway = Gateway(workspace, settings)
    routes = Routes(gateway, Limiter(settings.max_requests), settings)
    handlers: dict[Any, Any] = {
        errors.ApiError: errors.on_api_error,
        errors.ClientGone: errors.on_client_gone,
        StudioError: errors.on_studio_error,
        HTTPException: errors.on_http_exception,
        Exception: errors.on_crash,
    }
    v1 = Starlette(
        routes=[Route(path, handler, methods=[method]) for method, path, handler in routes.paths()],
        middleware=[Middleware(KeyGuard, ring=ring)],
        exception_handlers=handlers,
    )
    v1.router.redirect_slashes = False

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with aclosing(gateway):
            yield

    app = FastAPI(
        openapi_url=None,
        routes=[Route("/healthz", health), Route("/v1", v1), Mount("/v1", v1)],
        middleware=[
            Middleware(RequestId),
            Middleware(HostGuard, settings=settings, guarded=guarded_by_name(settings, ring)),
        ],
        exception_handlers=handlers,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.gateway = gateway
    return app
