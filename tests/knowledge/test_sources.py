from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.knowledge.sources import find_sources

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n"


def test_folders_are_walked_and_nothing_is_lost_in_silence(tmp_path: Path) -> None:
    book = tmp_path / "book"
    (book / "part" / ".cache").mkdir(parents=True)
    for name, text in {
        "b.TXT": "b", "a.md": "a", "part/c.jsonl": '{"text": "c"}', "part/scan.pdf": "%PDF", "part/.cache/d.txt": "d",
        "empty.txt": "",
    }.items():  # fmt: skip
        (book / name).write_text(text)
    found = find_sources([book, book / "a.md"])
    assert [source.name for source in found.sources] == ["a.md", "b.TXT", "part/c.jsonl"]
    assert found.passed_over == ("part/.cache/d.txt", "part/scan.pdf")
    assert found.empty == ("empty.txt",)


def test_a_linked_folder_is_named_and_a_linked_file_is_read(tmp_path: Path) -> None:
    book, other = tmp_path / "book", tmp_path / "other"
    book.mkdir()
    other.mkdir()
    (other / "a.txt").write_text("a")
    (book / "linked").symlink_to(other)
    (book / "round").symlink_to(book)
    (book / "gone.txt").symlink_to(tmp_path / "nowhere")
    (book / "b.txt").symlink_to(other / "a.txt")
    found = find_sources([book])
    assert [source.name for source in found.sources] == ["b.txt"]
    assert found.links == ("linked", "round")


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("x", "y", "z/y"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text(folder)
    found = find_sources([tmp_path / folder / "a.txt" for folder in ("x", "y", "z/y")])
    assert [source.name for source in found.sources] == ["x/a.txt", "y/a.txt", "y/a.txt (2)"]


@pytest.mark.parametrize("folder", [False, True])
def test_a_git_lfs_pointer_is_named_as_such(folder: bool, tmp_path: Path) -> None:
    (tmp_path / "qa.json").write_text(POINTER)
    with pytest.raises(InputError, match="Git LFS pointer"):
        find_sources([tmp_path if folder else tmp_path / "qa.json"])


def test_a_pointer_under_any_name_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "qa.json.lfs-pointer").write_text(POINTER)
    with pytest.raises(InputError, match="Git LFS pointer"):
        find_sources([tmp_path / "qa.json.lfs-pointer"])


def test_a_format_that_is_not_read_lists_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(InputError, match=r"\.docx.*\.json, \.jsonl, .*\.md.*\.txt"):
        find_sources([tmp_path / "a.docx"])
