"""What an uploaded file of rows holds, said before any run; what could only fail is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.data.conversion import Conversion
from studio.data.preview import preview


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_file_says_its_layout_and_rows(tmp_path: Path) -> None:
    said = preview(write(tmp_path, "题目.jsonl", '{"question": "用什么逆转肝素？", "answer": "鱼精蛋白。"}\n'))
    assert said.zh.startswith('问答（qa）· 1 行 · 首行：{"question": "用什么逆转肝素？"')
    assert said.en.startswith("Question and answer (qa) · 1 row · first row: ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("wrong.csv", "a,b\n1,2\n", "认不出这个文件的格式：字段为 a、b。"),
        (
            "wrong.csv",
            "a,b\n1,2\n",
            "columns: {a: question, …: answer}",
        ),
        ("broken.jsonl", '{"question": \n{"x"\n', "没有一行能读取"),
        ("pic.png", b"\x89PNG\r\n\x1a\n\x00\x00", ""),
    ],
)
def test_what_could_only_fail_is_refused(tmp_path: Path, name: str, content: bytes | str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        preview(write(tmp_path, name, content))
    assert said in caught.value.to("zh")


def test_a_layout_that_was_chosen_is_not_guessed(tmp_path: Path) -> None:
    assert "（medqa）" in preview(write(tmp_path, "wrong.csv", "question,b\n1,2\n"), Conversion("medqa")).zh
    with pytest.raises(InputError, match="none of 2 rows can be read"):
        preview(write(tmp_path, "broken.jsonl", '{"question": \n{"x"\n'), Conversion("medqa"))
