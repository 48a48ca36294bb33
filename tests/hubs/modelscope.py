"""ModelScope as a stand-in: the lists of models' and datasets' files, and the files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from tests.hubs.server import Asked, Reply, StandIn

_FAULTS = {"missing": 404, "gated": 403, "rate": 429, "broken": 502}


@dataclass
class ModelScope(StandIn):
    def answer(self, asked: Asked) -> Reply:
        if self.fault:
            return _refused(_FAULTS[self.fault])
        if asked.token and asked.token not in self.tokens:
            return _refused(401)
        if asked.path == "/openapi/v1/users/me":
            return _told({"data": {"preferred_username": "dr-wang"}}) if asked.token else _refused(401)
        if asked.path.endswith("/repo"):
            path = asked.query["FilePath"][0]
            return Reply(200, {}, self.files[path], file=True) if path in self.files else _refused(404)
        first = asked.query.get("PageNumber", ["1"])[0] == "1"
        files = [
            {"Path": path, "Name": path, "Size": len(data), "Type": "blob", "Sha256": hashlib.sha256(data).hexdigest()}
            for path, data in self.files.items()
        ]
        paged = files if first or asked.path.startswith("/api/v1/models/") else []
        return _told({"Code": 200, "Success": True, "Data": {"Files": paged}, "TotalCount": len(files)})


def _told(value: object) -> Reply:
    return Reply(200, {}, json.dumps(value).encode())


def _refused(status: int) -> Reply:
    return Reply(status, {}, json.dumps({"Code": status, "Success": False, "Message": "refused"}).encode())
