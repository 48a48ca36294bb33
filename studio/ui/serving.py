"""Serving page and endpoint on one port: where they may be bound, and saying where once they answer."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from studio.api.settings import is_loopback
from studio.core.errors import InputError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs import container


def run(workspace: Workspace, host: str, port: int, environ: Mapping[str, str]) -> None:
    """Serve until interrupted.

    Raises:
        InputError: the port is in use, or others can reach the address and there is no password or no API key.
    """
    from studio.api import server
    from studio.api.settings import read_settings

    local = is_loopback(host)
    password = environ.get("STUDIO_PASSWORD", "")
    if not local and not password:
        raise _no_password(host)
    server.require_keys(workspace, host)
    listener = server.bind(host, port)
    # Uploads wait beside where they end up: /tmp is often too small, and the move must not copy gigabytes.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(workspace.uploads / ".incoming"))
    from studio.api.app import create_app
    from studio.ui.page import mount

    app = mount(create_app(workspace, read_settings(loopback=local)), workspace, password)
    with container.saved_at_its_end(workspace):
        server.serve(app, listener, lambda: _announce(listener))


def _announce(listener: socket.socket) -> None:
    from studio.api.server import address

    url = address(listener)
    print(f"医学问答工作室已就绪：{url}/", flush=True)
    print(f"MedQA Studio is ready: {url}/en/", flush=True)


def _no_password(host: str) -> InputError:
    return InputError(
        Text(
            f"bound to {host} other machines can reach the page, and it has no password",
            f"绑定到 {host} 后其他机器也能打开页面，而页面还没有密码",
        ),
        Text(
            "Set one in STUDIO_PASSWORD (the user is `studio`), or keep 127.0.0.1 and use an SSH tunnel.",
            "请在环境变量 STUDIO_PASSWORD 中设置密码（用户名 studio），或保持 127.0.0.1 并使用 SSH 隧道。",
        ),
        "--host",
    )
