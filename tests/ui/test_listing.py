"""Tables that are searched, filtered, sorted and paged by the server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui import routes
from studio.ui.context import Context
from studio.ui.listings.base import SIZE, Asked, in_memory
from studio.ui.parts import PARTS
from tests.ui.conftest import Studio

EVIL = "<img src=x onerror=alert(1)>"


def shown(context: Context, **query: str) -> dict[str, str]:
    part = PARTS.load("listing").render(context, {"listing": "runs", **query})
    return {name: str(html) for name, html in part.items()}


def listed(context: Context, name: str, run: Run | None = None, **query: str) -> dict[str, str]:
    """Return a listing's slices, once its file has been looked through."""
    of = {"of": run.id} if run is not None else {}
    for _ in range(100):
        slices = PARTS.load("listing").render(context, {"listing": name, **of, **query})
        if "<progress" not in str(slices.get("pages")) and "Searching" not in str(slices["table"]):
            break
    return {part: str(html) for part, html in slices.items()}


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    return TestClient(app, headers={"X-Studio": "page"})


def do(client: TestClient, deed: str, ids: list[str], said: str = "", listing: str = "runs") -> dict[str, str]:
    body = {"lang": "en", "ids": ids, "said": said}
    answer: dict[str, str] = client.post(f"/studio/deed/{listing}/{deed}", json=body).json()
    return answer


def ids(table: str) -> list[str]:
    return [id.split("-", 3)[3] for id in re.findall(r'data-pick="([^"]+)"', table)]


@pytest.fixture
def runs(new_run: Callable[..., Run]) -> list[Run]:
    made = [
        new_run("train", name="心内科-1", dataset="d"),
        new_run("train", name="b", dataset="d"),
        new_run("evaluate", name="a", dataset="d", models=["m"]),
        new_run("serve", name="auto-m", model="m"),
    ]
    for run, status in zip(made, ("finished", "failed", "finished", "finished"), strict=True):
        run.write_result(status, metrics={}, outputs={}, error=None)  # type: ignore[arg-type]
    return made


def test_runs_are_searched_filtered_and_sorted(en: Context, zh: Context, runs: list[Run]) -> None:
    assert ids(shown(en)["table"]) == ["a", "b", "心内科-1"]
    assert ids(shown(en, sort="name")["table"]) == ["a", "b", "心内科-1"]
    assert ids(shown(en, sort="-name")["table"]) == ["心内科-1", "b", "a"]
    assert ids(shown(en, search="心内")["table"]) == ["心内科-1"]
    assert ids(shown(en, search="TRAIN b")["table"]) == ["b"], "all words, in name or id"
    assert ids(shown(en, kind="train", status="failed")["table"]) == ["b"]
    filters = shown(zh, kind="train")["filters"]
    assert '<option value="train" selected>训练 (2)' in filters and '<option value="failed">失败 (1)' in filters
    assert "Nothing matches" in shown(en, search="nowhere")["table"]
    assert ids(shown(en, sort="bad", kind="", page="0", status="")["table"]) == ["a", "b", "心内科-1"]
    gone = shown(en, status="queued")
    assert "Nothing matches" in gone["table"] and 'value="queued" selected' in gone["filters"]


def test_servers_that_started_by_themselves_are_asked_for(en: Context, runs: list[Run]) -> None:
    assert "started by themselves to answer questions (1)" in shown(en)["note"]
    servers = shown(en, kind="serve")
    assert ids(servers["table"]) == ["auto-m"] and servers["note"] == ""


def test_a_page_holds_so_many_and_what_is_beyond_is_the_last(en: Context, new_run: Callable[..., Run]) -> None:
    for number in range(SIZE + 3):
        new_run("train", name=f"r{number:03}", dataset="d")
    first = shown(en)
    assert len(ids(first["table"])) == SIZE and f"1–{SIZE} of {SIZE + 3}" in first["pages"]
    last = shown(en, page="2")
    assert ids(last["table"]) == ["r002", "r001", "r000"] and ids(shown(en, page="99")["table"]) == ids(last["table"])
    version = PARTS.load("listing").version
    assert version(en, {"listing": "runs"}) != version(en, {"listing": "runs", "page": "2"})


def test_what_is_looked_for_is_text_and_nothing_else(en: Context, runs: list[Run]) -> None:
    for key in ("search", "sort", "kind", "status", "run", "page"):
        assert EVIL not in "".join(shown(en, **{key: EVIL}).values())


def test_counts_are_of_what_the_other_filters_leave() -> None:
    rows = [("a", "x"), ("b", "x"), ("b", "y")]
    values = {"one": lambda row: row[0], "two": lambda row: row[1]}
    page = in_memory(rows, Asked(filters={"one": "b"}), str, {}, values)
    assert (page.total, page.all) == (2, 3)
    assert page.counts == {"one": {"b": 2, "a": 1}, "two": {"x": 1, "y": 1}}


