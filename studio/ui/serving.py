"""Serving page and endpoint on one port: where they may be bound, and saying where once they answer."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from studio.api.settings import is_loopback
from studio.core.errors import InputError, StudioError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs import container, queue
from studio.runs.launch import begin
from studio.runs.rental import read_rental

_LOOK_S = 3.0


def run(workspace: Workspace, host: str, port: int, environ: Mapping[str, str], root_path: str = "") -> None:
    """Serve until interrupted.

    Args:
        root_path: the path that a proxy puts in front of every other.

    Raises:
        InputError: the port is in use, or others can reach the address and there is no password or no API key, or a
            setting in the environment is at fault.
    """
    from studio.api import server
    from studio.api.prefix import Prefix, read_prefix
    from studio.api.settings import read_settings

    workspace = workspace.confined(environ)  # whoever has the page is not to read what the server can
    local = is_loopback(host)
    settings = replace(read_settings(loopback=local), root_path=read_prefix(root_path))
    read_rental(environ)  # a price or moment that is none is said now, not by every panel
    password = environ.get("STUDIO_PASSWORD", "")
    if not local and not password:
        raise _no_password(host)
    server.require_keys(workspace, host)
    listener = server.bind(host, port)
    # What Gradio writes down of its own lies with the uploads under way, and is removed with what is left of them.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(workspace.uploads / ".incoming"))
    from studio.api.app import create_app
    from studio.ui.page import mount

    app = Prefix(mount(create_app(workspace, settings), workspace, password), settings)
    with container.saved_at_its_end(workspace), _queue_looked_after(workspace):
        server.serve(app, listener, lambda: _announce(listener, settings.root_path))


@contextmanager
def _queue_looked_after(workspace: Workspace) -> Iterator[None]:
    """See, for as long as the page is there, that what waits has a scheduler, whatever was killed meanwhile."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_S):
            with suppress(OSError, StudioError):  # a full disk, say: the next look may find it otherwise
                queue.advance(workspace, begin)

    threading.Thread(target=look, name="queue", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _announce(listener: socket.socket, root_path: str) -> None:
    from studio.api.server import address

    url = address(listener) + root_path
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
