"""The endpoint as a process: bind, say where, serve, and end with whoever started it."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from dataclasses import replace

import psutil
import uvicorn
from starlette.types import ASGIApp

from studio.api import keys
from studio.api.app import create_app
from studio.api.prefix import Prefix, read_prefix
from studio.api.settings import is_loopback, read_settings
from studio.core.errors import InputError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.process import Process

_WATCH_S = 0.5
_GRACE_S = 3
_LAST_PORT = 65_535


def run(
    workspace: Workspace, host: str = "127.0.0.1", port: int = 0, parent_pid: int | None = None, root_path: str = ""
) -> None:
    """Serve the endpoint without a page until interrupted, or until the parent process is gone.

    Prints `endpoint: http://HOST:PORT/v1` once it answers. Port 0 takes a free one.

    Raises:
        InputError: the port is taken, the host is none of this machine's, or it is reachable from other machines and
            there is no API key.
    """
    settings = replace(read_settings(loopback=is_loopback(host)), root_path=read_prefix(root_path))
    require_keys(workspace, host, settings.token)
    app = create_app(workspace.confined(), settings)
    listener = bind(host, port)
    serve(
        Prefix(app, settings),
        listener,
        lambda: print(f"endpoint: {address(listener)}/v1", flush=True),
        parent_of(parent_pid),
    )


def require_keys(workspace: Workspace, host: str, token: str = "") -> None:
    """Raise InputError where other machines could reach the endpoint and no API key guards it."""
    if is_loopback(host) or token or keys.listing(workspace):
        return
    raise InputError(
        Text(
            f"bound to {host} other machines can reach the endpoint, and there is no API key yet",
            f"绑定到 {host} 后其他机器也能访问，而现在还没有 API 密钥",
        ),
        Text(
            "Make one first (`python -m studio keys add NAME`), or keep 127.0.0.1 and use an SSH tunnel.",
            "请先生成一个（`python -m studio keys add 名称`），或保持 127.0.0.1 并使用 SSH 隧道。",
        ),
        "--host",
    )


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        InputError: the port is taken or not allowed, or the host is not this machine's.
    """
    if not 0 <= port <= _LAST_PORT:
        raise InputError(
            Text(f"given {port}, accepted: 0 to {_LAST_PORT}", f"现为 {port}，应为 0 到 {_LAST_PORT}"), where="--port"
        )
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InputError(
            Text(f"'{host}' is no address of this machine", f"“{host}”不是本机的地址"), where="--host"
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise _not_bound(host, port, error) from error
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def parent_of(pid: int | None) -> Process | None:
    """Return the process with that id as it is now; one that is gone already counts as dead."""
    if pid is None:
        return None
    try:
        return Process.of(pid)
    except psutil.NoSuchProcess:
        return Process(pid, 0.0)


def serve(app: ASGIApp, listener: socket.socket, on_ready: Callable[[], None], parent: Process | None = None) -> None:
    """Serve an application on a socket until a signal, or until the parent process is gone."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,
        server_header=False,
    )
    with listener:
        asyncio.run(_serve(uvicorn.Server(config), listener, on_ready, parent))


async def _serve(
    server: uvicorn.Server, listener: socket.socket, on_ready: Callable[[], None], parent: Process | None
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        on_ready()
    while not serving.done():
        await asyncio.wait({serving}, timeout=_WATCH_S)
        if parent is not None and not parent.alive():
            server.should_exit = True
    await serving


def _not_bound(host: str, port: int, error: OSError) -> InputError:
    if error.errno == errno.EADDRINUSE:
        return InputError(
            Text(f"port {port} is in use by another program", f"端口 {port} 已被其他程序占用"),
            Text(
                "Choose another one with --port (0 takes any free one), or end the program that holds it.",
                "请用 --port 换一个端口（0 表示任选空闲端口），或结束占用它的程序。",
            ),
            f"--port {port}",
        )
    return InputError(
        Text(
            f"cannot listen on {host} port {port} ({error.strerror})",
            f"无法在 {host} 端口 {port} 监听（{error.strerror}）",
        ),
        Text("Choose another --host or --port.", "请换一个 --host 或 --port。"),
        "--host",
    )