def test_rows_that_belong_to_another_stand_folded_below_it(
    en: Context, runs: list[Run], new_run: Callable[..., Run]
) -> None:
    whole = new_run("pipeline", name="whole", steps=[{"recipe": "x.yaml"}])
    model = runs[0]
    server = new_run("serve", name="auto-心内科-1", model="心内科-1")
    pinned = {"model": {"given": "心内科-1", "path": f"runs/{model.id}/model"}}
    write_json(server.inputs_file, {"references": pinned})
    outputs = {"one": f"../{model.id}"}
    whole.write_result("finished", metrics={}, outputs=outputs, error=None)
    assert ids(shown(en)["table"]) == ["whole", "a", "b"]
    assert f'data-fold="{whole.id}"' in shown(en)["table"] and "1–3 of 3" in shown(en)["pages"]
    assert ids(shown(en, open=whole.id)["table"]) == ["whole", "心内科-1", "a", "b"]
    both = shown(en, open=f"{whole.id},{model.id}")["table"]
    assert ids(both) == ["whole", "心内科-1", "auto-心内科-1", "a", "b"] and "inside-2" in both
    linked = shown(en, run=server.id)["table"]
    assert ids(linked) == ids(both) and linked.count('aria-expanded="true"') == 2, "what is shown is not folded away"
    looked_for = shown(en, search="心内")["table"]
    assert ids(looked_for) == ["心内科-1"], "what is looked for stands by itself"
    assert "data-fold" not in looked_for and "inside" not in looked_for, "with nothing to unfold below it"
    assert '<option value="train">Training (2)' in shown(en)["filters"], "those below are counted too"


def test_tags_notes_and_sizes_are_kept_with_a_run(
    en: Context, zh: Context, runs: list[Run], client: TestClient
) -> None:
    (runs[1].path / "adapter.bin").write_bytes(b"0" * 5_000)
    runs[1].announce()
    picked = [runs[0].id, runs[1].id]
    assert "2 selected" in shown(en, picked=",".join(picked))["picked"]
    assert do(client, "tag", picked, "baseline，夜间") == {}
    assert do(client, "note", picked[:1], "  wrong <b>seed</b> ") == {}
    assert ids(shown(en, tag="夜间")["table"]) == ["b", "心内科-1"]
    assert ids(shown(en, search="seed")["table"]) == ["心内科-1"]
    assert "&lt;b&gt;seed" in shown(en)["table"]
    assert ids(shown(en, sort="-size")["table"])[0] == "b"
    assert 'data-value="baseline，夜间"' in shown(zh, picked=picked[1])["picked"]
    assert "at most" in do(client, "tag", picked, ",".join(f"t{n}" for n in range(30)))["notice"]
    assert do(client, "tag", picked, "") == {} and "夜间" not in shown(en)["filters"]


def test_what_is_picked_is_removed_and_what_cannot_be_is_told(
    en: Context, runs: list[Run], new_run: Callable[..., Run], client: TestClient
) -> None:
    waits = new_run("train", name="waits", dataset="d")
    picked = [*(run.id for run in runs[:2]), waits.id]
    bar = shown(en, picked=",".join(picked))["picked"]
    assert "Remove 3 runs and everything they made" in bar and f'data-lead="compare={",".join(picked)}"' in bar
    assert 'disabled title="Select 2 or more."' in shown(en, picked=picked[0])["picked"]
    assert client.post("/studio/deed/runs/remove", json={"ids": picked}, headers={"X-Studio": ""}).status_code == 403
    assert do(client, "nothing", picked)["notice"] and do(client, "remove", ["../x"]) == {}
    assert waits.id in do(client, "remove", picked)["notice"]
    assert [run.path.exists() for run in (*runs, waits)] == [False, False, True, True, True]


def made(new_run: Callable[..., Run], kind: str, output: str, files: dict[str, str], **values: object) -> Run:
    """Return a finished run with an output of such files."""
    run = new_run(kind, **values)
    folder = run.path / output
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    run.write_result("finished", metrics={}, outputs={output: output}, error=None)
    return run


