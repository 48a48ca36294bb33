"""What the token view asks of the server, and what it answers where there is nothing to show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.records.question import Question
from studio.runs.directory import Run
from studio.training.lengths import PartLengths
from studio.ui import routes, token_section
from studio.ui.context import Context
from studio.ui.parts import PARTS
from tests.ui.test_rows import dataset_of


def test_what_is_not_here_is_told_and_no_other_page_may_ask(workspace: Workspace, new_run: Callable[..., Run]) -> None:
    run = dataset_of(new_run, [Question(id="q", stem="?", gold="!")])
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client = TestClient(app)
    asked = {"lang": "en", "of": run.id, "view": "train", "row": 1, "model": ""}

    def told(path: str, **fields: object) -> str:
        answer = client.post(f"/studio/{path}", json={**asked, **fields}, headers={"X-Studio": "page"})
        assert answer.status_code == 200
        return str(answer.json()["html"])

    assert client.post("/studio/tokens", json=asked).status_code == 403
    for path in ("tokens", "lengths"):
        assert "Fetch one on Home" in told(path)
        assert "there is no model &#39;gone&#39; here" in told(path, model="gone")
        assert "this dataset is not here any more" in told(path, of="other")
        assert "this dataset is not here any more" in told(path, view="../../x")


def test_lengths_are_shown_with_what_cannot_be_shown(zh: Context) -> None:
    part = PartLengths({20: 3, 30: 1, 9000: 1}, 2, 7, (12, Text("<no>", "<不>")), 4)
    shown = str(token_section.lengths(zh, "train", None, {"train": part}))
    assert "有 7 行无法用这个模型的模板表示，第一处是第 12 行：&lt;不&gt;。" in shown
    assert "有 2 行没有可学习的回答。" in shown and "有 4 行保持原有选项顺序。" in shown
    assert "5 行数据的长度；最长 9,000 个 token" in shown
    nothing = str(token_section.lengths(zh, "val", None, {"val": PartLengths()}))
    assert "没有可学习的数据行" in nothing
    assert "data-measure" in str(token_section.lengths(zh, "val", None, {}))


def test_a_form_without_a_model_or_a_dataset_measures_nothing_and_says_why(
    workspace: Workspace, new_run: Callable[..., Run], en: Context, tiny_model: Path
) -> None:
    dataset_of(new_run, [Question(id="q", stem="?", gold="!")])
    part = PARTS.load("lengths")
    for recipe in ("{}", "[", '{"dataset": "gone", "model": "m"}', '{"dataset": "d", "model": "m"}'):
        assert part.render(en, {"recipe": recipe}) == {"lengths": ""}
        assert part.version(en, {"recipe": recipe})
    (workspace.models / "tiny").symlink_to(tiny_model)
    both = {"recipe": json.dumps({"dataset": "d", "model": "tiny"})}
    assert "Measure lengths" in part.render(en, both)["lengths"]
    assert part.version(en, both) == part.version(en, both)
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client, asked = TestClient(app), {"lang": "zh", "recipe": {"dataset": "d", "model": "m"}}
    assert client.post("/studio/measure", json=asked).status_code == 403
    answer = client.post("/studio/measure", json=asked, headers={"X-Studio": "page"})
    assert answer.status_code == 400 and "m" in answer.json()["notice"]
