"""Errors both ways: whole for those of us, and what is written is read back."""

from __future__ import annotations

import pytest

from studio.core.errors import (
    BusyError,
    ContextLengthError,
    InputError,
    NotAllowedError,
    StudioError,
    TooManyEnginesError,
    UnavailableError,
    UnknownModelError,
)
from studio.core.text import Text
from studio.openai.errors import read_error, write_error

SAID, HINT = Text("it is so", "就是这样"), Text("do that", "请这样做")


def test_the_page_is_told_all() -> None:
    error = UnavailableError(Text("it died", "它退出了"), Text("See the log.", "请看日志。"), "/work/runs/1")
    assert "/work/runs/1" in write_error(error).message.en


@pytest.mark.parametrize(
    ("error", "status", "code", "read"),
    [
        (UnknownModelError(SAID, HINT), 404, "model_not_found", InputError),
        (NotAllowedError(SAID, HINT), 403, "knowledge_not_allowed", InputError),
        (ContextLengthError(SAID, HINT), 400, "context_length_exceeded", ContextLengthError),
        (BusyError(SAID), 429, "rate_limit_exceeded", BusyError),
        (TooManyEnginesError(SAID, HINT), 503, "too_many_engines", UnavailableError),
        (InputError(SAID, HINT), 400, "unusable", InputError),
        (UnavailableError(SAID, HINT), 503, "engine_unavailable", UnavailableError),
    ],
)
def test_what_is_written_is_read_back(error: StudioError, status: int, code: str, read: type[StudioError]) -> None:
    written = write_error(error)
    assert (written.status, written.code) == (status, code)
    assert ("Retry-After" in written.headers()) == (status in (429, 503))
    assert set(written.body()["error"]) == {"message", "type", "param", "code"}
    back = read_error(status, written.body(parted=True), "http://there")
    assert isinstance(back, read)
    assert back.hint == error.hint
    assert SAID.en in back.message.en and SAID.zh in back.message.zh
