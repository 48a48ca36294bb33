"""A server on this machine that speaks as the hubs do, Hugging Face's and ModelScope's datasets, and as PubMed's."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHA = "5f0c1ee8" * 5
_FAULTS = {
    "gated": (403, {"X-Error-Code": "GatedRepo"}),
    "missing": (404, {"X-Error-Code": "RepoNotFound"}),
    "revision": (404, {"X-Error-Code": "RevisionNotFound"}),
    "rate": (429, {"Retry-After": "1"}),
}


@dataclass
class StandIn:
    """What the server has, and what it was asked.

    Args:
        files: of every dataset, by path.
        card: what a dataset's card declares.
        fault: what it answers instead: `gated`, `missing`, `revision` or `rate`.
        stalls: whether it holds a file back, so that its loading never ends.
        articles: PubMed's, by number, as XML.
        busy: how often it says that it has too much to do.
        forms: what was posted.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    stalls: bool = False
    articles: dict[str, str] = field(default_factory=dict)
    busy: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, dict[str, str], bytes, bool]:
        """Return status, headers, body, and whether the body is held back."""
        if self.fault:
            status, headers = _FAULTS[self.fault]
            told = {"Code": status, "Success": False, "Message": self.fault, "error": self.fault}
            return status, {**headers, "X-Error-Message": self.fault}, json.dumps(told).encode(), False
        if path.startswith("/api/v1/datasets/"):
            return self._modelscope(path, query)
        if path.startswith("/api/datasets/"):
            listed = [{"rfilename": name, "size": len(data)} for name, data in self.files.items()]
            id = "/".join(path.split("/")[3:5])
            return (
                200,
                {},
                json.dumps({"id": id, "sha": SHA, "siblings": listed, "cardData": self.card}).encode(),
                False,
            )
        name = path.partition(f"/resolve/{SHA}/")[2]
        if name in self.files:
            data = self.files[name]
            headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
            return 200, headers, data, self.stalls
        return 404, {"X-Error-Code": "EntryNotFound"}, b"", False

    def posted(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer of the E-utilities."""
        self.forms.append(form)
        if self.busy or self.fault == "rate":
            self.busy = max(0, self.busy - 1)
            return 429, {}, b'{"error":"API rate limit exceeded"}'
        if form.get("api_key", "good") != "good":
            return 400, {}, b'{"error":"API key invalid"}'
        if path.endswith("esearch.fcgi"):
            ids = list(self.articles)[: int(form["retmax"])]
            told = {"esearchresult": {"count": str(len(self.articles)), "idlist": ids}}
            return 200, {}, json.dumps(told).encode()
        asked = "".join(self.articles[id] for id in form["id"].split(","))
        return 200, {}, f"<?xml version='1.0'?><PubmedArticleSet>{asked}</PubmedArticleSet>".encode()

    def _modelscope(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, dict[str, str], bytes, bool]:
        if path.endswith("/repo"):
            return 200, {}, self.files[query["FilePath"][0]], self.stalls
        page = int(query.get("PageNumber", ["1"])[0])
        files = [
            {"Path": name, "Name": name, "Size": len(data), "Type": "blob", "Sha256": hashlib.sha256(data).hexdigest()}
            for name, data in self.files.items()
        ]
        told = {"Code": 200, "Success": True, "Data": {"Files": files if page == 1 else []}, "TotalCount": len(files)}
        return 200, {}, json.dumps(told).encode(), False


@contextmanager
def serving(hub: StandIn) -> Iterator[StandIn]:
    """Serve what a stand-in has for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(whole=True)

        def do_HEAD(self) -> None:
            self._answer(whole=False)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            status, headers, body = hub.posted(self.path, form)
            self._send(status, headers, body, len(body))

        def _answer(self, whole: bool) -> None:
            address = urlsplit(self.path)
            hub.asked.append(self.path)
            status, headers, body, held = hub.answer(unquote(address.path), parse_qs(address.query))
            self._send(status, headers, body[: 10 if held else None] if whole else b"", len(body))
            if whole and held:
                self.wfile.flush()
                hub.over.wait(60)

        def _send(self, status: int, headers: Mapping[str, str], body: bytes, length: int) -> None:
            self.send_response(status)
            told = {"Content-Type": "application/json", **headers, "Content-Length": str(length)}
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.over.set()
        server.shutdown()
        server.server_close()
