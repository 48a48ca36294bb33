"""What the form says of a file in it: how it is understood, what is asked, and what its first rows become."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.workspace import Workspace
from studio.ui import routes

EVIL = "<img src=x onerror=alert(1)>"
STRANGE = "内容,处理,备注\n" + "".join(f"第{n}种药过量怎么办？,用第{n}种拮抗剂,{n}\n" for n in range(1, 8))


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    return TestClient(app, headers={"X-Studio": "page"})


def put(workspace: Workspace, name: str, text: str | list[dict[str, Any]], encoding: str = "utf-8") -> str:
    lines = text if isinstance(text, str) else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in text)
    (workspace.uploads / name).write_text(lines, encoding=encoding)
    return f"uploads/{name}"


def understood(client: TestClient, file: str, lang: str = "en", **said: Any) -> dict[str, str]:
    answer = client.post("/studio/understand", json={"lang": lang, "source": {"file": file, **said}})
    assert answer.status_code == 200
    found: dict[str, str] = answer.json()
    return found


def chosen(html: str, select: str) -> str:
    """Return what a select, told by one of its attributes, has chosen."""
    inside = re.search(rf"<select[^>]*{re.escape(select)}[^>]*>(.*?)</select>", html, re.DOTALL)
    assert inside is not None, select
    options = re.findall(r'<option value="([^"]*)"( selected)?>', inside.group(1))
    (value,) = [value for value, is_chosen in options if is_chosen]
    return value


def test_columns_that_no_name_tells_are_asked_for_and_mapped(client: TestClient, workspace: Workspace) -> None:
    file = put(workspace, "a.csv", STRANGE, "gb18030")
    asked = understood(client, file)
    assert "No known layout: the fields are 内容, 处理, 备注." in asked["html"] and "columns: {" not in asked["html"]
    assert "The text was read as GB18030" in asked["html"] and asked["html"].count('class="asked"') == 3
    assert asked["said"].startswith("Lines 2, 3, 4 … are not taken: no layout fits")
    assert asked["html"].count("no layout fits") == 2, "once above the row, once beside it"
    said = understood(client, file, columns={"内容": "question", "处理": "answer"})
    assert said["said"] == "Line 2 becomes: Open · 第1种药过量怎么办？ → 用第1种拮抗剂"
    assert "notice warn" not in said["html"] and "Not used: 备注" in said["html"]
    assert chosen(said["html"], 'data-role="内容"') == "question" and chosen(said["html"], 'data-role="备注"') == ""
    assert said["html"].count('class="pair-of"') == 5 and "All 7 rows: Question and answer × 7" in said["html"]
    zh = understood(client, file, "zh", columns={"内容": "question", "处理": "answer"})
    assert zh["said"] == "第 2 行变为：开放题 · 第1种药过量怎么办？ → 用第1种拮抗剂"
    assert "文本按 GB18030 读取" in zh["html"] and "“处理”列的含义" in zh["html"]


def test_values_of_a_verdict_are_asked_about_one_by_one(client: TestClient, workspace: Workspace) -> None:
    rows = [{"prompt": f"问题{n}", "response": f"回答{n}", "label": n % 3 > 0} for n in range(9)]
    file = put(workspace, "kto.jsonl", rows)
    as_it_is = understood(client, file)
    assert "Line 1 becomes: Bad · 问题0" in as_it_is["said"]
    assert chosen(as_it_is["html"], 'data-value="true"') == chosen(as_it_is["html"], 'data-value="false"') == ""
    meant = understood(client, file, values={"label": {"false": "drop", "True": "keep"}})
    assert "Lines 1, 4 are not taken: left out: label is false" in meant["said"]
    assert chosen(meant["html"], 'data-value="True"') == "keep", "as the recipe writes it"
    assert (
        "Line 2 becomes: Open" in meant["html"]
        and "Not taken: 3: left out: label is false (× 3, lines 1, 4, 7)" in meant["html"]
    )


def test_what_numbers_count_from_is_asked_where_the_right_option_is_one(
    client: TestClient, workspace: Workspace
) -> None:
    rows = [{"question": f"第{n}题", "opa": "甲", "opb": "乙", "cop": n % 2} for n in range(4)]
    file = put(workspace, "numbers.jsonl", rows)
    assert chosen(understood(client, file)["html"], "data-base") == ""
    said = understood(client, file, answer_base=0)
    assert (
        chosen(said["html"], "data-base") == "0" and "Line 1 becomes: Multiple choice · 第0题 → A. 甲" in said["said"]
    )
    assert "data-base" not in understood(client, put(workspace, "a.csv", STRANGE))["html"]


def test_a_column_that_would_change_what_rows_mean_is_a_question_there(
    client: TestClient, workspace: Workspace
) -> None:
    rows = [{"question": f"问{n}", "answer": f"答{n}", "image": "a.png"} for n in range(3)]
    file = put(workspace, "asked.jsonl", rows)
    asked = understood(client, file)["html"]
    assert "What do these columns mean?" in asked and asked.count('class="asked"') == 1
    ignored = understood(client, file, ignore=["image"])["html"]
    assert "What do these" not in ignored and chosen(ignored, 'data-role="image"') == "ignore"


def test_what_the_recipe_says_of_other_columns_is_told(client: TestClient, workspace: Workspace) -> None:
    file = put(workspace, "a.csv", STRANGE)
    said = understood(client, file, columns={"内容": "question", "旧列": "answer"}, ignore=["旧列"])["html"]
    assert "In the recipe, but not in these rows: 旧列" in said


def test_a_row_of_the_file_is_shown_by_its_own_names(client: TestClient, workspace: Workspace) -> None:
    rows = [{"prompt": "问", "chosen": "好", "rejected": "差", "good": True}]
    html = understood(client, put(workspace, "pairs.jsonl", rows), "zh", ignore=["good"])["html"]
    assert "<dt>prompt</dt>" in html and "<dt>rejected</dt>" in html and "<dd><p>true</p></dd>" in html
    assert "<dt>较差回答</dt>" in html, "in the dataset, by the page's"


def test_files_that_are_joined_and_those_that_lie_elsewhere(client: TestClient, workspace: Workspace) -> None:
    asks = put(workspace, "asks.csv", "qid,question\n" + "".join(f"{n},第{n}问？\n" for n in range(5)))
    answers = put(workspace, "answers.csv", "qid,answer\n" + "".join(f"{n},第{n}答\n" for n in range(5)))
    assert "第0问？ → 第0答" in understood(client, asks, join={"file": answers, "on": "qid"})["said"]
    assert "there is no such file" in understood(client, asks, join={"file": "uploads/none.csv", "on": "qid"})["html"]
    assert "the run fetches it first" in understood(client, "hf://someone/questions")["html"]


def test_the_page_reads_what_it_may_read(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("question,answer\nwho?,me\n")
    app = FastAPI()
    app.include_router(routes.router(replace(workspace, roots=())))
    client = TestClient(app, headers={"X-Studio": "page"})
    for file in (str(tmp_path / "secret.csv"), "../secret.csv"):
        assert "who?" not in understood(client, file)["html"]


def test_one_that_is_left_out_is_among_the_rows_shown(client: TestClient, workspace: Workspace) -> None:
    rows = [{"question": f"问{n}", "answer": f"答{n}" if n != 20 else ""} for n in range(30)]
    html = understood(client, put(workspace, "late.jsonl", rows))["html"]
    assert (
        html.count("<summary>Line") == 5
        and "Line 21 is not taken: " in html
        and "Not taken: 1: the answer is empty (line 21)" in html
    )


def test_what_files_say_is_text_and_nothing_else(client: TestClient, workspace: Workspace) -> None:
    rows = [{"question": EVIL, "answer": EVIL, EVIL: EVIL, "label": EVIL}]
    for said in ({}, {"columns": {EVIL: "system"}}, {"columns": {EVIL: EVIL}}, {"values": {"label": {EVIL: EVIL}}}):
        assert EVIL not in understood(client, put(workspace, "evil.jsonl", rows), **said)["html"]
    assert EVIL not in understood(client, EVIL)["html"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"file": "uploads/none.csv"}, "there is no such file"),
        ({"file": "uploads/empty.csv"}, "the file is empty"),
        ({"file": "uploads/a.csv", "columns": {"内容": "nonsense"}}, "nonsense"),
        ({"file": "uploads/a.csv", "nonsense": 1}, "nonsense"),
        ({}, "file: Field required"),
    ],
)
def test_what_cannot_be_read_says_so_in_its_place(
    client: TestClient, workspace: Workspace, said: dict[str, Any], told: str
) -> None:
    put(workspace, "a.csv", STRANGE)
    put(workspace, "empty.csv", "")
    answer = client.post("/studio/understand", json={"lang": "en", "source": said}).json()
    assert "notice warn" in answer["html"] and told in answer["html"]


def test_only_the_page_may_ask(client: TestClient, workspace: Workspace) -> None:
    file = put(workspace, "a.csv", STRANGE)
    answer = client.post("/studio/understand", json={"source": {"file": file}}, headers={"X-Studio": ""})
    assert answer.status_code == 403 and "内容" not in answer.text


def test_many_rows_and_columns_are_as_quick_as_few(client: TestClient, workspace: Workspace) -> None:
    few = put(workspace, "few.jsonl", [{"question": f"问{n}", "answer": f"答{n}"} for n in range(300)])
    row = json.dumps({"question": "问" * 40, "answer": "答" * 80}, ensure_ascii=False) + "\n"
    many = put(workspace, "many.jsonl", row * 100_000)
    understood(client, few)  # loads what is loaded once

    def quickest(file: str) -> float:
        took = []
        for turn in range(3):
            start = time.perf_counter()
            understood(client, file, columns={f"none{turn}": "ignore"})
            took.append(time.perf_counter() - start)
        return min(took)

    assert quickest(many) < max(0.2, 3 * quickest(few))
    wide = put(workspace, "wide.jsonl", [{"question": "问", "answer": "答", **{f"c{n}": "x" for n in range(500)}}])
    html = understood(client, wide)["html"]
    assert html.count("data-role=") == 40 and "and 462 more columns" in html


def test_a_file_that_has_changed_is_read_anew(client: TestClient, workspace: Workspace) -> None:
    file = put(workspace, "a.csv", "问题,答案\n甲,乙\n")
    assert "甲 → 乙" in understood(client, file)["said"]
    put(workspace, "a.csv", "问题,答案\n丙丙,丁丁\n")
    assert "丙丙 → 丁丁" in understood(client, file)["said"]


def test_every_shape_of_file_is_shown_or_says_why_not(client: TestClient, workspace: Workspace) -> None:
    shapes = Path(__file__).parents[1] / "data" / "shapes"
    seen = 0
    for path in sorted(shapes.glob("*/*")):
        said = understood(client, str(path))
        seen += 1
        assert said["html"] and "cannot be shown" not in said["html"], path.name
    assert seen > 50


def test_reasons_of_one_kind_are_said_once(client: TestClient, workspace: Workspace) -> None:
    rows = [{"question": f"问{n}" if n > 3 else {"a": n}, "answer": f"答{n}"} for n in range(9)]
    file = put(workspace, "alike.jsonl", rows)
    html = understood(client, file)["html"]
    assert "Not taken: 4: the question is no text (× 4, lines 1, 2, 3 …)" in html
    assert html.count("<summary>Line") == 2, "those left out, and the row below them"
    assert "不采用 4 行：问题不是文字（× 4，第 1、2、3 … 行）" in understood(client, file, "zh")["html"]