def test_a_datasets_rows_are_looked_at(
    en: Context, zh: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    (workspace.uploads / "raw.jsonl").write_text('{"q": 1}\n{"题": "原文 <i>"}\n', encoding="utf-8")
    rows = [
        {"id": "1", "stem": "选哪个？", "options": {"A": "甲", "B": "乙"}, "gold": "B", "source": {"file": "raw.jsonl", "line": 2}},
        {"id": "2", "stem": EVIL, "gold": "an answer", "group": "g"},
    ]  # fmt: skip
    lost = {"file": "raw.jsonl", "line": 1, "reason": {"en": "no question", "zh": "没有题干"}, "row": {"q": 1}}
    about = {"splits": {"train": 2, "val": 0, "test": 0}, "rejected": 1, "sources": [{"file": "uploads/raw.jsonl"}]}
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\nno row at all\n"
    files = {"train.jsonl": text, "rejected.jsonl": json.dumps(lost), "dataset.json": json.dumps(about)}
    run = made(new_run, "dataset", "dataset", files, name="d", sources=[{"file": "x"}])
    first = listed(en, "rows", run)
    assert re.findall(r'data-row="(\d+)"', first["table"]) == ["1", "2", "3"] and EVIL not in first["table"]
    assert "Training" in first["views"] and "Left out" in first["views"] and "Not a row" in first["table"]
    assert re.findall(r'data-row="(\d+)"', listed(en, "rows", run, search="甲")["table"]) == ["1"]
    assert re.findall(r'data-row="(\d+)"', listed(en, "rows", run, form="open")["table"]) == ["2"]
    opened = listed(zh, "rows", run, row="1")["drawer"]
    assert '<li class="right"><b>B</b>' in opened and "原文 &lt;i&gt;" in opened and "请回答正确选项的字母" in opened
    assert "cannot be read" in listed(en, "rows", run, row="3")["drawer"]
    assert "not here any more" in listed(en, "rows", run, row="99")["drawer"]
    assert "没有题干" in listed(zh, "rows", run, view="rejected", row="1")["drawer"]
    (run.path / "dataset" / "train.jsonl").unlink()
    assert "cannot be read" in listed(en, "rows", run)["table"]
    assert "not there any more" in str(PARTS.load("listing").render(en, {"listing": "rows", "of": EVIL})["table"])


def test_a_knowledge_bases_passages_are_looked_at(en: Context, new_run: Callable[..., Run]) -> None:
    passages = [
        {"id": f"{n}", "content": f"{EVIL} 正文 {n}", "title": f"Title {n}", "source": "ab"[n % 2] + ".md", "start": n}
        for n in range(4)
    ]
    files = {"passages.jsonl": "\n".join(map(json.dumps, passages))}
    run = made(new_run, "knowledge", "knowledge", files, name="k", sources=["x"], embedder="e")
    assert re.findall(r'data-row="(\d+)"', listed(en, "passages", run, source="a.md", search="正文")["table"]) == [
        "1",
        "3",
    ]
    drawer = listed(en, "passages", run, row="2")["drawer"]
    assert "Title 1" in drawer and "from character 1" in drawer and EVIL not in drawer


def test_an_evaluations_questions_are_looked_at(en: Context, new_run: Callable[..., Run]) -> None:
    def detail(question: str, system: str, correct: bool | None, **more: object) -> dict[str, object]:
        return {
            "question": question, "contestant": system, "group": "g", "stem": f"About {question}?", "options": {"A": "x", "B": "y"},
            "gold": "A", "answer": f"{EVIL} {system}", "read": "A", "correct": correct, "finish_reason": "stop",
            "marks": {"accuracy": {"score": float(bool(correct)), "unread": False}}, "passages": [], "prompt": [], **more,
        }  # fmt: skip

    details = [
        detail("q1", "m:direct", True), detail("q2", "m:direct", False), detail("q3", "m:direct", True),
        detail("q1", "m:rag", True), detail("q2", "m:rag", False, marks={"accuracy": {"score": 0.0, "unread": True}}), detail("q3", "m:rag", False),
    ]  # fmt: skip
    files = {"details.jsonl": "\n".join(map(json.dumps, details))}
    run = made(new_run, "evaluate", "report", files, name="r", dataset="d", models=["m"])

    def found(**query: str) -> list[str]:
        return re.findall(r'data-row="(\w+)"', listed(en, "questions", run, **query)["table"])

    assert found() == ["q1", "q2", "q3"] and found(sort="-right") == ["q1", "q3", "q2"]
    assert found(agreement="some") == ["q3"] and found(agreement="none") == ["q2"] and found(outcome="unread") == ["q2"]
    assert found(system="m:rag", outcome="wrong") == ["q3"] and found(search="m:rag") == ["q1", "q2", "q3"]
    assert "could not be read (1)" in listed(en, "questions", run)["filters"]
    drawer = listed(en, "questions", run, row="q3")["drawer"]
    assert drawer.count("<section") == 2 and "read as A" in drawer and EVIL not in drawer


def test_models_are_listed_with_what_they_are_over_and_who_uses_them(
    en: Context, workspace: Workspace, new_run: Callable[..., Run], client: TestClient
) -> None:
    for name in ("base", "other"):
        folder = workspace.models / name
        folder.mkdir()
        (folder / "config.json").write_text('{"model_type": "llama", "vocab_size": 49152}')
        (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    run = new_run("train", name="心内科", dataset="d", model="base")
    write_json(run.inputs_file, {"references": {"model": {"given": "base", "path": "models/base"}}})
    (run.path / "model").mkdir()
    (run.path / "model" / "adapter_config.json").write_text('{"r": 16}')
    (run.path / "model" / "studio.json").write_text('{"base": {"given": "base", "path": "models/base"}}')
    run.write_result("finished", metrics={}, outputs={"model": "model"}, error=None)
    table = listed(en, "models")["table"]
    assert re.findall(r'data-row="([^"]+)"', table) == [run.id, "base", "other"]
    assert table.count("apache-2.0") == 3 and "1 run<" in table, "an adapter's is that of its base"
    drawer = listed(en, "models", row="base")["drawer"]
    assert "49,152" in drawer and f"#runs={run.id}" in drawer
    bar = listed(en, "models", picked="base,other")["picked"]
    assert "Still needed: Training &#39;心内科&#39; is an adapter over it" in bar
    assert "still needed" in do(client, "remove", ["base", "other"], listing="models")["notice"]
    assert (workspace.models / "base").exists() and not (workspace.models / "other").exists()
    assert do(client, "remove", ["base"], run.id, listing="models") == {} and not (workspace.models / "base").exists()
    assert do(client, "remove", [run.id], listing="models") == {} and not run.path.exists()
    assert "No models yet" in listed(en, "models")["table"] and "data-start" in listed(en, "models")["heading"]


def test_what_is_looked_for_stands_in_the_address(browser: Browser, studio: Studio, runs: list[Run]) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#runs")
    rows = page.locator("#tab-runs tr[data-pick]")
    expect(rows).to_have_count(3, timeout=15_000)
    page.locator("#tab-runs input[type=search]").type("b")
    expect(rows).to_have_count(1)
    expect(page.locator("#tab-runs input[type=search]")).to_be_focused()
    rows.first.click()
    expect(page).to_have_url(re.compile(r"#runs=\d+-\d+-train-b\?search=b$"))
    page.reload()
    expect(page.locator("#tab-runs input[type=search]")).to_have_value("b", timeout=15_000)
    expect(rows).to_have_count(1)
    expect(page.locator("#tab-runs .live .title strong")).to_have_text("b")
    page.locator("#tab-runs input[type=search]").fill("")
    expect(rows).to_have_count(3)
    page.locator("#tab-runs select[data-param=kind]").select_option("train")
    expect(rows).to_have_count(2)
    page.locator("#tab-runs").get_by_role("button", name="Name").click()
    expect(rows.first).to_contain_text("心内科-1")
    page.locator("a.language").click()
    expect(rows.first).to_contain_text("心内科-1", timeout=15_000)
    expect(rows).to_have_count(2)
    page.close()


def test_rows_open_in_a_sheet_by_keyboard_and_closing_leads_back(
    browser: Browser, studio: Studio, runs: list[Run], new_run: Callable[..., Run]
) -> None:
    rows = [{"id": str(n), "stem": f"Question {n}?", "gold": f"Answer {n}"} for n in range(SIZE + 5)]
    about = {"splits": {"train": len(rows), "val": 0, "test": 0}, "rejected": 0}
    files = {"train.jsonl": "\n".join(map(json.dumps, rows)), "dataset.json": json.dumps(about)}
    run = made(new_run, "dataset", "dataset", files, name="mine", sources=[{"file": "x"}])
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#runs")
    page.wait_for_selector("#tab-runs a.count")
    page.locator("#tab-runs a.count").first.click()
    sheet = page.locator("dialog.sheet")
    expect(sheet.locator("tr[data-row]")).to_have_count(SIZE)
    expect(page).to_have_url(re.compile(f"#rows={run.id}\\?view=train$"))
    sheet.get_by_role("button", name="Next").click()
    expect(sheet.locator("tr[data-row]")).to_have_count(5)
    sheet.locator("tr[data-row]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(sheet.locator(".drawer .stem")).to_have_text(f"Question {SIZE + 1}?")
    expect(sheet.locator(f'tr[data-row="{SIZE + 2}"]')).to_be_focused()
    expect(page).to_have_url(re.compile(f"page=2&row={SIZE + 2}$"))
    page.reload()
    expect(sheet.locator(".drawer .stem")).to_have_text(f"Question {SIZE + 1}?", timeout=15_000)
    page.go_back()
    expect(sheet).to_be_hidden()
    first = page.locator("#tab-runs tr[data-pick]").first
    first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#tab-runs .picked")).to_contain_text("1 selected")
    page.locator("#tab-runs a.count").first.click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(re.compile("#runs$"))
    page.close()
