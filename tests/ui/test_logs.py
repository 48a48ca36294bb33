"""A log followed by byte offset: whole lines, the tail of a long one, as a terminal leaves it."""

from __future__ import annotations

from pathlib import Path

from studio.ui.logs import TAIL_BYTES, as_shown, follow


def test_whole_lines_are_followed_and_half_ones_wait(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("one\ntwo\nthr", encoding="utf-8")
    first = follow(path, -1)
    assert (first.text, first.fresh, first.earlier) == ("one\ntwo\n", True, 0)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("ee\n第四行\n")
    second = follow(path, first.offset)
    assert (second.text, second.fresh) == ("three\n第四行\n", False)
    assert follow(path, second.offset).text == ""


def test_a_long_log_begins_with_its_tail(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("".join(f"第 {number} 行\n" for number in range(20_000)), encoding="utf-8")
    piece = follow(path, -1)
    assert len(piece.text.encode()) <= TAIL_BYTES
    assert piece.text.startswith("第 ")
    assert piece.text.endswith("第 19999 行\n")
    assert piece.earlier > 0
    assert piece.offset == path.stat().st_size


def test_a_log_that_was_begun_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("a long first line\n")
    offset = follow(path, -1).offset
    path.write_text("new\n")
    assert follow(path, offset) == follow(path, -1)
    assert follow(tmp_path / "none.txt", 5).text == ""


def test_lines_drawn_over_and_colours_settle() -> None:
    assert as_shown("\x1b[31mred\x1b[0m\n 10%\r 50%\r100%\nend\n") == "red\n100%\nend\n"
