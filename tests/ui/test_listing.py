"""Tables that are searched, filtered, sorted and paged by the server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.listings.base import SIZE, Asked, in_memory
from studio.ui.parts import PARTS
from tests.ui.conftest import Studio

EVIL = "<img src=x onerror=alert(1)>"


def shown(context: Context, **query: str) -> dict[str, str]:
    part = PARTS.load("listing").render(context, {"listing": "runs", **query})
    return {name: str(html) for name, html in part.items()}


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
    assert "1 that started by themselves" in shown(en)["note"]
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


@pytest.mark.browser
def test_what_is_looked_for_stands_in_the_address(browser: Browser, studio: Studio, runs: list[Run]) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#runs")
    rows = page.locator("#tab-runs tr[data-pick]")
    expect(rows).to_have_count(3)
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
