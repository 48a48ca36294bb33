"""Where a request may be led to."""

from __future__ import annotations

import httpx
import pytest

from studio.hubs import route
from studio.hubs.base import RefusedError

_HUB = "https://93.184.215.14"


@pytest.mark.parametrize(
    ("begin", "url"),
    [
        (_HUB, f"{_HUB}/a"),
        (_HUB, "https://8.8.8.8/a"),
        ("http://127.0.0.1:90", "http://localhost:80/x"),
        ("http://10.0.0.5", "http://10.0.0.6/x"),
        ("http://10.0.0.5", "https://8.8.8.8/x"),
    ],
)
def test_ways_that_hubs_lead(begin: str, url: str) -> None:
    route.require_way(begin, httpx.URL(url))


@pytest.mark.parametrize(
    ("begin", "url", "said"),
    [
        (_HUB, "http://8.8.8.8/a", "off the encrypted line, to 8.8.8.8"),
        (_HUB, "https://169.254.169.254/latest", "to 169.254.169.254, which is no public address"),
        (_HUB, "https://127.0.0.1/a", "no public address"),
        (_HUB, "https://[::1]/a", "no public address"),
        (_HUB, "https://192.168.0.1/a", "no public address"),
        ("http://93.184.215.14", "http://localhost/a", "no public address"),
        (_HUB, "file:///etc/passwd", "no http or https address"),
    ],
)
def test_ways_that_no_hub_has_to_lead(begin: str, url: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        route.require_way(begin, httpx.URL(url))


@pytest.mark.parametrize("address", ["", "hf-mirror.com", "ftp://x", "http://", "http://[::1", "http://x:port"])
def test_what_is_no_address_of_the_web(address: str) -> None:
    with pytest.raises(RefusedError, match="no http or https address"):
        route.require_address(address)


def test_a_password_in_an_address_is_not_shown() -> None:
    assert route.shown_host("https://me:secret@mirror.example:8443/hf") == "mirror.example:8443"
