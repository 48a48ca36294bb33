"""What an operator may set from outside, read once when the endpoint starts."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.errors import InputError
from studio.core.text import Text

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine that are always accepted, as is every other loopback address."""


@dataclass(frozen=True)
class Settings:
    """The endpoint's settings.

    Args:
        loopback: whether it is bound to this machine alone. Bound wider it takes no request without a key.
        idle_minutes: minutes without a request after which an engine the endpoint started ends
            (STUDIO_IDLE_MINUTES).
        max_requests: answers under way at once; one more gets a 429 (STUDIO_MAX_REQUESTS).
        max_engines: models and knowledge bases that the endpoint keeps up at once; for one more the longest idle one
            ends (STUDIO_MAX_ENGINES). Serve runs that a person started do not count.
        silence_s: seconds of silence after which a stream says `: ping`.
        hosts: names besides localhost under which a browser may reach it (STUDIO_ALLOWED_HOSTS, comma-separated;
            `*` allows any).
        root_path: the path that a proxy puts in front of every other (`--root-path`).
        proxies: addresses besides this machine's whose `X-Forwarded-Prefix` is believed (STUDIO_PROXIES, comma-separated).
        token: one more key, valid for this process only (STUDIO_ENDPOINT_TOKEN).
    """

    loopback: bool = True
    idle_minutes: float = 10.0
    max_requests: int = 64
    max_engines: int = 6
    silence_s: float = 15.0
    hosts: frozenset[str] = LOCAL_HOSTS
    root_path: str = ""
    proxies: frozenset[str] = frozenset()
    token: str = ""


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach what is bound to a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def read_settings(loopback: bool = True, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this process's environment.

    Raises:
        InputError: a number is no number, or not above zero.
    """
    named = _listed(environ, "STUDIO_ALLOWED_HOSTS")
    return Settings(
        loopback=loopback,
        idle_minutes=_positive(environ, "STUDIO_IDLE_MINUTES", Settings.idle_minutes),
        max_requests=max(1, int(_positive(environ, "STUDIO_MAX_REQUESTS", Settings.max_requests))),
        max_engines=max(1, int(_positive(environ, "STUDIO_MAX_ENGINES", Settings.max_engines))),
        hosts=LOCAL_HOSTS | named,
        proxies=_listed(environ, "STUDIO_PROXIES"),
        token=environ.get("STUDIO_ENDPOINT_TOKEN", "").strip(),
    )


def _listed(environ: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(item.strip().lower() for item in environ.get(name, "").split(",")) - {""}


def _positive(environ: Mapping[str, str], name: str, default: float) -> float:
    given = environ.get(name, "").strip()
    try:
        value = float(given) if given else default
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise InputError(
            Text(f"given '{given}', accepted: a number above 0", f"现为“{given}”，应为大于 0 的数字"), where=name
        )
    return value
