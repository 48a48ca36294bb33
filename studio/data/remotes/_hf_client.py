"""Hugging Face's client at work: `python -m studio.data.remotes._hf_client list ID REVISION`, `load ID REVISION FOLDER FILE...`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from studio.data.remotes._client import answer

_WAIT_S = 20


def main(verb: str, id: str, revision: str, *rest: str) -> dict[str, Any]:
    """Do what was asked, and return the answer."""
    if verb == "list":
        info = HfApi().dataset_info(id, revision=revision or None, files_metadata=True, timeout=_WAIT_S)
        card = info.card_data.to_dict() if info.card_data is not None else {}
        configs = [config for config in card.get("configs") or [] if isinstance(config, dict)]
        files = {item.rfilename: item.size or 0 for item in info.siblings or []}
        named = card.get("license_name") if card.get("license") == "other" else card.get("license")
        licence = ", ".join(named) if isinstance(named, list) else named
        return {"revision": info.sha or revision or "main", "files": files, "configs": configs, "licence": licence}
    folder, *files_wanted = rest
    for file in files_wanted:
        hf_hub_download(id, file, repo_type="dataset", revision=revision, local_dir=folder, etag_timeout=_WAIT_S)
    shutil.rmtree(Path(folder) / ".cache", ignore_errors=True)  # the client's own notes
    return {}


def fault_of(error: Exception) -> str:
    """Return what sort of fault an error of the client is; empty for one of no known sort."""
    if isinstance(error, GatedRepoError):
        return "gated"
    if isinstance(error, RevisionNotFoundError):
        return "revision"
    if isinstance(error, RepositoryNotFoundError):
        return "missing"
    if isinstance(error, HfHubHTTPError):
        return "rate" if error.response is not None and error.response.status_code == 429 else ""
    kinds = {kind.__name__ for kind in type(error).__mro__}  # the client's HTTP library changes with its releases
    return "offline" if isinstance(error, OfflineModeIsEnabled | OSError) or "TransportError" in kinds else ""


if __name__ == "__main__":
    sys.exit(answer(lambda: main(*sys.argv[1:]), fault_of))
