"""The examples in docstrings are true."""

from __future__ import annotations

import doctest

import pytest

from studio.knowledge import fusion, json_rows
from studio.knowledge.chunkers import token


@pytest.mark.parametrize("module", [fusion, token, json_rows])
def test_docstrings(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed
