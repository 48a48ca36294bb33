"""Hugging Face, or the mirror that HF_ENDPOINT names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import httpx

from studio.core.text import Text
from studio.hubs.base import Hub, HubAccount, HubAsking, HubFile, HubListing, Refusal, RefusedError, Repository, is_safe

_HUB = "https://huggingface.co"
_PAGES = 50  # of a listing, a thousand files each
_CODES = {
    "GatedRepo": Refusal.GATED,
    "RepoNotFound": Refusal.MISSING,
    "EntryNotFound": Refusal.MISSING,
    "RevisionNotFound": Refusal.REVISION,
}
_STATUSES: dict[int, Refusal] = {
    httpx.codes.UNAUTHORIZED: Refusal.MISSING,  # what is not there is not told from what one may not see
    httpx.codes.FORBIDDEN: Refusal.FORBIDDEN,
    httpx.codes.NOT_FOUND: Refusal.MISSING,
}


def endpoint() -> str:
    """Return the hub's address."""
    return os.environ.get("HF_ENDPOINT", "").strip() or _HUB


def listing(asking: HubAsking, repository: Repository) -> HubListing:
    """Return what a repository has, once it is known that its files may be loaded as well."""
    revision = quote(repository.revision or "main", safe="")
    api = f"{asking.base}/api/{repository.sort}/{repository.id}"
    info = _object(asking.ask(f"{api}/revision/{revision}"))
    commit = str(info.get("sha") or repository.revision or "main")
    kind = "" if repository.sort == "models" else f"{repository.sort}/"
    place = f"{asking.base}/{kind}{repository.id}/resolve/{quote(commit, safe='')}"
    entries = _tree(asking, f"{api}/tree/{quote(commit, safe='')}?recursive=true")
    listed = (entry for entry in entries if entry.get("type", "file") == "file" and is_safe(entry["path"]))
    files = tuple(_file(entry, place) for entry in listed)
    if files:  # the terms of a gated one show up here first
        asking.ask(min(files, key=lambda file: file.size).url, "HEAD")
    card = info.get("cardData")
    return HubListing(commit, files, card if isinstance(card, dict) else {})


def refusal(response: httpx.Response, with_token: bool) -> Refusal:
    """Return what an answer that is none means."""
    if "invalid credentials" in response.headers.get("X-Error-Message", "").lower():
        return Refusal.UNAUTHORISED
    code = response.headers.get("X-Error-Code", "")
    return _CODES.get(code) or _STATUSES.get(response.status_code, Refusal.OTHER)


def _tree(asking: HubAsking, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(_PAGES):
        answer = asking.ask(url)
        entries = _json(answer)
        if not isinstance(entries, list):
            raise RefusedError(Refusal.OTHER, "its answer cannot be read")
        found += [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("path"), str)]
        following = answer.links.get("next", {}).get("url")
        if not following:
            return found
        url = urljoin(f"{asking.base}/", following)
    return found


def _file(entry: dict[str, Any], place: str) -> HubFile:
    lfs = entry.get("lfs")
    large = lfs if isinstance(lfs, dict) else {}
    size = large.get("size", entry.get("size", 0))
    return HubFile(entry["path"], int(size or 0), f"{place}/{quote(entry['path'])}", str(large.get("oid", "")))


def _object(response: httpx.Response) -> dict[str, Any]:
    found = _json(response)
    if not isinstance(found, dict):
        raise RefusedError(Refusal.OTHER, "its answer cannot be read")
    return found


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise RefusedError(Refusal.OTHER, "its answer cannot be read") from error


def page(repository: Repository) -> str:
    """Return the page on which terms are accepted, which no mirror has."""
    return f"{_HUB}/{'' if repository.sort == 'models' else f'{repository.sort}/'}{repository.id}"


def _clients_own() -> Path:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_TOKEN_PATH") or home / "token")


ACCOUNT = HubAccount(
    "huggingface",
    Text("Hugging Face", "Hugging Face"),
    "HF_TOKEN",
    "https://huggingface.co/settings/tokens",
    "/api/whoami-v2",
    _clients_own,
)
HUB = Hub(
    Text("Hugging Face", "Hugging Face"),
    10,
    endpoint,
    ACCOUNT,
    listing,
    refusal,
    page,
    Text(
        "Check the network; in mainland China set HF_ENDPOINT to a mirror, or take it from ModelScope.",
        "请检查网络；在中国大陆可把 HF_ENDPOINT 设为镜像，或改从魔搭 ModelScope 获取。",
    ),
)
