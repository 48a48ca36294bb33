"""A server on this machine that speaks as a hub does; what each says stands in a file of its own, one a protocol."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

_PIECE = 65536


@dataclass(frozen=True)
class Asked:
    """A request: method, path without its query, query, headers with small letters, and what was posted."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    """An answer; of one that is `file`, ranges are given, and the faults of a transfer befall it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: bool = False


@dataclass
class StandIn:
    """What every stand-in shares.

    Args:
        files: of every repository, by path.
        fault: what it answers instead of anything: a name that its protocol knows.
        tokens: that it accepts.
        busy: how often it says that it has too much to do, and `retry_after` what it asks to wait.
        cuts: how many bodies of files break off, after `cut_at` bytes.
        wrong: how many bodies of files come with other bytes.
        ranges: whether it knows any.
        stalls: whether it holds a file back, so that its loading never ends.
        slow_s: what it waits after each piece of a file.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    fault: str = ""
    tokens: tuple[str, ...] = ()
    busy: int = 0
    retry_after: str = ""
    cuts: int = 0
    cut_at: int = 1000
    wrong: int = 0
    ranges: bool = True
    stalls: bool = False
    slow_s: float = 0.0
    requests: list[Asked] = field(default_factory=list)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for."""
        return [item.path for item in self.requests]

    def answer(self, asked: Asked) -> Reply:
        """Return what the protocol says."""
        raise NotImplementedError

    def reply(self, asked: Asked) -> Reply:
        """Return the answer, or that there were too many requests."""
        self.requests.append(asked)
        if self.busy:
            self.busy -= 1
            return Reply(429, {"Retry-After": self.retry_after} if self.retry_after else {})
        return self.answer(asked)


S = TypeVar("S", bound=StandIn)


@contextmanager
def serving(hub: S) -> Iterator[S]:
    """Serve what a stand-in has for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({})

        def do_HEAD(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, form: Mapping[str, str]) -> None:
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, unquote(address.path), parse_qs(address.query), headers, form)
            reply = hub.reply(asked)
            if reply.file and asked.method == "GET":
                self._send_file(asked, reply)
            else:
                self._send(reply.status, reply.headers, len(reply.body))
                if asked.method != "HEAD":
                    self.wfile.write(reply.body)

        def _send_file(self, asked: Asked, reply: Reply) -> None:
            start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
            body = reply.body
            if hub.wrong:
                hub.wrong -= 1
                body = bytes([body[0] ^ 1]) + body[1:]
            ranged = hub.ranges and start > 0
            body = body[start:] if ranged else body
            more = {"Content-Range": f"bytes {start}-{len(reply.body) - 1}/{len(reply.body)}"} if ranged else {}
            self._send(206 if ranged else 200, {**reply.headers, **more}, len(body))
            if hub.stalls:
                self._pieces(body[:10])
                hub.over.wait(60)
            elif hub.cuts and len(body) > hub.cut_at:
                hub.cuts -= 1
                self._pieces(body[: hub.cut_at])
                self.close_connection = True
            else:
                self._pieces(body)

        def _pieces(self, body: bytes) -> None:
            for begin in range(0, len(body), _PIECE):
                self.wfile.write(body[begin : begin + _PIECE])
                if hub.slow_s:
                    time.sleep(hub.slow_s)
            self.wfile.flush()

        def _send(self, status: int, headers: Mapping[str, str], length: int) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of clients that went away."""

    server = Server(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.over.set()
        server.shutdown()
        server.server_close()
