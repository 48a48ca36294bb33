"""What is said before a knowledge base is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.workspace import REPOSITORY, Workspace
from studio.knowledge.kinds.knowledge import forecast
from studio.knowledge.language import files_language, head
from studio.runs.references import resolve_all
from tests.knowledge.conftest import MakeJob

BOOKS = REPOSITORY / "knowledge"


@pytest.mark.real
def test_an_embedding_model_without_chinese_is_named_where_the_texts_are_chinese(
    make_job: MakeJob, workspace: Workspace
) -> None:
    recipe, _ = make_job(BOOKS / "demo-zh")
    [warning] = forecast(recipe, resolve_all(workspace, recipe)).warnings
    assert "all-minilm-l6-v2 不懂中文" in warning.zh
    recipe, _ = make_job(BOOKS / "demo-zh", BOOKS / "demo-en")
    assert forecast(recipe, resolve_all(workspace, recipe)).warnings == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_how_a_text_begins_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    text = "肝素过量时首选鱼精蛋白拮抗。\n" * 2000
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert text.startswith(head(tmp_path / "a.txt"))
    assert len(head(tmp_path / "a.txt")) > 5000
    assert files_language([tmp_path / "a.txt"]) == "zh"


def test_what_is_no_text_has_no_language(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe" + "肝素".encode("utf-16-le") * 50)
    assert files_language([tmp_path / "a.txt", tmp_path / "gone.txt"]) is None
