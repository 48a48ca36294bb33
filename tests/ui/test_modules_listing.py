"""What the script does for listings: what stands in the address and what does not, picked rows, the keyboard, the sheet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.store import RunStore
from tests.ui.bare import Bare


@pytest.fixture
def workspace(bare: Bare) -> Workspace:
    """The one that the page is over, without what an earlier test left there."""
    for run in RunStore(bare.workspace).all():
        shutil.rmtree(run.path)
    return bare.workspace


@pytest.fixture
def runs(new_run: Callable[..., Run]) -> dict[str, Run]:
    """Runs that have ended: a pipeline, newest, with a step below it; and two by themselves."""
    made = {name: new_run("train", name=name, dataset="d") for name in ("first", "second", "step")}
    made["whole"] = new_run("pipeline", name="whole", steps=[{"recipe": "x.yaml"}])
    for name, run in made.items():
        outputs = {"one": f"../{made['step'].id}"} if name == "whole" else {}
        run.write_result("finished", metrics={}, outputs=outputs, error=None)
    return made


@contextmanager
def opened(bare: Bare, place: str) -> Iterator[Page]:
    """Open the page at a place, with all that listings need at work."""
    with bare.page("actions", "listing", place=place) as page:
        page.evaluate(
            """() => {
                window.asked = [];
                const fetched = window.fetch;
                window.fetch = (address, options) => {
                    if (String(address).endsWith("parts")) for (const part of JSON.parse(options.body).parts) asked.push(part.query);
                    return fetched(address, options);
                };
            }"""
        )
        page.evaluate("async () => { (await load('parts')).start(); (await load('router')).start(); (await load('parts')).tick(); }")  # fmt: skip
        yield page


def wished(page: Page, query: dict[str, str]) -> None:
    """Wait until a part asks for this and nothing else."""
    page.wait_for_function(
        "wanted => asked.some((query) => JSON.stringify(Object.entries(query).sort()) === wanted)",
        arg=json.dumps(sorted([key, value] for key, value in query.items()), separators=(",", ":")),
    )


def test_an_address_says_what_is_looked_for_and_neither_picks_rows_nor_changes_the_list(
    bare: Bare, runs: dict[str, Run]
) -> None:
    with opened(bare, "#runs?kind=train&page=2&picked=x&listing=models&of=y&Odd=1") as page:
        wished(page, {"listing": "runs", "kind": "train", "page": "2"})
        expect(page.locator("#tab-runs tr[data-pick]")).to_have_count(3)
        page.get_by_role("searchbox").type(" first ")
        wished(page, {"listing": "runs", "kind": "train", "search": "first"})  # from the first page on
        expect(page).to_have_url(f"{bare.url}en/#runs?kind=train&search=first")
        page.locator("select[data-param=kind]").select_option("")
        expect(page).to_have_url(f"{bare.url}en/#runs?search=first")
        page.get_by_role("tab", name="Home").click()
        page.go_back()
        expect(page.locator("#tab-runs tr[data-pick]")).to_have_count(1)
        page.evaluate("location.hash = '#runs?search=nowhere'")
        expect(page.locator("#tab-runs .empty")).to_be_visible()
        expect(page.get_by_role("searchbox")).to_have_value("nowhere")
        page.evaluate("location.hash = '#runs'")
        expect(page.locator("#tab-runs tr[data-pick]")).to_have_count(3)
        expect(page.get_by_role("searchbox")).to_have_value("")


def test_what_is_picked_stays_out_of_the_address_and_is_led_on_in_its_order(bare: Bare, runs: dict[str, Run]) -> None:
    with opened(bare, "#runs") as page:
        rows = page.locator("#tab-runs tr[data-pick]")
        expect(rows).to_have_count(3)
        bar = page.locator(".picked")
        page.get_by_label("Select all on this page").check()
        expect(bar).to_contain_text("3 selected")
        page.get_by_label(f"Select {runs['first'].id}").uncheck()
        expect(bar).to_contain_text("2 selected")
        rows.nth(2).locator("td.pick").click(position={"x": 3, "y": 3})  # beside the box counts too
        expect(bar).to_contain_text("3 selected")
        bar.get_by_role("button", name="Clear").click()
        expect(bar).to_have_count(0)
        for name in ("second", "first"):
            page.get_by_label(f"Select {runs[name].id}").check()
        expect(bar).to_contain_text("2 selected")
        expect(page).to_have_url(f"{bare.url}en/#runs")
        bar.get_by_role("button", name="Compare").click()
        assert page.evaluate("location.hash") == f"#compare={runs['second'].id},{runs['first'].id}"
        wished(page, {"run": f"{runs['second'].id},{runs['first'].id}"})


def test_something_is_done_with_what_is_picked_once_it_was_said(bare: Bare, runs: dict[str, Run]) -> None:
    with opened(bare, "#runs") as page:
        page.get_by_label(f"Select {runs['first'].id}").check()
        dialog = page.locator("dialog.ask")
        page.get_by_role("button", name="Tags…").click()
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
        page.get_by_role("button", name="Tags…").click()
        dialog.get_by_role("textbox").fill("heart, 夜间")
        dialog.get_by_role("button", name="Save").click()
        expect(page.locator(".tag")).to_have_text(["heart", "夜间"])
        expect(page.locator(".picked")).to_have_count(0)
        (runs["second"].path / "result.json").unlink()  # it runs again, and cannot be removed
        page.get_by_label(f"Select {runs['second'].id}").check()
        page.get_by_role("button", name="Remove").click()
        dialog.get_by_role("button", name="Remove").click()
        expect(page.locator(".toast.shown .notice")).to_contain_text(runs["second"].id)
        assert runs["second"].path.is_dir()


def test_a_table_is_one_stop_with_arrows_inside(bare: Bare, runs: dict[str, Run]) -> None:
    with opened(bare, "#runs") as page:
        focused = page.locator("#tab-runs tr:focus")
        page.locator("#tab-runs tr[tabindex='0']").focus()
        expect(focused).to_contain_text("whole")
        for key, name in (("ArrowUp", "whole"), ("End", "first"), ("ArrowUp", "second"), ("Home", "whole")):
            page.keyboard.press(key)
            expect(focused).to_contain_text(name)
        expect(page.locator("#tab-runs tr[tabindex='0']")).to_have_count(1)
        page.keyboard.press("ArrowRight")
        expect(page.locator("#tab-runs tr.inside")).to_contain_text("step")
        expect(focused).to_contain_text("whole")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        expect(page.locator(".picked")).to_contain_text("1 selected")
        expect(focused).to_contain_text("step")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{bare.url}en/#runs={runs['step'].id}?open={runs['whole'].id}")


@pytest.fixture
def dataset(new_run: Callable[..., Run]) -> Run:
    """A dataset of two rows."""
    run = new_run("dataset", name="mine", sources=[{"file": "x"}])
    folder = run.path / "dataset"
    folder.mkdir()
    write_json(folder / "dataset.json", {"splits": {"train": 2}, "rejected": 0})
    (folder / "train.jsonl").write_text("".join(f'{{"id": "{n}", "stem": "Question {n}?"}}\n' for n in range(2)))
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def test_a_sheet_leads_back_to_where_one_came_from(bare: Bare, dataset: Run) -> None:
    rows = f"#rows={dataset.id}?search=question"
    with opened(bare, "#runs?sort=name") as page:
        page.evaluate(
            "href => document.querySelector('#tab-runs').insertAdjacentHTML('beforeend', `<a href='${href}'>its rows</a>`)",
            rows,
        )
        link, sheet = page.get_by_role("link", name="its rows"), page.get_by_role("dialog", name="Dataset mine")
        for how in ("by key", "by button", "beside it", "by Back"):
            link.focus()
            page.keyboard.press("Enter")
            expect(sheet.locator("tr[data-row]")).to_have_count(2)
            expect(sheet.get_by_role("searchbox")).to_have_value("question")
            assert page.evaluate("document.activeElement.closest('dialog') !== null"), "the keyboard is in it"
            if how == "by key":
                page.keyboard.press("Escape")
            elif how == "by button":
                sheet.get_by_role("button", name="Close", exact=True).click()
            elif how == "beside it":
                page.mouse.click(3, 3)
            else:
                page.go_back()
            expect(sheet).to_have_count(0)
            expect(page).to_have_url(f"{bare.url}en/#runs?sort=name")
            assert page.evaluate("document.activeElement.textContent") == "its rows", how
    with opened(bare, rows) as page:
        expect(sheet := page.get_by_role("dialog", name="Dataset mine")).to_be_visible()
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        expect(page).to_have_url(f"{bare.url}en/#home")  # nobody came from anywhere
