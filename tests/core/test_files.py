from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.files import building, is_looked_through, is_name, read_text, require_file, write_atomic
from studio.core.workspace import Workspace, find_workspace

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"


def test_other_encodings_are_told_by_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text, encoding in [
        ("病人血壓高，請問應該吃什麼藥", "big5"),
        ("患者の血圧が高いときの薬は何ですか", "shift_jis"),
        ("환자의 혈압이 높습니다. 약은 무엇입니까", "euc_kr"),
        ("Sjögren syndrome, 5 µg, Ménière", "cp1252"),
        ("question,answer\n肝素过量用什么,鱼精蛋白\n", "utf-16-le"),
    ]:
        path.write_bytes(text.encode(encoding))
        assert read_text(path) == (text, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_that_users_have(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text("患者出现咳嗽、发热，诊断为肺炎。", encoding=encoding)
    assert read_text(path)[0] == "患者出现咳嗽、发热，诊断为肺炎。"


def test_gb18030_with_traditional_characters_and_much_english(tmp_path: Path) -> None:
    text = "question,answer\n朱镕基 ATP 酶 H2 受體 10% 葡萄糖 3.5 mmol/L，發熱 39℃\n"
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="gb18030", newline="")
    assert read_text(path) == (text, "gb18030")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (POINTER.encode(), "git lfs pull"),
        (b"", "empty"),
        (b"PK\x03\x04\x00\x00", "binary"),
        (b"good line\nbad \xff\xff here", "line 2, byte 0xff"),
        ("q,a\nzażółć gęślą jaźń\n".encode("cp1250"), "cp1250"),
        ("患者出现咳嗽、发热。\n诊断为肺".encode()[:-1], "line 2, byte 0xe8"),
        ("高血压首选什么药？\n氨氯地".encode() + b"\xe5\xff", "line 2, byte 0xe5"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert word in caught.value.to("en")
    assert str(path) in caught.value.to("zh")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        require_file(tmp_path / "nowhere")
    with pytest.raises(InputError, match="folder"):
        require_file(tmp_path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomic(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "\ud800")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a"]


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), building(tmp_path / "out") as folder:
        (folder / "part").write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["medqa-lora", "糖尿病问答", "a.b_c-1", "Qwen2.5"])
def test_plain_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a..b", "-rf", "a b", "x" * 65, "a\n", "~"])
def test_names_that_could_be_paths(name: str) -> None:
    assert not is_name(name)


def test_a_name_leaves_room_for_a_runs_time_and_kind() -> None:
    assert is_name("糖" * 64)
    assert not is_name("𠀀" * 64)
    assert len(f"20261120-101500-preferences-{'糖' * 64}-99".encode()) < 255


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/proc/self/mem", "cannot be read (Input/output error)"),  # root may open every file
        ("/proc/self/status/x", "no such file"),
        ("/tmp/a\0b", "no such file"),
    ],
)
def test_what_cannot_be_read_is_the_users_to_mend(path: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        require_file(Path(path))
    assert word in caught.value.to("en")


def test_a_pipe_is_read_once() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"kind: train\n")
    os.close(writing)
    assert read_text(Path(f"/dev/fd/{reading}")) == ("kind: train\n", "utf-8")
    os.close(reading)


@pytest.mark.parametrize(
    ("given", "word"), [("~nosuch/x", "home"), ("x" * 256, "too long"), ("/" + "x" * 256, "too long")]
)
def test_what_can_be_no_path_is_said_to_be_none(tmp_path: Path, given: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        Workspace(tmp_path).path(given)
    assert word in caught.value.to("en")
    assert len(caught.value.to("zh")) < 200


def test_a_workspace_of_nobody() -> None:
    with pytest.raises(InputError, match="home"):
        find_workspace("~nosuch/x")


def test_a_path_is_written_down_relative_where_it_lies_in_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "volume" / "m").mkdir(parents=True)
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "models").symlink_to(tmp_path / "volume")
    (tmp_path / "link").symlink_to(tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    assert workspace.relative(workspace.models / "m") == Path("models/m"), "a link inside stays one"
    assert workspace.relative(tmp_path / "link" / "runs") == Path("runs")
    assert workspace.relative(tmp_path / "w" / "runs" / ".." / "uploads") == Path("uploads")
    assert workspace.relative(tmp_path / "volume" / "m") == tmp_path / "volume" / "m"
    assert Workspace(tmp_path / "link").relative(tmp_path / "w" / "runs") == Path("runs")


def test_a_large_folder_is_left_to_the_run(tmp_path: Path) -> None:
    for part in range(3):
        with (tmp_path / f"{part}.bin").open("wb") as file:
            file.truncate(30 * 2**20)
        assert is_looked_through(tmp_path) is (part < 2)
    assert is_looked_through(tmp_path / "0.bin")
    assert is_looked_through(tmp_path / "gone")
