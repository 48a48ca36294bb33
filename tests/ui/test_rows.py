"""The rows of a dataset on the page, of every class; and those that were left out, by the reason why."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import pytest

from studio.core.records import Message
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric
from studio.runs.directory import Run
from studio.ui import record
from studio.ui.context import Context
from studio.ui.form import recipe_text
from studio.ui.form.draft import Draft, Drafts
from studio.ui.form.field import fields_of
from studio.ui.listings.rows import reason_name
from studio.ui.outputs import dataset
from studio.ui.parts import PARTS
from studio.ui.wanted import things

ASKS = (Message(role="system", content="你是医生。"), Message(role="user", content="<b>头痛</b>怎么办？"))
SAYS = Message(role="assistant", content="多休息。")
ROWS: Sequence[tuple[Row, Sequence[str]]] = [
    (
        Question(id="q", stem="选哪个？", options={"A": "甲", "B": "乙"}, gold="B", thought="先想想。", contexts=("段落一",), labels={"department": "内科", "year": "2020"}, criteria=("提到乙",), system="简短作答"),
        ["思维链", "先想想。", "科室或学科：内科", "年份：2020", "评分要点", "<li><p>提到乙", "系统提示词", "训练时模型看到的内容", '<li class="right"><b>B'],
    ),
    (Conversation(id="c", messages=(*ASKS, SAYS, ASKS[1], SAYS)), ["你是医生。", "模型（参与训练）", 'class="turn-of system"']),
    (Preference(id="p", prompt=ASKS, chosen="好好休息", rejected="不管它"), ["较优回答", "好好休息", "较差回答", "不管它", 'class="turn-of user"']),
    (Judged(id="j", prompt=ASKS, answer="停药", good=False), ["停药", "<dt>评判</dt><dd><p>差"]),
    (Rubric(id="r", prompt=ASKS, criteria=(Criterion(text="建议就医", points=5), Criterion(text="乱开药", points=-3))), ["<b>+5 分</b> 建议就医", "<b>-3 分</b> 乱开药"]),
]  # fmt: skip


def listed(context: Context, run: Run, **query: str) -> dict[str, str]:
    """Return the listing's slices, once its file has been looked through."""
    for _ in range(100):
        slices = PARTS.load("listing").render(context, {"listing": "rows", "of": run.id, **query})
        if "<progress" not in str(slices.get("pages")):
            break
        time.sleep(0.02)
    return {part: str(html) for part, html in slices.items()}


def dataset_of(new_run: Callable[..., Run], rows: Sequence[Row]) -> Run:
    run = new_run("dataset", name="d", sources=[{"file": "x"}])
    folder = run.path / "dataset"
    folder.mkdir()
    lines = "".join(row.model_dump_json(exclude_defaults=True) + "\n" for row in rows)
    (folder / "train.jsonl").write_text(lines, encoding="utf-8")
    about = {"record": rows[0].record, "splits": {"train": len(rows), "val": 0, "test": 0}, "rejected": 0}
    (folder / "dataset.json").write_text(json.dumps(about))
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


@pytest.mark.parametrize(("row", "told"), ROWS, ids=[row.record for row, _ in ROWS])
def test_a_row_of_every_class_is_shown_for_what_it_says(
    zh: Context, new_run: Callable[..., Run], row: Row, told: Sequence[str]
) -> None:
    made = str(record.made(zh, row))
    opened = listed(zh, dataset_of(new_run, [row]), row="1")
    for wanted in told:
        assert wanted in made and wanted in opened["drawer"], wanted
    assert "{'" not in made and "<b>头痛" not in made and "不是该数据集的有效数据" not in opened["drawer"]
    asks, answers = record.brief(row.model_dump(mode="json"))
    assert asks in (row.asked[0], ASKS[1].content) and answers
    assert asks[-4:] in opened["table"]


def test_rows_of_every_class_have_a_form_to_choose_by(zh: Context, new_run: Callable[..., Run]) -> None:
    judged = [Judged(id=f"{n}", prompt=ASKS, answer=f"{n}", good=n > 1, labels={"department": "内外"[n % 2]}) for n in range(5)]  # fmt: skip
    run = dataset_of(new_run, judged)
    filters = listed(zh, run)["filters"]
    assert '<option value="good">好 (3)' in filters and '<option value="bad">差 (2)' in filters
    assert '<option value="内">内 (3)' in filters, "a department is a group"
    assert len(re.findall("<tr data-row|<tr class", listed(zh, run, form="bad")["table"])) == 2


