"""Where requests may go: to the hub that was chosen, and on from there only as far as a hub needs."""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

import httpx

from studio.hubs.base import Refusal, RefusedError


def require_address(address: str) -> None:
    """Raise RefusedError unless an address is one of the web, with a host."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise RefusedError(Refusal.ASTRAY, "no http or https address")


def require_way(begin: str, url: httpx.URL) -> None:
    """Check where a hub sends a request on to, which it may do to where its files lie.

    A public hub leads neither to a machine inside (a router, a cloud's own data), nor off an encrypted line.

    Args:
        begin: the hub's address.

    Raises:
        RefusedError: it does.
    """
    require_address(str(url))
    start = httpx.URL(begin)
    if url.host == start.host and url.scheme == start.scheme:
        return
    if start.scheme == "https" and url.scheme != "https":
        raise RefusedError(Refusal.ASTRAY, f"off the encrypted line, to {url.host}")
    if _public(start.host) and not _public(url.host):
        raise RefusedError(Refusal.ASTRAY, f"to {url.host}, which is no public address")


@lru_cache(maxsize=256)
def _public(host: str) -> bool:
    """Tell whether a host is one of the open network; one that is not found here is left to the proxy that finds it."""
    try:
        found = {item[4][0] for item in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found)


def shown_host(address: str) -> str:
    """Return an address as it may be shown: its host and port; what stands before an @ is a password."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2] or address
    except ValueError:
        return address
