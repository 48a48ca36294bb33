"""Every shape of raw file becomes what it should, or is refused for the right reason."""

from __future__ import annotations

import json

import pytest

from tests.data.accept import HERE, MAINLAND, SHARED, families, outcome, public_outcomes, shared_questions
from tests.data.public import FOLDER

EXPECTED = {
    file: expected
    for file, expected in json.loads((HERE / "expected.json").read_text(encoding="utf-8")).items()
    if file != "_"
}


@pytest.mark.parametrize("file", EXPECTED)
def test_a_shape_becomes_what_it_should(file: str) -> None:
    item = outcome(HERE, file, EXPECTED[file])
    assert not item.faults, item.faults


def test_real_files_become_what_is_known_of_them() -> None:
    """Where they lie beside the checkout; `make accept` tries the large ones as well."""
    assert not [(item.file, *item.faults) for item in public_outcomes(largest=600_000) if item.faults]


def test_families_and_duplicates_are_found_as_they_are_known() -> None:
    assert not [(what, found, expected) for what, found, expected in families() if found != expected]


def test_the_questions_that_two_real_files_share_are_found() -> None:
    """Where they lie beside the checkout."""
    assert not (FOLDER / MAINLAND[0]).exists() or shared_questions(*MAINLAND) == SHARED
