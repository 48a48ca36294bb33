"""An upload as a person sees it: how far and how fast it is, across a server that is killed and a page that is reloaded."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, expect

from studio.core.workspace import Workspace
from tests.ui.conftest import Studio, recipe_of, says, until

ROW = '{"question": "What reverses drug %d?", "answer": "Antidote number %d."}\n'


def arrived(workspace: Workspace) -> int:
    """Return how many bytes of the upload under way are here."""
    return sum(path.stat().st_size for path in workspace.uploads.glob(".incoming/*/*.jsonl"))


def throttle(session: CDPSession, rate: float) -> None:
    speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": rate}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})


def test_an_upload_says_how_far_it_is_and_outlives_the_page_and_the_server(
    browser: Browser, studio: Studio, workspace: Workspace, tmp_path: Path
) -> None:
    large = tmp_path / "large.jsonl"
    large.write_text("".join(ROW % (n, n) for n in range(40_000)))
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    page.goto(f"{studio.url}en/#data")
    page.wait_for_selector("body.ready-dataset")
    throttle(line, 250_000)
    form = page.locator("#tab-data")
    form.locator("input[type=file]").set_input_files(large)
    bar = form.get_by_role("progressbar", name="large.jsonl")
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    expect(form.locator(".drop-pace")).to_have_text(
        re.compile(r"^[\d.]+ [KM]B of 3\.\d MB · \d+ KB/s · about \d+ s left$")
    )
    form.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".toast.shown")).to_contain_text("still being uploaded")
    until(lambda: arrived(workspace) > 0)
    page.once("dialog", lambda dialog: dialog.accept())  # "leave the page?"
    page.reload()  # in the middle of a piece
    (begun,) = workspace.uploads.glob(".incoming/*/")
    before = arrived(workspace)
    page.wait_for_selector("body.ready-dataset")
    expect(form.locator(".drop-row")).to_contain_text(re.compile(r"^large\.jsonl was cut off at \d+ %"))
    form.locator("input[type=file]").set_input_files(large)  # the same file goes on
    expect(form.locator(".drop-row")).to_have_count(1)
    until(lambda: arrived(workspace) > before)
    studio.kill()
    expect(form.locator(".drop-pace")).to_contain_text("goes on once it is back", timeout=15_000)
    throttle(line, -1)
    studio.start()
    expect(form.locator(".rows-line input")).to_have_value(re.compile(r"^uploads/.+/large\.jsonl$"), timeout=30_000)
    assert (workspace.uploads / begun.name / "large.jsonl").read_bytes() == large.read_bytes(), "one upload all the way"
    until(lambda: page.evaluate("Object.keys(sessionStorage).every((key) => sessionStorage[key] === '[]')"))
    says(recipe_of(page, "dataset"), "large.jsonl")
    assert [path.name for path in (workspace.uploads / ".incoming").iterdir()] == []
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tus::'))") == []
    page.close()


def test_how_a_file_is_read_stands_folded_below_it(browser: Browser, studio: Studio, tmp_path: Path) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}#data")
    page.wait_for_selector("body.ready-dataset")
    form = page.locator("#tab-data")
    russian = tmp_path / "russian.csv"
    russian.write_bytes("question,answer\nЧем снять боль?,Анальгин\n".encode("cp1251"))
    plain = tmp_path / "plain.csv"
    plain.write_text("question;answer\n肝素过量用什么药？;鱼精蛋白。\n", encoding="utf-8")
    form.locator("input[type=file]").set_input_files(russian)
    expect(form.locator(".drop .notice.warn")).to_contain_text("无法判断这个文本的编码")
    form.locator("input[type=file]").set_input_files(plain)
    expect(form.locator(".rows-line")).to_have_count(1)
    expect(form.get_by_label("编码")).to_be_hidden()
    form.locator(".rows-more summary").click()
    form.get_by_label("编码").fill("utf-8")
    form.get_by_label("分隔符").select_option("分号")
    yaml = recipe_of(page, "dataset", "")
    says(yaml, "delimiter: semicolon")
    says(yaml, "encoding: utf-8")
    form.get_by_label("编码").fill("auto")
    expect(yaml).not_to_have_value(re.compile("encoding"))
    page.reload()
    page.wait_for_selector("body.ready-dataset")
    expect(form.get_by_label("分隔符")).to_be_visible()  # what says something is not folded away
    page.close()
