"""An error is known again by its record, whoever wrote it."""

from __future__ import annotations

import pytest

from studio.core.errors import ContextLengthError, InputError, RecipeError, StudioError, UnavailableError, error_class
from studio.core.text import both


@pytest.mark.parametrize(
    ("record", "known"),
    [
        (RecipeError([]).dump(), InputError),
        (ContextLengthError.of(3, 2).dump(), InputError),
        (UnavailableError(both("full")).dump(), UnavailableError),
        (StudioError(both("ours")).dump(), StudioError),
        ({"type": "InputError"}, InputError),  # an older studio's
        ({"type": "OfTomorrowError", "exit_code": 2}, InputError),
        ({"type": "ZeroDivisionError"}, StudioError),
        ({"type": 5}, StudioError),
        ({}, StudioError),
    ],
)
def test_a_record_tells_its_broad_class(record: dict[str, object], known: type[StudioError]) -> None:
    assert error_class(record) is known
