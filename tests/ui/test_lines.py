"""Files of one record a line: looked through in the background, read where somebody looks, searched until told to stop."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from studio.ui import lines as module
from studio.ui.lines import LineCache, Lines, Search, record


def facets(value: dict[str, Any] | None) -> tuple[str]:
    return ("unreadable" if value is None else str(value.get("group", "")),)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    rows = [json.dumps({"stem": f"第{n}题 Heparin", "group": "ab"[n % 2]}, ensure_ascii=False) for n in range(10)]
    path.write_text("\n".join([*rows[:5], "", "{broken", '{"half": "\\ud83d"}', *rows[5:]]), encoding="utf-8")
    return path


def test_every_line_is_found_by_its_place_and_its_facets(file: Path) -> None:
    lines = Lines(file, facets, 1)
    assert lines.done.wait(10) and len(lines) == 12, "an empty line is none"
    assert lines.values(0) == ["a", "b", "unreadable", ""]
    assert [lines.values(0)[code] for code in lines.codes(0)] == ["a", "b", "a", "b", "a", "unreadable", "", *"babab"]
    assert lines.read([5, 11]) == [b"{broken", '{"stem": "第9题 Heparin", "group": "b"}'.encode()]
    assert record(lines.read([6])[0]) == {"half": "?"} and record(b"[1]") is None
    whole = file.read_bytes()
    assert sum(lines.lengths()) == len(whole) - whole.index(b"{")


def test_words_are_looked_for_in_what_a_record_says_and_not_in_its_keys(file: Path) -> None:
    lines = Lines(file, facets, 1)
    lines.done.wait(10)

    def found(*words: str) -> list[int]:
        search = Search(lines, words)
        assert search.done.wait(10)
        return [int(number) for number in search.found()]

    assert found("第3题", "heparin") == [3] and found("broken") == [5] and found("stem") == []


def test_a_file_that_changed_is_looked_through_anew(file: Path) -> None:
    cache = LineCache()
    before = cache.lines("t", file, facets, 1)
    assert cache.lines("t", file, facets, 1) is before
    file.write_text('{"stem": "one"}\n', encoding="utf-8")
    assert len(cache.lines("t", file, facets, 1)) == 1
    file.unlink()
    with pytest.raises(OSError):
        cache.lines("t", file, facets, 1)


def test_a_search_that_nobody_asks_for_any_more_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text('{"stem": "x"}\n' * 60_000, encoding="utf-8")
    monkeypatch.setattr(module, "_ABANDONED_S", 0.0)
    monkeypatch.setattr(module, "_BLOCK", 100)
    cache = LineCache()
    lines = cache.lines("t", path, facets, 1)
    search = cache.search(lines, ["y"])
    assert search.stopped.wait(10) and not search.done.is_set() and search.share < 1
    monkeypatch.setattr(module, "_ABANDONED_S", 60.0)
    again = cache.search(lines, ["y"])
    assert again is not search and again.done.wait(20) and len(again.found()) == 0


def test_few_files_are_kept_in_mind(tmp_path: Path) -> None:
    cache = LineCache()
    looked = []
    for number in range(12):
        path = tmp_path / f"{number}.jsonl"
        path.write_text('{"stem": "x"}\n', encoding="utf-8")
        looked.append(cache.lines("t", path, facets, 1))
    assert [lines.stopped.is_set() for lines in looked] == [True] * 4 + [False] * 8


def test_half_a_file_is_shown_while_the_rest_is_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slow.jsonl"
    path.write_text('{"stem": "x"}\n' * 5_000, encoding="utf-8")

    def slow(value: dict[str, Any] | None) -> tuple[str]:
        time.sleep(0.0005)
        return ("",)

    monkeypatch.setattr(module, "_BLOCK", 50)
    lines = LineCache().lines("t", path, slow, 1)
    assert 0 < len(lines) < 5_000 and 0 < lines.share < 1
    lines.stopped.set()
