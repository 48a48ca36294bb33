"""Uploads: generated folders, harmless names, and nothing kept of what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.ui.form.uploads import keep, safe_name


def test_an_upload_gets_a_folder_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    incoming = tmp_path / "临床 qa.jsonl"
    incoming.write_text("{}\n")
    kept = keep(workspace, incoming)
    assert (workspace.root / kept).read_text() == "{}\n"
    assert kept.startswith("uploads/")
    assert kept.endswith("/临床_qa.jsonl")
    assert not incoming.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("..\\..\\x.csv", "x.csv"), (".hidden", "hidden"), ("///", "file"), ("a\0b\n.md", "a_b_.md")],
)  # fmt: skip
def test_names_have_no_path_in_them(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_long_names_keep_their_ending() -> None:
    assert safe_name("长" * 300 + ".jsonl").endswith("长.jsonl")
    assert len(safe_name("x" * 300 + ".jsonl")) <= 120


@pytest.mark.parametrize("content", ["", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"])
def test_what_cannot_be_used_is_refused_and_not_kept(workspace: Workspace, tmp_path: Path, content: str) -> None:
    incoming = tmp_path / "data.json"
    incoming.write_text(content)
    with pytest.raises(InputError) as caught:
        keep(workspace, incoming)
    assert caught.value.where == "data.json"
    assert list(workspace.uploads.glob("*/*")) == []
