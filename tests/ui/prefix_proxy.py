"""A proxy that puts everything behind a path, as Jupyter's and hospitals' do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer


class PrefixProxy(ThreadingTCPServer):
    """Forwards what comes below a prefix to a port of this machine, and knows nothing of anything else.

    Args:
        port: where to forward to.
        prefix: such as `/user/me/proxy/7860`.
        strips: whether it takes the prefix off the path.
        says: whether it says so in `X-Forwarded-Prefix`.
        largest: the most bytes of a body that it lets through.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, prefix: str, strips: bool, says: bool, largest: int = 600_000) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.port = port
        self.prefix = prefix.encode()
        self.strips = strips
        self.says = says
        self.largest = largest
        self.strays: list[str] = []
        self.refused: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{self.prefix.decode()}/"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run it in a thread of its own; yields its address, prefix included."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        try:
            yield self.url
        finally:
            self.shutdown()
            self.server_close()


class _Forward(StreamRequestHandler):
    server: PrefixProxy

    def handle(self) -> None:
        head = b"".join(iter(lambda: self.rfile.readline(65_536), b"\r\n")) if self.rfile.peek(1) else b""
        if not head:
            return
        line, _, headers = head.partition(b"\r\n")
        method, path, version = line.split(b" ")
        if not path.startswith(self.server.prefix):
            self.server.strays.append(path.decode())
            self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        length = int(
            next((item[16:] for item in headers.split(b"\r\n") if item.lower().startswith(b"content-length: ")), 0)
        )
        if length > self.server.largest:
            self.server.refused.append(length)
            self.rfile.read(length)  # a browser that still sends would not read the answer
            self.wfile.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        path = (path.removeprefix(self.server.prefix) or b"/") if self.server.strips else path
        kept = [item for item in headers.split(b"\r\n") if item and not item.lower().startswith(b"connection:")]
        said = [b"X-Forwarded-Prefix: " + self.server.prefix] if self.server.says else []
        with socket.create_connection(("127.0.0.1", self.server.port)) as above:
            lines = [b" ".join((method, path, version)), *kept, *said, b"Connection: close", b"", b""]
            above.sendall(b"\r\n".join(lines))
            threading.Thread(target=self._up, args=(above,), daemon=True).start()
            with suppress(OSError):
                while piece := above.recv(65_536):
                    self.wfile.write(piece)

    def _up(self, above: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while piece := self.rfile.read1(65_536):
                above.sendall(piece)
