"""A dataset exported from its page as a workbook, corrected, and given back."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from studio.core.workspace import Workspace
from studio.data.dataset_folder import read_rows
from studio.runs.directory import Run
from studio.runs.store import RunStore
from tests.data.given_away import ROWS, dataset
from tests.ui.conftest import Studio, until


@pytest.fixture
def made(new_run: Callable[..., Run]) -> Run:
    run = new_run("dataset", name="gift", sources=[{"file": "x"}])
    dataset(run.path / "dataset", ROWS["question"])
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def test_a_corrected_workbook_becomes_a_new_dataset(
    browser: Browser, studio: Studio, workspace: Workspace, made: Run, tmp_path: Path
) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#data={made.id}")
    panel = page.locator("#tab-data .output")
    with page.expect_download() as zipped:
        panel.get_by_role("link", name="LLaMA-Factory").click()
    zipped.value.save_as(tmp_path / "lf.zip")
    assert zipped.value.suggested_filename == "gift-llama_factory.zip"
    with zipfile.ZipFile(tmp_path / "lf.zip") as archive:
        assert set(json.loads(archive.read("gift-llama_factory/dataset_info.json"))) == {"gift_train", "gift_test"}
    with page.expect_download() as saved:
        panel.get_by_role("link", name="Workbook to correct (XLSX)").click()
    path = tmp_path / "gift.xlsx"
    saved.value.save_as(path)
    expect(panel.get_by_role("link", name="Workbook to correct (XLSX)")).to_be_visible()  # and no longer busy

    book = load_workbook(path)
    sheet = book["rows 数据"]
    assert sheet["I2"].value == "B" and sheet["E2"].value == "肝素过量用什么拮抗？"
    sheet["I2"].value = "D"
    book.save(path)
    back = panel.get_by_label("Read back a corrected workbook")
    back.set_input_files(path)
    expect(page.locator(".toast.shown")).to_contain_text("cell I2: the right answer is 'D', which is no option")
    page.locator(".toast.shown").click()

    sheet["I2"].value, sheet["E2"].value = "B", "肝素过量时用什么拮抗？"
    book.save(path)
    back.set_input_files(path)
    expect(page).to_have_url(re.compile(r"#data=(?!" + made.id + ")"))
    until(lambda: any(entry.name == "gift-corrected" for entry in RunStore(workspace).finished("dataset")))
    expect(page.locator("#tab-data .exports").first).to_contain_text("Export")
    run = next(entry.run for entry in RunStore(workspace).finished("dataset") if entry.name == "gift-corrected")
    assert read_rows(run.path / "dataset", "train")[0].asked[0] == "肝素过量时用什么拮抗？"
    assert (run.result() or {})["metrics"]["corrected"] == 1
    page.goto(f"{studio.url}#data={run.id}")
    expect(page.locator("#tab-data .exports label")).to_contain_text("读回修改后的工作簿")
    page.close()

    only_page = httpx.post(f"{studio.url}studio/corrections/{made.id}?name=a.xlsx", content=b"x")
    assert only_page.status_code == 403
    gone = httpx.get(f"{studio.url}studio/export/{made.id}/nothing?lang=en")
    assert gone.status_code == 400 and "alpaca" in gone.json()["notice"]
    wrong = httpx.post(
        f"{studio.url}studio/corrections/{made.id}?name=a.csv&lang=en", content=b"x", headers={"X-Studio": "page"}
    )
    assert wrong.status_code == 400 and "no workbook" in wrong.json()["notice"]
    assert not list(workspace.uploads.glob(".incoming/*"))
