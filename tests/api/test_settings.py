"""What an operator may set from outside."""

from __future__ import annotations

import pytest

from studio.api.settings import LOCAL_HOSTS, read_settings
from studio.core.errors import InputError


def test_defaults_and_the_environment() -> None:
    plain = read_settings(environ={})
    assert (plain.idle_minutes, plain.max_requests, plain.hosts, plain.token) == (10.0, 64, LOCAL_HOSTS, "")
    given = read_settings(
        loopback=False,
        environ={
            "STUDIO_IDLE_MINUTES": "0.5",
            "STUDIO_MAX_REQUESTS": "3",
            "STUDIO_ALLOWED_HOSTS": "Studio.example, 10.0.0.5,",
            "STUDIO_ENDPOINT_TOKEN": " t0 ",
        },
    )
    assert (given.loopback, given.idle_minutes, given.max_requests, given.token) == (False, 0.5, 3, "t0")
    assert given.hosts == LOCAL_HOSTS | {"studio.example", "10.0.0.5"}


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "inf"])
def test_a_number_that_is_none_is_said_plainly(value: str) -> None:
    with pytest.raises(InputError, match="STUDIO_IDLE_MINUTES"):
        read_settings(environ={"STUDIO_IDLE_MINUTES": value})
