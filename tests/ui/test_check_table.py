"""What the checks find, on the form before a run and on the page behind it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.recipe import DatasetRecipe
from studio.runs.directory import Run
from studio.ui import routes
from studio.ui.context import Context
from studio.ui.form import recipe_text
from studio.ui.form.field import fields_of
from studio.ui.outputs import dataset
from studio.ui.parts import PARTS

ROWS = [
    {"question": "急性阑尾炎的首选治疗方法是什么？", "answer": "确诊后尽早行阑尾切除术。"},
    {"question": "<p>高血压首选什么药物？</p>", "answer": "卡托普利，每日一次。祝您早日康复！"},
    {"question": "乙肝怎么治疗？", "answer": "建议抗病毒治疗，详情请添加医生微信<img src=x onerror=alert(1)>。"},
]


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    return TestClient(app, headers={"X-Studio": "page"})


def put(workspace: Workspace, rows: list[dict[str, Any]], name: str = "a.jsonl") -> dict[str, str]:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (workspace.uploads / name).write_text(lines, encoding="utf-8")
    return {"file": f"uploads/{name}"}


def examined(
    client: TestClient, sources: list[dict[str, str]], clean: dict[str, Any] | None = None, lang: str = "zh"
) -> str:
    answer = client.post("/studio/examine", json={"lang": lang, "sources": sources, "clean": clean or {}})
    assert answer.status_code == 200
    return str(answer.json()["html"])


def test_a_choice_changes_the_counts(client: TestClient, workspace: Workspace) -> None:
    source = put(workspace, ROWS)
    usual = examined(client, [source])
    assert "全部 3 行：修正 2 行，丢弃 0 行，保留 3 行" in usual
    assert "<dd>高血压首选什么药物？</dd>" in usual and "&lt;p&gt;高血压首选什么药物？&lt;/p&gt;" in usual
    assert "<img" not in usual
    chosen = examined(client, [source], {"html": "off", "forum_noise": "fix", "advertisement": "drop"})
    assert "全部 3 行：修正 1 行，丢弃 1 行，保留 2 行" in chosen
    assert '<option value="drop" selected>丢弃该行</option>' in chosen
    assert chosen.index('data-line="html"') < chosen.index("checked-others")
    assert "All 3 rows: fixed 2, dropped 0, left 3" in examined(client, [source], lang="en")


def test_only_the_first_rows_of_a_large_file_are_looked_at_and_that_is_said(
    client: TestClient, workspace: Workspace
) -> None:
    rows = [
        {"question": f"第{number}种疾病应当如何治疗？", "answer": "请及时就医，规律服药。"} for number in range(2001)
    ]
    assert "各文件的前 2,000 行（共 2,000 行）" in examined(client, [put(workspace, rows)])


def test_a_file_that_cannot_be_read_and_a_choice_that_nothing_knows_do_no_harm(
    client: TestClient, workspace: Workspace
) -> None:
    assert examined(client, [{"file": "uploads/gone.jsonl"}]) == ""
    assert examined(client, [{"layout": "qa"}]) == ""
    source = put(workspace, ROWS)
    assert examined(client, [source, {"file": ""}], {"htmll": "fix", "too_short": "fix", "html": 7}) == examined(
        client, [source]
    )
    assert client.post("/studio/examine", json={"sources": []}, headers={"X-Studio": ""}).status_code == 403


def test_what_is_chosen_goes_into_the_recipe_and_nothing_else() -> None:
    fields = fields_of(DatasetRecipe)
    values = {field.name: field.default for field in fields} | {"name": "d", "sources": [{"file": "a.csv"}]}
    assert "clean" not in recipe_text.written("", "dataset", fields, values)
    text = recipe_text.written("", "dataset", fields, values | {"clean": {"html": "off", "links": "fix"}})
    assert recipe_text.faults(text, "dataset") is None
    assert (recipe_text.values_of(text) or {})["clean"] == {"html": "off", "links": "fix"}
    assert "clean" not in recipe_text.written(text, "dataset", fields, values)


@pytest.fixture
def cleaned(new_run: Callable[..., Run], tmp_path: Path) -> Run:
    file = tmp_path / "raw.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    recipe = DatasetRecipe.model_validate(
        {"name": "d", "sources": [{"file": str(file), "split": "train"}], "clean": {"advertisement": "drop"}}
    )
    run = new_run("dataset", name="d", sources=[{"file": "x"}])
    build(recipe, [file], run.path / "dataset", Silent())
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def listed(context: Context, run: Run, **query: str) -> str:
    for _ in range(100):
        slices = PARTS.load("listing").render(context, {"listing": "findings", "of": run.id, **query})
        if "<progress" not in str(slices.get("pages")):
            break
        time.sleep(0.02)
    return "".join(map(str, slices.values()))


def test_findings_are_listed_by_check(workspace: Workspace, cleaned: Run) -> None:
    context = Context(workspace, "zh")
    everything = listed(context, cleaned)
    assert "含有广告" in everything and "论坛客套话" in everything and "→ 高血压首选什么药物？" in everything
    one = listed(context, cleaned, check="advertisement", row="4")
    assert "raw.jsonl:3" in one and "丢弃该行" in one and "→ 高血压首选什么药物？" not in one
    told = str(dataset.show(context, cleaned, cleaned.path / "dataset"))
    assert f'href="#findings={cleaned.id}?check=advertisement"' in told
