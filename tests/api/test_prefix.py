"""A proxy's prefix: who is believed, and that it hides no guard."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from studio.api.app import create_app
from studio.api.prefix import Prefix, read_prefix, route_path
from studio.api.settings import Settings, read_settings
from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.ui.basic_auth import BasicAuth

PREFIX = "/user/me/proxy/7860"


def seen(settings: Settings, client: str, path: str, header: str = "") -> tuple[str, str]:
    """Return `(root_path, route path)` as what is inside sees them."""
    told: list[tuple[str, str]] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        told.append((scope.get("root_path", ""), route_path(scope)))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    asking = TestClient(Prefix(inside, settings), client=(client, 1))
    asking.get(path, headers={"X-Forwarded-Prefix": header} if header else {})
    return told[0]


@pytest.mark.parametrize("path", ["/v1/models", f"{PREFIX}/v1/models"])
def test_the_prefix_is_known_whether_the_proxy_takes_it_off_or_not(path: str) -> None:
    assert seen(Settings(), "127.0.0.1", path, f"{PREFIX}/") == (PREFIX, "/v1/models")
    assert seen(Settings(root_path=PREFIX), "10.0.0.1", path) == (PREFIX, "/v1/models")


def test_strangers_are_not_believed() -> None:
    assert seen(Settings(), "10.0.0.1", "/v1/models", PREFIX) == ("", "/v1/models")
    listed = read_settings(environ={"STUDIO_PROXIES": "10.0.0.2, 10.0.0.1"})
    assert seen(listed, "10.0.0.1", "/v1/models", PREFIX) == (PREFIX, "/v1/models")


@pytest.mark.parametrize(
    "header", ["https://evil.example", "//evil.example", "/a b", '/"><script>', "/a/../..", "/x?y"]
)
def test_what_is_no_path_is_no_prefix(header: str) -> None:
    assert seen(Settings(), "127.0.0.1", "/x", header) == ("", "/x")


@pytest.mark.parametrize("given", ["studio", "http://host/studio", "/a b", "//host"])
def test_an_operators_prefix_is_a_path(given: str) -> None:
    with pytest.raises(InputError, match="accepted: a path, like /studio"):
        read_prefix(given)


def test_guards_look_behind_the_prefix(workspace: Workspace) -> None:
    settings = Settings(root_path=PREFIX)
    app = create_app(workspace, settings)
    app.add_middleware(BasicAuth, password="secret")
    client = TestClient(Prefix(app, settings), client=("127.0.0.1", 1), base_url="http://127.0.0.1")
    assert client.get(f"{PREFIX}/healthz").status_code == client.get(f"{PREFIX}/v1/models").status_code == 200
    assert client.get(f"{PREFIX}/anything").status_code == 401
    assert client.get(f"{PREFIX}/v1/models", headers={"Host": "evil.example"}).status_code == 403
