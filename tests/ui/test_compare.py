"""Runs beside each other: what differs in their recipes, their curves and figures, and the address that names them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.store import RunStore
from studio.ui import routes
from studio.ui.comparing.selection import MOST
from studio.ui.comparing.settings import settings
from studio.ui.comparing.thin import thin
from studio.ui.context import Context
from studio.ui.parts import PARTS
from tests.ui.conftest import Studio

EVIL = "<img src=x onerror=alert(1)>"
GONE = "20990101-000000-train-gone"


def shown(context: Context, *runs: str, **query: str) -> dict[str, str]:
    slices = PARTS.load("compare").render(context, {"run": ",".join(runs), **query})
    return {name: str(html) for name, html in slices.items()}


def differing(context: Context, *runs: Run) -> dict[str, list[str | None]]:
    """Return each differing key with every run's value."""
    entries = [entry for run in runs if (entry := RunStore(context.workspace).entry(run.id)) is not None]
    found = [item for item in settings(context, entries) if item.differs]
    return {item.key: [item.values.get(run.id) for run in runs] for item in found}


def trained(new_run: Callable[..., Run], name: str, losses: Mapping[int, float], **values: Any) -> Run:
    run = new_run("train", name=name, **{"dataset": "d", **values})
    events = EventLog(run.events_file)
    for step, loss in losses.items():
        events.metric(step, {"loss": loss})
    run.write_result("finished", metrics={"loss": losses[max(losses)], "odd:one out": 1}, outputs={}, error=None)
    return run


def falling(pace: float, steps: int = 30) -> dict[int, float]:
    return {step: 2.0 / (1 + pace * step) for step in range(1, steps + 1)}


def evaluated(new_run: Callable[..., Run], name: str, value: float, seed: int) -> Run:
    run = new_run("evaluate", name=name, dataset="d", models=["m"], seed=seed)
    (run.path / "report").mkdir()
    score = {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 50}
    write_json(run.path / "report" / "metrics.json", {"systems": {"m:direct": {"accuracy": score}}})
    run.write_result("finished", metrics={"m:direct accuracy": value}, outputs={"report": "report"}, error=None)
    return run