def built(workspace: Workspace, new_run: Callable[..., Run], rows: Sequence[Mapping[str, Any]]) -> Run:
    """Return a run that has made a dataset of rows."""
    raw = workspace.uploads / "raw.jsonl"
    raw.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    run = new_run("dataset", name="d", sources=[{"file": "uploads/raw.jsonl"}])
    recipe = DatasetRecipe.model_validate({"kind": "dataset", "name": "d", "sources": [{"file": "uploads/raw.jsonl"}]})
    build(recipe, [raw], run.path / "dataset", Silent())
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def test_what_was_left_out_and_why_is_one_click_away(
    en: Context, zh: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    good = [{"question": f"第{n}种药过量怎么办？", "answer": f"用第{n}种拮抗剂"} for n in range(30)]
    empty = [{"question": f"第{n}种药怎么吃？", "answer": ""} for n in range(3)]
    run = built(workspace, new_run, [*good, *empty, *good[:2]])
    panel = str(dataset.show(zh, run, run.path / "dataset"))
    assert "未采用的行及原因" in panel and re.findall(r"reason=[^>]+>[^<]+</a></td><td>(\d+)</td>", panel) == ["3", "2"]
    links = re.findall(r'href="#rows=([^?"]+)\?view=rejected&reason=([^"]+)"', panel)
    assert [link[0] for link in links] == [run.id] * 2
    for (_, reason), said, count in zip(links, ("答案为空", "与前面某行的题目相同"), (3, 2), strict=True):
        rows = listed(zh, run, view="rejected", reason=unquote(reason))
        assert len(re.findall(r"data-row=", rows["table"])) == count and said in rows["filters"]
    table = listed(en, run, view="rejected")["table"]
    assert "raw.jsonl:31" in table and "{&#34;question&#34;: &#34;第0种药怎么吃？" in table, "the row and its line"
    assert "Left out" in listed(en, run)["views"]
    opened = listed(zh, run, view="rejected", row="1")["drawer"]
    assert "答案为空" in opened and "第0种药怎么吃？" in opened and "raw.jsonl 第 31 行" in opened


def test_a_row_that_can_be_put_back_leads_to_the_form_that_does_it(
    en: Context, zh: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    same = {"question": "第1种药过量怎么办？", "answer": "用第1种拮抗剂"}
    run = built(workspace, new_run, [same, same, {"question": "第2种药怎么吃？", "answer": ""}])
    drawer = listed(zh, run, view="rejected", row="1")["drawer"]
    (one, several) = re.findall(r'<a class="act" href="(#data=run:[^"]+)">', drawer)
    assert "放回该原因的所有行" in drawer and one == f"#data=run:{run.id}+restore:raw.jsonl%253A2"
    place = unquote(several).removeprefix("#data=") + "#1700000000000"  # as the script says it
    drafts = Drafts("dataset", fields_of(DatasetRecipe))
    before = drafts.edited_text(Draft("", "", ""), run.recipe_file.read_text(encoding="utf-8"))
    after = recipe_text.values_today(drafts.listed(before, things(place)).text, "dataset") or {}
    assert after["restore"] == ["与前面某行的题目相同"] and after["sources"][0]["file"] == "uploads/raw.jsonl"
    refused = listed(en, run, view="rejected", row="2")["drawer"]
    assert "It cannot be put back" in refused and "restore:" not in refused


def test_the_account_of_a_dataset_is_shown_where_it_has_one(
    en: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    run = built(workspace, new_run, [{"question": f"q{n}?", "answer": f"a{n}"} for n in range(30)])
    path = run.path / "dataset" / "dataset.json"
    about = json.loads(path.read_text())
    account = {"read": 1234, "taken": 1200, "rejected": 30, "merged": 4, "dropped": 0, "beyond": 0}
    about |= {"ledger": account, "sources": [{**about["sources"][0], **account}]}
    path.write_text(json.dumps(about))
    panel = str(dataset.show(en, run, run.path / "dataset"))
    assert "<th>Duplicates merged</th>" in panel and "<td>1,234</td>" in panel and "Beyond" not in panel
    path.write_text(json.dumps({"splits": {"train": 30}, "rejected": 0}))
    assert "What became" not in str(dataset.show(en, run, run.path / "dataset")), "one that was made before"


def test_a_hundred_thousand_rows_left_out_are_paged_by_reason(zh: Context, new_run: Callable[..., Run]) -> None:
    run = dataset_of(new_run, [ROWS[0][0]])
    folder = run.path / "dataset"
    kinds = [{"en": f"reason {n}", "zh": f"原因{n}"} for n in range(4)]
    lines = (
        json.dumps({"file": "raw.jsonl", "line": n, "reason": kinds[n % 4], "kind": kinds[n % 4], "row": {"q": n}})
        for n in range(100_000)
    )
    (folder / "rejected.jsonl").write_text("\n".join(lines), encoding="utf-8")
    about = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps({**about, "rejected": 100_000}))
    listed(zh, run, view="rejected")
    start = time.perf_counter()
    page = listed(zh, run, view="rejected", reason=reason_name(kinds[2]), page="400")
    assert time.perf_counter() - start < 0.5
    assert "原因2 (25,000)" in page["filters"] and "raw.jsonl:7" in page["table"]


def test_near_duplicates_are_told_in_the_panel_and_shown_side_by_side(
    en: Context, zh: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    asked = ("高血压患者平时饮食上需要注意些什么问题", "高血压患者平时饮食上需要注意什么问题")
    rows = [{"question": text, "answer": f"低盐 <{n} g & 少油"} for n, text in enumerate(asked)]
    others = [{"question": f"第{n}种药过量怎么办？", "answer": f"用第{n}种拮抗剂"} for n in range(20)]
    run = built(workspace, new_run, [*rows, *others])
    panel = str(dataset.show(en, run, run.path / "dataset"))
    assert "Near duplicates: 2 questions in 1 cluster; all were kept" in panel
    assert f'href="#rows={run.id}?view=near"' in panel
    assert "近似重复：2 道题，分为 1 簇；全部保留" in str(dataset.show(zh, run, run.path / "dataset"))
    slices = listed(zh, run, view="near", row="1")
    assert "2 道措辞几乎相同的题目" in slices["table"]
    assert all(text in slices["drawer"] for text in (*asked, "低盐 &lt;1 g &amp; 少油", "raw.jsonl:1", "raw.jsonl:2"))
    assert "Near duplicates" in listed(en, run)["views"]
