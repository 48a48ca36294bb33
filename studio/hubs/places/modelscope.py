"""ModelScope, or what MODELSCOPE_ENDPOINT names."""

from __future__ import annotations

import hashlib
import os
from typing import Any
from urllib.parse import urlencode

import httpx

from studio.core.text import Text
from studio.hubs.base import Hub, HubAccount, HubAsking, HubFile, HubListing, Refusal, RefusedError, Repository, is_safe

_HUB = "https://www.modelscope.cn"
_BRANCH = "master"
_PAGES, _PAGE = 50, 200
_LISTS = {"models": "repo/files", "datasets": "repo/tree"}
_STATUSES: dict[int, Refusal] = {
    httpx.codes.FORBIDDEN: Refusal.GATED,
    httpx.codes.NOT_FOUND: Refusal.MISSING,
}


def endpoint() -> str:
    """Return the hub's address."""
    named = os.environ.get("MODELSCOPE_ENDPOINT", "").strip()
    domain = os.environ.get("MODELSCOPE_DOMAIN", "").strip()  # the older name of it
    return named or (f"https://{domain}" if domain and "://" not in domain else domain) or _HUB


def listing(asking: HubAsking, repository: Repository) -> HubListing:
    """Return what a repository has. The hub names no commit: a revision is its name and a sum of its files'."""
    branch = repository.revision.partition("+")[0] or _BRANCH
    api = f"{asking.base}/api/v1/{repository.sort}/{repository.id}"
    found = {item["Path"]: item for item in _listed(asking, f"{api}/{_LISTS[repository.sort]}", branch)}
    listed = (item for path, item in found.items() if item.get("Type") != "tree" and is_safe(path))
    files = tuple(_file(item, api, branch) for item in listed)
    told = "\n".join(sorted(f"{file.path}\0{file.sha256 or file.size}" for file in files))
    return HubListing(f"{branch}+{hashlib.sha256(told.encode()).hexdigest()[:12]}", files)


def _listed(asking: HubAsking, url: str, branch: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, _PAGES + 1):
        asked = {"Revision": branch, "Recursive": "True", "PageNumber": page, "PageSize": _PAGE}
        items = _files(asking.ask(f"{url}?{urlencode(asked)}"))
        known = {item["Path"] for item in found}
        new = [item for item in items if item["Path"] not in known]
        found += new
        if len(items) < _PAGE or not new:  # one that knows no pages gives all of it each time
            return found
    return found


def _files(response: httpx.Response) -> list[dict[str, Any]]:
    try:
        told = response.json()
        data = told["Data"]
        items = data["Files"] if isinstance(data, dict) else data
        return [item for item in items or [] if isinstance(item.get("Path"), str)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(Refusal.OTHER, "its answer cannot be read") from error


def _file(item: dict[str, Any], api: str, branch: str) -> HubFile:
    asked = urlencode({"Revision": branch, "FilePath": item["Path"]})
    return HubFile(item["Path"], int(item.get("Size") or 0), f"{api}/repo?{asked}", str(item.get("Sha256") or ""))


def refusal(response: httpx.Response, with_token: bool) -> Refusal:
    """Return what an answer that is none means."""
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return Refusal.UNAUTHORISED if with_token else Refusal.GATED
    if response.status_code == httpx.codes.NOT_FOUND and "revision" in response.text.lower():
        return Refusal.REVISION
    return _STATUSES.get(response.status_code, Refusal.OTHER)


def page(repository: Repository) -> str:
    """Return the repository's page."""
    return f"{_HUB}/{repository.sort}/{repository.id}"


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Cookie": f"m_session_id={token}"}


ACCOUNT = HubAccount(
    "modelscope",
    Text("ModelScope", "魔搭 ModelScope"),
    "MODELSCOPE_API_TOKEN",
    "https://www.modelscope.cn/my/myaccesstoken",
    "/openapi/v1/users/me",
    headers=_headers,
)
HUB = Hub(
    Text("ModelScope", "魔搭 ModelScope"),
    30,
    endpoint,
    ACCOUNT,
    listing,
    refusal,
    page,
    Text("Check the network, or take it from Hugging Face.", "请检查网络，或改从 Hugging Face 获取。"),
)
