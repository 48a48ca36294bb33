"""What the script does for a run that is followed: its log, its plots, the document's title; and for runs compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.panel.log import log
from studio.ui.parts import PARTS
from studio.ui.plot import plot
from tests.ui.bare import Bare, put


@pytest.fixture
def workspace(bare: Bare) -> Workspace:
    """The one that the page is over."""
    return bare.workspace


def asked(page: Page, path: str) -> list[dict[str, list[str]]]:
    """Return a list that grows by the query of every request to a route."""
    queries: list[dict[str, list[str]]] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.path.startswith(f"/studio/{path}"):
            queries.append(parse_qs(address.query))

    page.on("request", note)
    return queries


def look(page: Page, version: str) -> str:
    """Follow the log up to a version of its part; return what the box says."""
    said: str = page.evaluate(
        """async (version) => {
            window.my ??= { log: null };
            my.have = version;
            await (await load("log")).follow(document.querySelector("#tab-home .live"), my);
            return document.querySelector("pre.log").textContent;
        }""",
        version,
    )
    return said


def test_a_log_brings_only_what_is_new_and_begins_anew_where_it_was_cut(
    bare: Bare, en: Context, new_run: Callable[..., Run]
) -> None:
    run = new_run("train", name="followed", dataset="d")
    run.log_file.write_text("步 1\nstep 2\nhalf", encoding="utf-8")
    with bare.page() as page:
        put(page, str(log(en, view(run))))
        queries = asked(page, "log/")
        assert look(page, "1") == look(page, "1") == "步 1\nstep 2\n", "a version that is shown asks nothing"
        with run.log_file.open("a", encoding="utf-8") as stream:
            stream.write(" a line\n<b>4</b>\n")
        assert look(page, "2") == "步 1\nstep 2\nhalf a line\n<b>4</b>\n"
        run.log_file.write_text("again\n", encoding="utf-8")
        assert look(page, "3") == "again\n"
        assert [query["since"] for query in queries] == [["-1"], ["13"], ["34"]], "bytes, up to whole lines"
        run.log_file.unlink()
        assert look(page, "4") == ""


def test_a_log_stays_where_it_is_read_and_grows_no_longer_than_a_browser_bears(
    bare: Bare, en: Context, new_run: Callable[..., Run]
) -> None:
    run = new_run("train", name="long", dataset="d")
    run.log_file.write_text("".join(f"{number}\n" for number in range(200)))
    with bare.page() as page:
        put(page, str(log(en, view(run))))
        look(page, "1")
        box = page.locator("pre.log")
        at_end = "pre => pre.scrollHeight - pre.scrollTop - pre.clientHeight < 2"
        assert box.evaluate(at_end)
        box.evaluate("pre => { pre.scrollTop = 40; }")
        with run.log_file.open("a") as stream:
            stream.write("more\n")
        look(page, "2")
        assert box.evaluate("pre => pre.scrollTop") == 40
        box.evaluate("pre => { pre.scrollTop = pre.scrollHeight; }")
        with run.log_file.open("a") as stream:
            stream.write("".join(f"{number}\n" for number in range(200, 3200)))
        lines = look(page, "3").splitlines()
        assert 1000 < len(lines) < 3000 and lines[-1] == "3199" and box.evaluate(at_end)
        expect(page.locator(".left-out")).to_be_visible()


def test_a_plot_says_the_values_that_are_nearest_to_the_pointer(bare: Bare) -> None:
    courses = {"<i>train": [(1, 4.0), (2, 3.0), (3, 2.0)], "val": [(1, 4.5), (3, 2.5)]}
    with bare.page() as page:
        page.evaluate("html => load('parts').then(({replace}) => replace(document.querySelector('#place'), html))", str(plot("loss", courses, "step")))  # fmt: skip
        drawing, tip = page.locator("figure.plot svg"), page.locator(".tip")
        frame = drawing.bounding_box()
        assert frame
        drawing.hover(position={"x": frame["width"] * 0.96, "y": frame["height"] / 2})
        expect(tip.locator("div")).to_have_text(["<i>train 2 · step 3", "val 2.5 · step 3"])
        drawing.hover(position={"x": frame["width"] * 0.16, "y": frame["height"] / 2})
        expect(tip.locator("div")).to_have_text(["<i>train 4 · step 1", "val 4.5 · step 1"])
        shown = tip.bounding_box()
        assert shown and shown["x"] >= frame["x"] - 1
        page.mouse.move(0, 0)
        expect(tip).to_have_count(0)


def test_the_title_says_how_far_the_run_is_that_can_be_seen(bare: Bare) -> None:
    panel = '<div class="title" data-status="{}">x</div><div role="progressbar" aria-valuenow="{}"></div>'
    draw = """html => {
        const part = document.querySelector("#tab-home .live");
        part.dataset.part = "panel";
        document.querySelector("#place").innerHTML = html;
        part.dispatchEvent(new Event("drawn"));
    }"""
    with bare.page("title") as page:
        page.evaluate(draw, str(fill(panel, "running", 40)))
        expect(page).to_have_title("40 % · Home · MedQA Studio")
        page.get_by_role("tab", name="Runs").click()
        expect(page).to_have_title("Runs · MedQA Studio")
        page.get_by_role("tab", name="Home").click()
        expect(page).to_have_title("40 % · Home · MedQA Studio")
        page.evaluate(draw, str(fill(panel, "finished", 100)))
        expect(page).to_have_title("Home · MedQA Studio")


def trained(new_run: Callable[..., Run], name: str) -> Run:
    run = new_run("train", name=name, dataset="d")
    events = EventLog(run.events_file)
    for step in range(1, 6):
        events.metric(step, {"loss": 2.0 / step})
    run.write_result("finished", metrics={"loss": 0.4}, outputs={}, error=None)
    return run


def test_runs_that_are_compared_bring_their_numbers_once_and_controls_say_what_the_address_says(
    bare: Bare, en: Context, new_run: Callable[..., Run]
) -> None:
    one, two, three = (trained(new_run, name) for name in ("one", "two", "three"))

    def draw(page: Page, runs: list[Run], **query: str) -> None:
        wish = {"run": ",".join(run.id for run in runs), **query}
        slices: dict[str, Any] = {name: str(html) for name, html in PARTS.load("compare").render(en, wish).items()}
        page.evaluate(
            """([slices, wish]) => {
                const part = document.querySelector("#tab-compare .live");
                for (const [key, value] of Object.entries(wish)) part.dataset[`q${key[0].toUpperCase()}${key.slice(1)}`] = value;
                part.innerHTML = Object.values(slices).join("");
                part.dispatchEvent(new Event("drawn"));
            }""",
            [slices, wish],
        )

    with bare.page("compare", place="#compare") as page:
        queries = asked(page, "curves")
        page.get_by_role("tab", name="Compare").click()
        legend = page.locator("figure.curve .legend tr")
        draw(page, [one, two], smooth="0.5", scale="log")
        expect(legend).to_have_count(3)
        expect(page.locator("input[type=range]")).to_have_value("0.5")
        expect(page.locator("output")).to_have_text("0.5")
        expect(page.locator("select[data-param=scale]")).to_have_value("log")
        draw(page, [one, two])
        expect(legend).to_have_count(3)
        draw(page, [two, one, three])
        expect(legend).to_have_count(4)
        expect(legend.nth(1)).to_contain_text("two")  # the baseline stands first
        assert [query["run"] for query in queries] == [[one.id, two.id], [three.id]], json.dumps(queries)
