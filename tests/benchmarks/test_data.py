"""A benchmark's lines as a reader of them finds them."""

from __future__ import annotations

import re

import pytest

from benchmarks import data


def test_a_benchmark_prints_its_figures_and_a_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data, "ROWS", 40)
    monkeypatch.setattr(data, "REPEATS", 1)
    data.main()
    *_, last = capsys.readouterr().out.splitlines()
    assert re.search(r" \d+\.\d\dx$", last)
