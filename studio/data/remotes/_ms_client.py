"""ModelScope's client at work: `python -m studio.data.remotes._ms_client list ID REVISION`, `load ID REVISION FOLDER FILE...`."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from modelscope_hub import HubApi
from modelscope_hub.errors import (
    AuthenticationError,
    NetworkError,
    NotExistError,
    PermissionDeniedError,
    RateLimitError,
)

from studio.data.remotes._client import answer

_BRANCH = "master"


def main(verb: str, id: str, revision: str, *rest: str) -> dict[str, Any]:
    """Do what was asked, and return the answer. The hub names no commit: a revision is its name and a sum of its files'."""
    api = HubApi()
    branch = revision.partition("+")[0] or _BRANCH
    if verb == "list":
        files = [item for item in api.list_repo_files(id, "dataset", revision=branch) if item.type != "tree"]
        told = "\n".join(sorted(f"{item.path}\0{item.sha256 or item.blob_id or item.size}" for item in files))
        state = hashlib.sha256(told.encode()).hexdigest()[:12]
        return {
            "revision": f"{branch}+{state}",
            "files": {item.path: item.size or 0 for item in files},
            "configs": [],
        }
    folder, *files_wanted = rest
    for file in files_wanted:
        api.download_file(id, "dataset", file, revision=branch, local_dir=folder)
    return {}


def fault_of(error: Exception) -> str:
    """Return what sort of fault an error of the client is; empty for one of no known sort."""
    if isinstance(error, AuthenticationError | PermissionDeniedError):
        return "gated"
    if isinstance(error, NotExistError):
        return "missing"
    if isinstance(error, RateLimitError):
        return "rate"
    return "offline" if isinstance(error, NetworkError | OSError) else ""


if __name__ == "__main__":
    sys.exit(answer(lambda: main(*sys.argv[1:]), fault_of))
