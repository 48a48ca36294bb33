"""The run panel read off a run's directory: true, escaped, in two languages, and quiet where nothing changed."""

from __future__ import annotations

import html
import json
import os
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.files import write_json
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.process import Process
from studio.training import checkpoints
from studio.ui import routes
from studio.ui.context import Context
from studio.ui.panel.scores import scores
from studio.ui.parts import PARTS

EVIL = "<script>alert(1)</script>"
PAGE = {"X-Studio": "page"}


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    return TestClient(app)


def panel(context: Context, kind: str = "train", **query: str) -> dict[str, str]:
    return {name: str(html) for name, html in PARTS.load("panel").render(context, {"kind": kind, **query}).items()}


def working(run: Run, steps: int = 3) -> EventLog:
    """Let a run look as if this very process were at work in it."""
    Process.current().save(run.process_file)
    events = EventLog(run.events_file)
    events.stage("train", Text("Training", "训练"))
    for step in range(1, steps + 1):
        events.progress(step, 10, "steps")
        events.metric(step, {"loss": 3.0 / step, "tokens_per_s": 100.0 + step})
    return events


def look(client: TestClient, lang: str = "en", have: str = "", **query: str) -> Any:
    """Return what a browser gets of the panel, None where it has it as it is."""
    asked = {"lang": lang, "parts": [{"name": "panel", "query": query, "have": have}]}
    return client.post("/studio/parts", json=asked).json()["parts"][0]


def test_nothing_yet_says_what_to_do(en: Context, zh: Context) -> None:
    assert "press Start" in panel(en)["title"]
    assert "开始" in panel(zh)["title"]


