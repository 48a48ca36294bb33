"""Hugging Face as a stand-in: info, tree, HEAD and GET of files, and its codes of error."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.hubs.server import Asked, Reply, StandIn

SHA = "5f0c1ee8" * 5
_LFS = (".safetensors", ".bin", ".gguf", ".parquet")
_FAULTS = {
    "missing": (401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Invalid username or password."}),
    "revision": (404, {"X-Error-Code": "RevisionNotFound"}),
    "rate": (429, {"Retry-After": "1000"}),
    "forbidden": (403, {"X-Error-Message": "This token has no such right."}),
    "broken": (503, {}),
}


@dataclass
class HuggingFace(StandIn):
    """Args:
    card: what a repository's card declares.
    gated: whether its files are given to those with a token in `agreed` alone.
    agreed: the tokens of those who accepted the terms.
    """

    card: dict[str, Any] = field(default_factory=dict)
    gated: bool = False
    agreed: tuple[str, ...] = ()
    leads: str = ""

    def answer(self, asked: Asked) -> Reply:
        if self.fault:
            return _refused(*_FAULTS[self.fault])
        if asked.token and asked.token not in (*self.tokens, *self.agreed):
            return _refused(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        if asked.path == "/api/whoami-v2":
            return _json({"name": "dr-li"}) if asked.token else _refused(401, {})
        if "/tree/" in asked.path:
            return _json([_entry(path, data) for path, data in self.files.items()])
        if asked.path.startswith("/api/"):
            listed = [{"rfilename": path} for path in self.files]
            return _json({"sha": SHA, "siblings": listed, "cardData": self.card, "gated": self.gated})
        return self._file(asked)

    def _file(self, asked: Asked) -> Reply:
        if self.gated and asked.token not in self.agreed:
            return _refused(403 if asked.token else 401, {"X-Error-Code": "GatedRepo"})
        if self.leads and asked.method == "GET":
            return Reply(302, {"Location": self.leads})
        path = asked.path.partition(f"/resolve/{SHA}/")[2]
        if path not in self.files:
            return _refused(404, {"X-Error-Code": "EntryNotFound"})
        data = self.files[path]
        headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
        if path.endswith(_LFS):
            headers |= {"X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Linked-Size": str(len(data))}
        return Reply(200, headers, data, file=True)


def _entry(path: str, data: bytes) -> dict[str, Any]:
    oid = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
    entry: dict[str, Any] = {"type": "file", "oid": oid, "size": len(data), "path": path}
    if path.endswith(_LFS):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return entry


def _json(value: object) -> Reply:
    return Reply(200, {}, json.dumps(value).encode())


def _refused(status: int, headers: dict[str, str]) -> Reply:
    return Reply(status, headers, json.dumps({"error": "For more details, see https://huggingface.co/docs"}).encode())
