"""Uploads in a recipe: harmless names, and only what the page itself has kept."""

from __future__ import annotations

import json

import pytest

from studio.core.workspace import Workspace
from studio.ui.form import drop
from studio.ui.form.uploads import safe_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("..\\..\\x.csv", "x.csv"), (".hidden", "hidden"), ("///", "file"), ("a\0b\n.md", "a_b_.md")],
)  # fmt: skip
def test_names_have_no_path_in_them(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize("name", ["长" * 300 + ".jsonl", "x" * 300 + ".jsonl", "文" * 300, "x." + "尾" * 90])
def test_long_names_fit_a_disk_and_keep_their_ending(name: str) -> None:
    assert len(safe_name(name)) <= 120 and len(safe_name(name).encode()) <= 255
    assert safe_name(name)[-1] == name[-1]


def test_a_form_takes_only_what_was_uploaded(workspace: Workspace) -> None:
    kept = "uploads/20261127-120000-abcdef/a.jsonl"
    for path in (kept, "uploads/.incoming/20261127-120000-abcdef/b.jsonl", "uploads/mine/c.jsonl", "keys.json"):
        (workspace.root / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace.root / path).write_text("{}")
    named = [kept, "uploads/.incoming/20261127-120000-abcdef/b.jsonl", "uploads/mine/c.jsonl", "keys.json", "/etc/passwd",
             "uploads/20261127-120000-abcdef/../../keys.json", "uploads/20261127-120000-abcdef/gone", "a\0b", 7]  # fmt: skip
    assert drop.read(workspace, json.dumps({"kept": named})) == [kept]
    for said in ("", "[]", "7", "{", '{"kept": 7}', "[" * 100_000):
        assert drop.read(workspace, said) == []
