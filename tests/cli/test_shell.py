from __future__ import annotations

import json
import math

import pytest

from studio.cli.shell import document


def test_a_document_is_json_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    document({"metrics": {"loss": math.nan, "rate": 0.5}, "course": [(1, -math.inf)], "name": "肝素", "good": True})
    text = capsys.readouterr().out
    assert json.loads(text, parse_constant=pytest.fail) == {
        "metrics": {"loss": None, "rate": 0.5}, "course": [[1, None]], "name": "肝素", "good": True
    }  # fmt: skip
