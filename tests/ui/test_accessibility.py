"""The page for everybody: what axe-core finds, by keyboard alone, on every width of screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Browser, Page, expect

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from tests.ui.conftest import Studio, recipe_of, says
from tests.ui.filled import fill_workspace

TABS = ("home", "data", "leaks", "train", "knowledge", "evaluate", "probe", "chat", "models", "compare")
WIDTHS = {"": (390, 768, 1440), "en/": (390, 720, 1024, 1920)}  # 720 is 1440 at 200 %
# By night there is the same page in other words and colours: these places have all of the latter between them.
DARK = ("home", "evaluate", "chat", "runs", "questions")
NIGHT = {
    "type": "rule",
    "values": [
        "color-contrast",
        "link-in-text-block",
        "button-name",
        "link-name",
        "label",
        "html-has-lang",
        "valid-lang",
    ],
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DAY = {"type": "tag", "values": RULES}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

FIND = """async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations.flatMap(
    ({id, nodes}) => nodes.map(({target, any, html}) => `${id}: ${target.at(-1)} ${any[0]?.message ?? ""} ${html.slice(0, 120)}`))"""
UNFOLD = """(where) => {
    for (const item of document.querySelectorAll(`${where} details`)) item.open = true;
    for (const fold of document.querySelectorAll(`${where} .more > button.label-wrap:not(.open)`)) fold.click();
}"""
# What reaches beyond the screen, and is not inside something that scrolls or is cut on purpose.
WIDE = """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    if (box.right <= innerWidth + 1 || box.width === 0) return false;
    if (!element.checkVisibility() || element.closest(".unseen, .sr, .skip, .sr-only, [aria-hidden=true]")) return false;
    for (let around = element.parentElement; around; around = around.parentElement) {
        if (around !== document.body && getComputedStyle(around).overflowX !== "visible" && around.getBoundingClientRect().right <= innerWidth + 1) return false;
    }
    return true;
}).map((element) => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`))"""


def opened(page: Page, place: str) -> None:
    """Go to a place, and wait until what is there has been drawn and unfolded."""
    page.evaluate("place => { location.hash = place; }", f"#{place}")
    name = place.partition("=")[0]
    where = "dialog.sheet" if name in ("rows", "questions", "passages") else f"#tab-{name}"
    expect(page.locator(where)).to_be_visible()
    expect(page.locator(f"{where} .live:empty")).to_have_count(0)
    page.evaluate(UNFOLD, where)


def test_nothing_stands_in_anybodys_way(
    browser: Browser, studio: Studio, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    """By day in one language and by night in the other: colours and structure are the same in both."""
    runs = fill_workspace(workspace, new_run)
    studio.start()
    problems: dict[str, Any] = {}
    for language, widths in WIDTHS.items():
        scheme: Literal["light", "dark"] = "dark" if language else "light"
        page = browser.new_context(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce").new_page()
        page.goto(f"{studio.url}{language}")
        page.wait_for_selector("body.ready-train.ready-chat")
        page.evaluate(AXE)
        inside = {"rows": runs["dataset"].id, "questions": runs["evaluate"].id, "passages": runs["knowledge"].id}
        places = [*TABS, f"compare={runs['one'].id},{runs['two'].id}", f"runs={runs['failed'].id}"]
        places += [f"{name}={run}?row={'q1' if name == 'questions' else 1}" for name, run in inside.items()]
        for place in places:
            opened(page, place)
            if scheme == "light" or place.partition("=")[0] in DARK:
                problems[f"{place} {scheme}"] = page.evaluate(FIND, NIGHT if language else DAY)
            for width in widths:
                page.set_viewport_size({"width": width, "height": 900})
                problems[f"{language}{place} at {width}"] = page.evaluate(WIDE)
            page.set_viewport_size({"width": 1280, "height": 900})
        opened(page, f"runs={runs['failed'].id}")
        page.locator("#tab-runs [data-check]").first.check()
        expect(page.locator("#tab-runs .picked")).to_be_visible()
        page.locator("#tab-runs .title .remove").click()
        expect(page.locator("dialog.ask")).to_be_visible()
        problems[f"dialog {scheme}"] = page.evaluate(FIND, NIGHT if language else DAY)
        page.context.close()
    assert not {place: items for place, items in problems.items() if items}


def test_an_empty_studio_is_for_everybody_too(browser: Browser, studio: Studio) -> None:
    """Where nothing is yet, the fields say where to make it; the frame around a fault leaves those words alone."""
    studio.start()
    page = browser.new_context(bypass_csp=True, reduced_motion="reduce").new_page()
    page.goto(f"{studio.url}en/#evaluate")
    page.wait_for_selector("body.ready-evaluate.ready-chat")
    page.evaluate(AXE)
    page.locator("#tab-evaluate").get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#tab-evaluate .notice.warn")).to_contain_text("There is no dataset yet")
    problems = page.evaluate(FIND, NIGHT)
    frame, words = page.locator("#field-evaluate-dataset"), page.locator("#tab-evaluate .meaning").first
    below = words.bounding_box()["y"] - frame.evaluate("field => field.getBoundingClientRect().bottom")  # type: ignore[index]
    opened(page, "chat")
    expect(page.locator("#tab-chat .empty")).to_contain_text("No model yet")
    problems += page.evaluate(FIND, NIGHT)
    assert problems == []
    assert below >= 7  # the frame is 2 px wide and stands 5 px off
    page.context.close()


def test_the_page_is_walked_by_keyboard(
    browser: Browser, studio: Studio, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    runs = fill_workspace(workspace, new_run)
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#evaluate")
    page.wait_for_selector("body.ready-evaluate")
    focused = page.locator(":focus")
    page.keyboard.press("Tab")
    expect(focused).to_have_text("Skip to content")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("id", "tab-evaluate")
    assert page.url.endswith("#evaluate")
    # the tabs are one stop, and so are the choices of one question
    page.locator("#tab-evaluate-button").focus()
    page.keyboard.press("ArrowLeft")
    expect(focused).to_have_attribute("id", "tab-knowledge-button")
    expect(page.locator("#tab-knowledge")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-evaluate")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("[role=tab]:focus")).to_have_count(0)
    recipe = recipe_of(page, "evaluate")
    page.locator("#field-evaluate-split input:checked").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#field-evaluate-split input[value=val]")).to_be_checked()
    says(recipe, "split: val")
    page.keyboard.press("Tab")
    expect(page.locator("#field-evaluate-split :focus")).to_have_count(0)
    # help in which Gradio would see emphasis
    page.locator("#form-evaluate .more > button").first.click()
    expect(page.locator("#form-evaluate").get_by_text("0 2 * * *")).to_be_visible()
    # a sheet takes the focus and gives it back
    page.locator("#tab-evaluate a[href*='questions=']").first.focus()
    page.keyboard.press("Enter")
    sheet = page.locator("dialog.sheet")
    expect(sheet).to_have_attribute("aria-label", re.compile("report"))
    page.locator("dialog.sheet tbody tr").first.focus()
    page.keyboard.press("Enter")
    expect(sheet.locator(".drawer")).to_be_visible()
    sheet.get_by_role("button", name="Next row").focus()
    page.keyboard.press("Enter")
    expect(sheet.locator("tr.chosen")).to_have_attribute("data-row", "q1")
    expect(focused).to_have_attribute("aria-label", "Next row")
    sheet.locator(".drawer").get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(sheet.locator(".drawer")).to_have_count(0)
    expect(focused).to_have_attribute("data-row", "q0")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(focused).to_have_attribute("href", f"#questions={runs['evaluate'].id}")
    page.close()
