from __future__ import annotations

from pathlib import Path

from studio.core.jsonl import JsonLines


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "answers.jsonl")
    assert lines.read() == []
    lines.append({"question": "一"})
    with lines.path.open("ab") as stream:
        stream.write('{"question": "二", "ans'.encode())
    assert lines.read() == [{"question": "一"}]
    lines.append({"question": "三\n行"})
    assert [line["question"] for line in lines.read()] == ["一", "三\n行"]


def test_a_line_still_being_written_is_left_for_the_next_call(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "answers.jsonl")
    lines.append({"question": "一"})
    with lines.path.open("ab") as stream:
        stream.write(b'{"question": 2}')
    seen, offset = lines.read_from(0)
    assert seen == [{"question": "一"}]
    lines.path.write_bytes(lines.path.read_bytes() + b"\n[3]\nnull\n")
    assert lines.read_from(offset)[0] == [{"question": 2}], "what is no object is passed over"
