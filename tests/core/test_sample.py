from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.sample import sampled_lines


@pytest.mark.parametrize("count", [0, 1, 3, 47, 48, 49, 5000])
def test_lines_are_whole_and_come_from_all_over_the_file(tmp_path: Path, count: int) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"行{number} {'x' * (number % 97)}\n" for number in range(count)), encoding="utf-8")
    known = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = sampled_lines(path)
    assert set(lines) <= set(known)
    assert len(set(lines)) == len(lines) <= 48
    if count <= 3:
        assert lines == known
    if count == 5000:
        numbers = [int(line[1:].split()[0]) for line in lines]
        assert numbers == sorted(numbers)
        assert (numbers[0], len(numbers)) == (0, 48)
        assert numbers[-1] > 4800


def test_what_cannot_be_read_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 500_000 + b"\nshort\n")
    assert sampled_lines(tmp_path) == sampled_lines(tmp_path / "gone") == []
    assert set(sampled_lines(tmp_path / "long")) <= {"short\n"}


def test_the_last_line_need_not_be_ended(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo")
    assert sampled_lines(tmp_path / "a") == ["one\n", "two"]