def test_a_run_at_work(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    working(run)
    shown = panel(en)
    assert "chip running" in shown["title"]
    assert "3 / 10 steps" in shown["progress"]
    assert "width:30.0%" in shown["progress"]
    assert shown["course"].count("<figure") == shown["plots"].count("<figure") == 1
    assert f'data-post="run/{run.id}/stop"' in shown["title"]
    assert "remove" not in shown["title"]
    assert "运行中" in panel(zh)["title"]
    assert "3 / 10 步" in panel(zh)["progress"]


def test_a_run_silent_out_of_its_rhythm(
    en: Context, zh: Context, new_run: Callable[..., Run], client: TestClient
) -> None:
    run = new_run("train", name="lora", dataset="d")
    working(run)
    have = look(client)["version"]
    record = json.loads(run.process_file.read_text())
    write_json(run.process_file, {**record, "created": time.time() - 3600})
    os.utime(run.events_file, (time.time() - 3000,) * 2)
    assert look(client, have=have) is not None, "no file grew, and yet there is something to say"
    shown = panel(en)
    assert 'class="chip stalled"' in shown["title"]
    assert "silent since" in shown["words"]
    assert "可能已卡住" in panel(zh)["words"]


def test_others_words_are_shown_as_words(en: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    run.recipe_file.write_text(f'kind: train\nname: "{EVIL}"\n')
    events = working(run)
    events.stage("x", Text(EVIL, EVIL))
    events.metric(4, {EVIL: 1.0})
    events.metric(5, {EVIL: 2.0})
    events.notice(Text(EVIL, EVIL))
    run.write_result("failed", error={"type": EVIL, "message": EVIL, "hint": EVIL}, outputs={}, metrics={EVIL: 1})
    html = "".join(panel(en).values())
    assert EVIL not in html
    assert "&lt;script&gt;" in html


def test_an_error_speaks_the_pages_language(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    error = {"type": "InputError", "message": "no dataset", "hint": "make one", "zh": {"message": "没有数据集", "hint": "先做一个"}}  # fmt: skip
    run.write_result("failed", error=error, outputs={}, metrics={})
    assert "no dataset" in panel(en)["words"]
    assert "notice warn" in panel(en)["words"]
    assert "先做一个" in panel(zh)["words"]
    assert "resume" in panel(en)["title"]


def test_an_error_shows_no_folder_of_the_server(zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("dataset", name="d", sources=[{"file": "x"}])
    place = zh.workspace.root / "uploads" / "20261120-133113-e830e6" / "pic.png"
    for message, shown in (
        (f"{place}: 这是二进制文件", "<div>pic.png：这是二进制文件</div>"),
        ("/elsewhere/uploads/20261120-133113-e830e6/pic.png: 坏了", "<div>pic.png：坏了</div>"),
        (f"见 {zh.workspace.root}/runs/x/log.txt", "<div>见 runs/x/log.txt</div>"),
    ):
        run.write_result("failed", outputs={}, metrics={}, error={"type": "InputError", "message": message, "hint": ""})
        assert shown in panel(zh, "dataset")["words"]


def test_a_button_says_what_it_will_do(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("serve", name="auto-m", model="m")
    assert "停止“auto-m”服务？下次提问时会自动重新启动。" in panel(zh, "serve")["title"]
    run.write_result("failed", outputs={}, metrics={}, error=None)
    shown = panel(zh, "serve")["title"]
    assert ">重试</button>" in shown
    assert 'data-word="删除" data-grade="danger"' in shown
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    assert ">Resume</button>" in panel(en, "serve")["title"]


def test_a_dataset_card_is_rendered_in_one_language_without_its_html(
    en: Context, zh: Context, new_run: Callable[..., Run]
) -> None:
    run = new_run("dataset", name="d", sources=[{"file": "x"}])
    folder = run.path / "dataset"
    folder.mkdir()
    (folder / "card.md").write_text(
        f"# Card\n\n| part | rows |\n|---|---|\n| train | 4 |\n\n{EVIL} ![x](http://x/y.png)"
    )
    (folder / "dataset.json").write_text(json.dumps({"rows": 4, "splits": {"train": 4}}))
    outputs = {"dataset": "dataset", "card": "dataset/card.md"}
    run.write_result("finished", outputs=outputs, metrics={"rows": 4}, error=None)
    shown = panel(en, "dataset")["outputs"]
    assert "<h1>Card</h1>" in shown
    (folder / "card.zh.md").write_text("# 卡片", encoding="utf-8")
    assert "<h1>卡片</h1>" in panel(zh, "dataset")["outputs"]
    assert "<h1>Card</h1>" in panel(en, "dataset")["outputs"]
    assert f"#rows={run.id}?view=train" in shown
    assert 'download="d-train.jsonl"' in shown
    assert "<td>train</td>" in shown
    assert EVIL not in shown
    assert "<img" not in shown


@pytest.mark.parametrize("key", ["systems", "contestants"])
def test_a_report_at_a_glance(en: Context, new_run: Callable[..., Run], key: str) -> None:
    run = new_run("evaluate", name="e", dataset="d", models=["m"])
    folder = run.path / "report"
    folder.mkdir()
    value = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 10}
    (folder / "metrics.json").write_text(json.dumps({key: {"m:direct": {"accuracy": value}, f"{EVIL}:api": {}}}))
    (folder / "report.html").write_text("<h1>r</h1>")
    run.write_result("finished", outputs={"report": "report"}, metrics={}, error=None)
    shown = panel(en, "evaluate")["outputs"]
    assert "50.0%" in shown
    assert "40–60%" in shown
    assert f"{run.id}/report/report.html" in shown
    assert EVIL not in shown


def test_the_newest_is_shown_unless_another_is_picked(en: Context, new_run: Callable[..., Run]) -> None:
    first = new_run("train", name="first", dataset="d")
    first.path.rename(older := first.path.with_name("20200101-000000-train-first"))
    new_run("train", name="second", dataset="d")
    assert "second" in panel(en)["title"]
    assert "first" in panel(en, run=older.name)["title"]


def test_a_link_to_a_run_that_is_gone_shows_no_other(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    new_run("train", name="newest", dataset="d")
    asked = {"run": "20990101-000000-train-gone", "fixed": "1"}
    assert "newest" not in str(PARTS.load("panel").render(en, asked))
    assert "这次运行已经不在了" in str(PARTS.load("panel").render(zh, asked))
    assert PARTS.load("panel").version(en, asked) != PARTS.load("panel").version(en, {"fixed": "1"})
    assert "newest" in str(PARTS.load("panel").render(en, {"fixed": "1"}))


def test_every_tab_says_that_the_run_of_its_address_is_not_there(
    en: Context, zh: Context, new_run: Callable[..., Run]
) -> None:
    newest, other = new_run("train", name="newest", dataset="d"), new_run("dataset", name="d", sources=[{"file": "x"}])
    gone = panel(zh, run="20990101-000000-train-gone")
    assert "这次运行已经不在了" in gone["title"] and "newest" not in gone["title"]
    assert f'<option value="">{newest.name}' in gone["choice"], "another one can be chosen"
    astray = panel(en, run=other.id)
    assert "of another kind" in astray["title"] and f'href="#runs={other.id}"' in astray["title"]
    assert EVIL not in "".join(panel(en, run=EVIL).values())
    version = PARTS.load("panel").version(en, {"kind": "train", "run": "x"})
    new_run("train", name="newer", dataset="d")
    assert PARTS.load("panel").version(en, {"kind": "train", "run": "x"}) != version, "it is on offer"


def test_what_did_not_change_is_not_sent_again(client: TestClient, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    events = working(run)
    version = look(client, kind="train")["version"]
    assert look(client, have=version, kind="train") is None
    events.progress(5, 10, "steps")
    assert "5 / 10" in look(client, have=version, kind="train")["slices"]["progress"]


def test_one_request_brings_all_that_is_seen_and_says_whether_anything_runs(
    client: TestClient, new_run: Callable[..., Run]
) -> None:
    waits = new_run("train", name="waits", dataset="d")
    asked = {"lang": "zh", "parts": [{"name": "home"}, {"name": "gone"}, {"name": "panel", "query": {"kind": "train"}}]}
    answer = client.post("/studio/parts", json=asked).json()
    home, gone, panel_ = answer["parts"]
    assert "waits" in home["slices"]["running"] and "waits" in panel_["slices"]["title"]
    assert "gone" in gone["slices"]["failed"] and answer["busy"] is False
    Process.current().save(waits.process_file)
    before = client.post("/studio/parts", json={"parts": []}).json()
    assert before == {"parts": [], "busy": True, "made": "0 0"}
    up = new_run("serve", name="up", model="m")
    waits.write_result("finished", outputs={}, metrics={}, error=None)
    assert client.post("/studio/parts", json={"parts": []}).json()["made"] != before["made"]
    Process.current().save(up.process_file)
    assert client.post("/studio/parts", json={"parts": []}).json()["busy"] is False, (
        "a server that is up changes little"
    )
    assert client.post("/studio/parts", json={"parts": [{"name": "home"}] * 51}).status_code == 422


def test_actions_answer_only_to_the_page(client: TestClient, workspace: Workspace, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    assert client.post(f"/studio/run/{run.id}/remove").status_code == 403
    assert run.path.exists()
    assert client.post("/studio/run/..%2F..%2Fetc/remove", headers=PAGE).status_code == 404
    assert client.post(f"/studio/run/{run.id}/explode", headers=PAGE).status_code == 404
    assert client.post(f"/studio/run/{run.id}/remove", headers=PAGE).status_code == 200
    assert not run.path.exists()


def test_a_run_at_work_cannot_be_removed(client: TestClient, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    working(run)
    answer = client.post(f"/studio/run/{run.id}/remove?lang=zh", headers=PAGE)
    assert answer.status_code == 400
    assert "还没有结束" in answer.json()["notice"]
    assert run.path.exists()


def test_checkpoints_stand_in_the_panel_with_what_can_be_done(
    client: TestClient, en: Context, zh: Context, new_run: Callable[..., Run]
) -> None:
    run = new_run("train", name="lora", dataset="d")
    assert not panel(en)["checkpoints"]
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    for step, best in ((50, True), (100, False)):
        with checkpoints.writing(
            run.path, step, "better" if best else "stop", {"eval_loss": step / 10}, best
        ) as folder:
            (folder / checkpoints.OPTIMIZER).write_bytes(b"moments")
    shown = panel(en)["checkpoints"]
    assert shown.index("step-100") < shown.index("step-50")
    assert all(
        word in shown for word in ("Checkpoints (2)", "validation loss", "stopped here", "best", "resume?at=step-50")
    )
    assert f"#evaluate=model:{run.id}:step-50" in shown
    assert "从这里继续" in panel(zh)["checkpoints"]

    assert client.post(f"/studio/run/{run.id}/keep?at=step-50", headers=PAGE).status_code == 200
    assert [item.kept for item in checkpoints.found(run.path)] == [True, False]
    assert "release?at=step-50" in panel(en)["checkpoints"]
    client.post(f"/studio/run/{run.id}/release?at=step-50", headers=PAGE)
    assert not any(item.kept for item in checkpoints.found(run.path))
    answer = client.post(f"/studio/run/{run.id}/resume?at=step-7&lang=en", headers=PAGE)
    assert answer.status_code == 400
    assert "step-50, step-100" in answer.json()["notice"]

    checkpoints.drop_optimizer(checkpoints.found(run.path)[0])
    assert "resume?at=step-50" not in panel(en)["checkpoints"]


def test_the_table_and_home_list_what_is_there(en: Context, new_run: Callable[..., Run]) -> None:
    assert "No runs yet" in str(PARTS.load("listing").render(en, {"listing": "runs"})["table"])
    assert "Nothing has run yet" in str(PARTS.load("home").render(en, {})["running"])
    run = new_run("train", name="lora", dataset="d")
    working(run)
    assert run.id in str(PARTS.load("listing").render(en, {"listing": "runs"})["table"])
    home = PARTS.load("home").render(en, {})
    assert run.id in str(home["running"])
    assert "Fetch smollm2-135m-instruct" in str(home["here"])


def test_a_pipeline_shows_its_steps_and_their_report(
    en: Context, client: TestClient, new_run: Callable[..., Run]
) -> None:
    step = new_run("evaluate", name="report", dataset="d", models=["m"])
    (step.path / "report").mkdir()
    value = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 10}
    (step.path / "report" / "metrics.json").write_text(json.dumps({"systems": {"m:direct": {"accuracy": value}}}))
    run = new_run("pipeline", name="demo", steps=[{"recipe": "x.yaml"}])
    Process.current().save(run.process_file)
    EventLog(run.events_file).append("child", run=step.id)
    EventLog(run.events_file).append("child", run="../../etc")
    version = look(client, kind="pipeline")["version"]
    assert f"#runs={step.id}" in panel(en, "pipeline")["steps"]
    step.write_result("finished", outputs={"report": "report"}, metrics={}, error=None)
    assert look(client, have=version, kind="pipeline")
    run.write_result("finished", outputs={"1-evaluate-report": f"../{step.id}"}, metrics={}, error=None)
    shown = panel(en, "pipeline")
    assert "50.0%" in shown["steps"]
    assert shown["outputs"] == ""


def test_contestants_under_way_stand_beside_each_other(en: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("evaluate", name="e", dataset="d", models=["m"])
    Process.current().save(run.process_file)
    events = EventLog(run.events_file)
    events.metric(1, {"m:direct accuracy": 0.25, "m:direct accuracy/taught": 0.5, f"{EVIL}:api accuracy": 0.75})
    shown = panel(en, "evaluate")["metrics"]
    assert "<table" in shown
    groups = shown.partition("By group of questions")[2]
    assert '<span class="tag">taught</span>' in groups
    assert "50.0%" in groups
    assert '<b class="">75.0%</b>' in shown, "without an interval none stands out"
    assert EVIL not in shown


def test_a_figure_stands_out_where_its_interval_leaves_the_others_behind(en: Context) -> None:
    def figure(value: float, low: float, high: float) -> dict[str, Any]:
        return {"accuracy": {"value": value, "low": low, "high": high, "n": 57}}

    near = str(scores(en, {"a": figure(0.308, 0.23, 0.39), "b": figure(0.306, 0.23, 0.39)}))
    assert "best" not in near and "n = 57" in near
    far = str(scores(en, {"a": figure(0.9, 0.8, 0.95), "b": figure(0.3, 0.2, 0.4), "c": figure(0.9, 0.8, 0.95)}))
    assert far.count('class="best"') == 2
    mixed = {"a": figure(0.9, 0.8, 0.95), "b": {"accuracy": {"value": 0.3, "low": 0.2, "high": 0.4, "n": 5}}}
    assert "n =" not in str(scores(en, mixed)).split("</thead>")[0] and "n = 5<" in str(scores(en, mixed))


def test_what_is_removed_is_what_the_button_named(
    client: TestClient, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    """Another run comes to need it between the look and the press."""
    run = new_run("train", name="base", dataset="d")
    run.write_result("finished", outputs={"model": "model"}, metrics={}, error=None)

    def shown() -> dict[str, Any]:
        return look(client, lang="zh", run=run.id)

    def button() -> str:
        found = re.search(r'data-post="(run/[^"]*/remove[^"]*)"', shown()["slices"]["title"])
        assert found is not None
        return html.unescape(found[1])

    before, unneeded = shown()["version"], button()
    other = new_run("train", name="halted", dataset="d")
    model = {"given": "base", "refers": "model", "path": f"runs/{run.id}/model"}
    write_json(other.inputs_file, {"references": {"model": model}})
    other.write_result("stopped", outputs={}, metrics={}, error=None)
    refused = client.post(f"/studio/{unneeded}", headers=PAGE)
    assert (refused.status_code, "训练“halted”没有它就无法继续" in refused.json()["notice"]) == (400, True)
    assert shown()["version"] != before
    assert "仍有运行需要它：训练“halted”" in shown()["slices"]["title"]
    assert client.post(f"/studio/{button()}", headers=PAGE).status_code == 200
    assert not run.path.exists()


def test_what_a_run_took_is_no_figure_of_what_came_of_it(zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="done", model="m", dataset="d")
    values = {"train_loss": 0.46673, "loss": 0.0096, "steps": 135.0, "seconds": 1178.1, "tokens_per_s": 130.2}
    run.write_result("finished", metrics=values, outputs={})
    shown = panel(zh, "train")["metrics"]
    figures, _, effort = shown.partition('<div class="effort">')
    assert "<dt>训练损失（全程平均）</dt><dd>0.4667</dd>" in figures
    assert "<dt>训练损失</dt>" in figures
    assert effort == "<span>步数 135</span><span>计算用时 19 分 38 秒</span><span>token/秒 130.2</span></div>"
    assert not any(word in figures for word in ("步数", "用时", "token"))


def test_the_rental_of_a_run_at_work(
    en: Context, zh: Context, new_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    working(new_run("train", name="lora", dataset="d"))
    assert "bill" not in panel(en)["progress"]
    soon = datetime.fromtimestamp(time.time() + 600).astimezone().isoformat()
    monkeypatch.setenv("STUDIO_PRICE_PER_HOUR", "<b>2.5")
    monkeypatch.setenv("STUDIO_RENTED_UNTIL", soon)
    assert "at &lt;b&gt;2.50 an hour" in panel(en)["progress"]
    assert "已花费" in panel(zh)["progress"]