def test_only_settings_that_differ_stand_in_the_table(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    one = new_run("train", name="one", dataset="d", method={"name": "lora", "rank": 8}, learning_rate=1e-4)
    two = new_run("train", name="two", dataset="d", method="full", learning_rate=1e-4)
    found = differing(en, one, two)
    assert found["method"] == ["LoRA", "Full"] and found["method.rank"] == ["8", None], (
        "an option goes with its plug-in"
    )
    assert "learning_rate" not in found and "name" not in found
    table = shown(zh, one.id, two.id)["settings"]
    assert "方法<small>method</small>" in table
    assert (
        re.search(r"其余 \d+ 项设置相同", table) and "学习率<small>learning_rate</small>" in table.split("<details>")[1]
    )


def test_an_absent_setting_is_its_default_and_old_keys_stand_where_they_stand_now(
    en: Context, new_run: Callable[..., Run]
) -> None:
    now = new_run("train", name="now", dataset="d", method={"name": "lora", "rank": 8}, max_steps=None)
    old = new_run("train", name="old", dataset="d")
    old.recipe_file.write_text("kind: train\nname: old\ndataset: d\nmethod: lora\nrank: 8\n")
    assert differing(en, now, old) == {}
    old.recipe_file.write_text("kind: train\nname: old\ndataset: d\nmethod: lora\nrank: 4\nlost: true\n")
    found = differing(en, now, old)
    assert found["method.rank"] == ["8", "4"], "though no schema takes that recipe any more"
    old.recipe_file.unlink()
    assert shown(en, now.id, old.id)["runs"], "a run without a recipe hurts nobody"


def test_lists_of_records_are_compared_row_by_row(en: Context, new_run: Callable[..., Run]) -> None:
    sources = [{"file": "a.jsonl", "layout": "qa"}, {"file": "b.jsonl", "layout": "qa"}]
    one, two = (
        new_run("dataset", name=name, sources=given) for name, given in (("one", sources), ("two", sources[:1]))
    )
    found = differing(en, one, two)
    assert found["sources.1.file"] == ["b.jsonl", None] and "sources.0.file" not in found
    many = [new_run("evaluate", name="e", dataset="d", models=models) for models in (["m", "n"], ["m"])]
    assert differing(en, *many) == {"models": ["m, n", "m"]}


def test_one_name_for_two_things_is_told(en: Context, new_run: Callable[..., Run]) -> None:
    made = new_run("dataset", name="d", sources=[{"file": "x"}])
    one, two = new_run("train", name="one", dataset="d"), new_run("train", name="two", dataset="d")
    for run, sha256 in ((one, "a" * 64), (two, "b" * 64)):
        reference = {"given": "d", "refers": "dataset", "path": f"runs/{made.id}/dataset", "run": made.id, "sha256": sha256}  # fmt: skip
        write_json(run.inputs_file, {"references": {"dataset": reference}, "packages": {"torch": sha256[0]}})
    table = shown(en, one.id, two.id)["settings"]
    assert "what “d” was" in table and f'href="#runs={made.id}"' in table and ">aaaaaaaa<" in table
    assert "Software: torch" in table
    assert "what “d” was" not in shown(en, one.id, one.id)["settings"]


def test_the_first_is_the_baseline_and_differences_are_told_to_it(en: Context, new_run: Callable[..., Run]) -> None:
    one, two = trained(new_run, "one", {1: 3.0, 2: 2.0}), trained(new_run, "two", {1: 3.0, 2: 1.5})
    figures = shown(en, one.id, two.id)["figures"]
    assert "Δ −0.5 (−25.0%)" in figures and "odd:one" not in figures
    assert "Δ +0.5 (+33.3%)" in shown(en, two.id, one.id)["figures"]
    assert f'href="#compare={two.id},{one.id}"' in shown(en, one.id, two.id)["runs"]
    colours = [re.findall(r"swatch (r\d)", shown(en, *ids)["runs"]) for ids in ((one.id, two.id), (two.id, one.id))]
    assert colours[0] == list(reversed(colours[1])), "a run keeps its colour"


def test_evaluations_are_not_called_better_or_worse(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    one, two, other = (evaluated(new_run, name, value, seed) for name, value, seed in (("a", 0.5, 1), ("b", 0.6, 1), ("c", 0.6, 2)))  # fmt: skip
    figures = shown(en, one.id, two.id)["figures"]
    assert "asked the same questions" in figures and "not tested" in figures
    assert "Δ +10.0 pp" in figures and "50–70%, n = 50" in figures
    assert "题目不同" in shown(zh, one.id, other.id)["figures"]
    assert "share no curve" in shown(en, one.id, two.id)["curves"]


def test_what_is_not_there_is_named_and_the_rest_stays(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    one, two = trained(new_run, "one", falling(1)), trained(new_run, "two", falling(2))
    assert "at least" in shown(en)["words"] and "请至少选择两次运行" in shown(zh, one.id)["words"]
    with_gone = shown(zh, one.id, GONE, "two", EVIL)
    assert GONE in with_gone["runs"] and "已经不在了" in with_gone["runs"]
    assert with_gone["curves"].count("<figure") == 1 and EVIL not in "".join(with_gone.values())
    assert two.id in with_gone["curves"], "a name means the newest run of that name"
    many = shown(en, *(f"{GONE}{number}" for number in range(MOST + 2)))
    assert "2 more were named" in many["words"] and many["add"] == ""
    mixed = shown(en, one.id, evaluated(new_run, "e", 0.5, 1).id)
    assert "different kinds" in mixed["words"] and "share no figure" in mixed["figures"]


def test_curves_are_kept_while_a_run_goes_on(en: Context, new_run: Callable[..., Run]) -> None:
    one, two = trained(new_run, "one", falling(1)), trained(new_run, "two", falling(2))
    two.result_file.unlink()
    version = PARTS.load("compare").version(en, {"run": f"{one.id},{two.id}"})
    before = shown(en, one.id, two.id)
    EventLog(two.events_file).metric(31, {"loss": 0.01})
    assert PARTS.load("compare").version(en, {"run": f"{one.id},{two.id}"}) != version
    after = shown(en, one.id, two.id)
    assert after["curves"] == before["curves"] and after["view"] == before["view"], "drawn anew, plots would be lost"
    assert after["figures"] != before["figures"], "it bears what tells that they have grown"


def test_a_long_course_is_thinned_with_its_peaks() -> None:
    course = [(step, step / 10, 1.0 + step % 7 / 10) for step in range(50_000)]
    course[33_333], course[44_444] = (33_333, 3333.3, 99.0), (44_444, 4444.4, -9.0)
    drawn = thin(course)
    assert len(drawn) <= 2000 and drawn == sorted(drawn)
    assert (drawn[0], drawn[-1]) == (course[0], course[-1])
    assert course[33_333] in drawn and course[44_444] in drawn
    assert thin(course[:2000]) == course[:2000] and thin([]) == []


def test_numbers_come_by_a_route_that_refuses_runs_that_are_not_there(
    workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client = TestClient(app)
    run = trained(new_run, "one", falling(1, 3))
    EventLog(run.events_file).metric(4, {"=cmd()": 1.0})
    answer = client.get("/studio/curves", params={"run": run.id}).json()["runs"][run.id]["loss"]
    assert answer["steps"] == [1, 2, 3] and answer["values"] == [1.0, 0.666667, 0.5] and len(answer["seconds"]) == 3
    for path in ("curves", "curves.csv"):
        gone = client.get(f"/studio/{path}", params={"run": [run.id, GONE, "../../etc"], "lang": "zh"})
        assert gone.status_code == 404 and GONE in gone.json()["notice"] and "没有这次运行" in gone.json()["notice"]
        assert client.get(f"/studio/{path}", params={"run": [run.id] * (MOST + 1)}).status_code == 422
    table = client.get("/studio/curves.csv", params={"run": run.id})
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0] == ["run", "name", "metric", "step", "seconds", "value"] and len(rows) == 5
    assert rows[1][:4] == [run.id, "one", "loss", "1"] and rows[4][2] == "'=cmd()", "a spreadsheet runs nothing"


def painted(page: Page) -> list[str]:
    """Return which of the runs' colours the first plot is painted in."""
    found = page.evaluate(
        """() => {
            const canvas = document.querySelector("figure.curve canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const seen = new Set();
            for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
            const part = getComputedStyle(document.querySelector('.live[data-part="compare"]'));
            const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(",");
            return ["r0", "r1", "r2"].filter((name) => seen.has(rgb(part.getPropertyValue(`--${name}`).trim())));
        }"""
    )
    return json.loads(json.dumps(found))


def test_two_runs_are_drawn_and_the_address_says_all(
    browser: Browser, studio: Studio, new_run: Callable[..., Run]
) -> None:
    one, two, three = (
        trained(new_run, name, falling(pace)) for name, pace in (("心内科", 0.3), ("two", 1), ("three", 2))
    )
    two.result_file.unlink()  # it goes on
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#compare={one.id},{two.id}?smooth=0.5")
    tab = page.locator("#tab-compare")
    legend = tab.locator("figure.curve .legend tr")
    expect(legend).to_have_count(3, timeout=60_000)  # its head, and a row a run
    expect(legend.nth(1)).to_contain_text("心内科")
    left = "(table) => [...table.rows].map((row) => row.cells[0].getBoundingClientRect().left)"
    assert len(set(page.locator("table.compares:has(thead)").first.evaluate(left))) == 1, "heads over columns"
    page.wait_for_function("document.querySelector('figure.curve canvas') !== null")
    expect(tab.locator("figure.curve")).to_have_count(1)
    assert painted(page) == ["r0", "r1"]

    expect(tab.locator("input[type=range]")).to_have_value("0.5")
    look = "document.querySelector('figure.curve canvas').toDataURL()"
    linear = page.evaluate(look)
    tab.locator("select[data-param=scale]").select_option("log")
    expect(page).to_have_url(re.compile(r"scale=log"))
    page.wait_for_function(f"{look} !== {json.dumps(linear)}")
    logarithmic = page.evaluate(look)
    tab.locator("input[type=range]").fill("0.8")
    expect(page).to_have_url(re.compile(r"\?(scale=log&smooth=0.8|smooth=0.8&scale=log)$"))
    page.wait_for_function(f"{look} !== {json.dumps(logarithmic)}")

    tab.locator(".canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(legend.first).to_contain_text("pointer · 1")
    page.keyboard.press("+")
    expect(tab.locator("button.whole")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tab.locator("button.whole")).to_be_hidden()

    EventLog(two.events_file).metric(31, {"loss": 7.0})
    expect(legend.nth(2)).to_contain_text("7", timeout=15_000)
    tab.locator("label.choice select").select_option(",".join(run.id for run in (one, two, three)))
    expect(legend).to_have_count(4)
    tab.get_by_label("Take out " + one.id).click()
    expect(legend).to_have_count(3)
    assert page.evaluate("decodeURIComponent(location.hash)").startswith(f"#compare={two.id},{three.id}?")
    page.go_back()
    expect(legend).to_have_count(4)
    page.close()
