"""What the data card tells of where files come from, and what they may be used for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.remote import bring, place_of
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile
from tests.hubs.huggingface import SHA, HuggingFace
from tests.hubs.server import serving

_ROWS = "".join(f'{{"question": "What reverses drug {n}?", "answer": "Antidote {n}."}}\n' for n in range(20)).encode()


def test_origin_and_licence_stand_in_the_card_and_are_missed_where_nobody_said_them(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_ROWS)
    told = SourceFile(file="a.jsonl", origin="Hospital | ward 3", licence="internal use")
    for source, en, zh in (
        (told, "| a.jsonl | Hospital \\| ward 3 | internal use |", "| 文件 | 来源 | 许可 |"),
        (SourceFile(file="a.jsonl"), "Nobody said where the files come from", "没有填写数据来源和许可。"),
    ):
        build(DatasetRecipe(name="d", sources=[source]), [tmp_path / "a.jsonl"], tmp_path / "d", Silent())
        assert en in (tmp_path / "d" / "card.md").read_text()
        assert zh in (tmp_path / "d" / "card.zh.md").read_text()
    about = json.loads((tmp_path / "d" / "dataset.json").read_text())["sources"][0]
    assert "origin" not in about and "licence" not in about


def test_of_a_hub_they_are_taken_from_its_card(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "hf://demo/qa"
    with serving(HuggingFace({"train.jsonl": _ROWS}, card={"license": "cc-by-4.0"})) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        bring(workspace, address, Silent())
    file = place_of(workspace, address)
    recipe = DatasetRecipe(name="d", sources=[SourceFile(file=address)])
    build(recipe, [file], workspace.root / "d", Silent())
    about = json.loads((workspace.root / "d" / "dataset.json").read_text())["sources"][0]
    assert about["origin"] == f"{address}@{SHA}" and about["licence"] == "cc-by-4.0"
