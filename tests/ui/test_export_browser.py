"""A dataset exported from its page as a workbook, corrected, and given back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from studio.core.workspace import Workspace
from studio.data.dataset_folder import read_rows
from studio.runs.directory import Run
from studio.runs.store import RunStore
from tests.data.given_away import ROWS, dataset
from tests.ui.conftest import Studio, recipe_of, says, until


@pytest.fixture
def made(new_run: Callable[..., Run]) -> Run:
    run = new_run("dataset", name="gift", sources=[{"file": "x"}], exports=["alpaca"])
    dataset(run.path / "dataset", ROWS["question"])
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def workbook_of(page: Page, made: Run, path: Path) -> Path:
    """Export a dataset from its page as a workbook."""
    panel = page.locator("#tab-data .output")
    with page.expect_download() as saved:
        panel.get_by_role("link", name="Workbook to correct (XLSX)").click()
    saved.value.save_as(path)
    expect(panel.get_by_role("link", name="Workbook to correct (XLSX)")).to_be_visible()  # and no longer busy
    return path


@pytest.fixture
def page(browser: Browser, studio: Studio, made: Run) -> Iterator[Page]:
    """The page with the dataset's panel."""
    studio.start()
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened.goto(f"{studio.url}en/#data={made.id}")
    yield opened
    opened.close()


def test_what_is_exported_comes_as_files(
    page: Page, studio: Studio, workspace: Workspace, made: Run, tmp_path: Path
) -> None:
    panel = page.locator("#tab-data .output")
    with page.expect_download() as zipped:
        panel.get_by_role("link", name="LLaMA-Factory").click()
    zipped.value.save_as(tmp_path / "lf.zip")
    assert zipped.value.suggested_filename == "gift-llama_factory.zip"
    with zipfile.ZipFile(tmp_path / "lf.zip") as archive:
        assert set(json.loads(archive.read("gift-llama_factory/dataset_info.json"))) == {"gift_train", "gift_test"}

    only_page = httpx.post(f"{studio.url}studio/corrections/{made.id}?name=a.xlsx", content=b"x")
    assert only_page.status_code == 403
    gone = httpx.get(f"{studio.url}studio/export/{made.id}/nothing?lang=en")
    assert gone.status_code == 400 and "alpaca" in gone.json()["notice"]
    wrong = httpx.post(
        f"{studio.url}studio/corrections/{made.id}?name=a.csv&lang=en", content=b"x", headers={"X-Studio": "page"}
    )
    assert wrong.status_code == 400 and "no workbook" in wrong.json()["notice"]
    assert not list(workspace.uploads.glob(".incoming/*"))


def test_a_corrected_workbook_becomes_a_new_dataset(
    page: Page, studio: Studio, workspace: Workspace, made: Run, tmp_path: Path
) -> None:
    path = workbook_of(page, made, tmp_path / "gift.xlsx")
    book = load_workbook(path)
    sheet = book["rows 数据"]
    assert sheet["I2"].value == "B" and sheet["E2"].value == "肝素过量用什么拮抗？"
    sheet["I2"].value = "D"
    book.save(path)
    back = page.get_by_label("Read back a corrected workbook")
    back.set_input_files(path)
    expect(page.locator(".toast.shown")).to_contain_text("cell I2: the right answer is 'D', which is no option")
    page.locator(".toast.shown").click()

    sheet["I2"].value, sheet["E2"].value = "B", "肝素过量时用什么拮抗？"
    book.save(path)
    back.set_input_files(path)
    told = page.locator("#tab-data .understood")
    expect(told.get_by_role("listitem").first).to_have_text("Rows that change: 1 (stem 1)")
    (row,) = told.locator(".changes-of tbody tr").all()
    expect(row.locator("td").first).to_have_text("Training · q1")
    expect(row.locator("del")).to_have_text("肝素过量用什么拮抗？")
    expect(row.locator("ins")).to_have_text("肝素过量时用什么拮抗？")
    assert not [entry for entry in RunStore(workspace).entries("dataset") if entry.name == "gift-corrected"]
    expect(page.locator("#field-dataset-name input")).to_have_value("gift-corrected")
    page.locator("#form-dataset .rows-more summary").click()
    page.locator("#form-dataset").get_by_label("Licence").fill("CC BY 4.0")
    page.get_by_role("button", name="Start").locator("visible=true").click()
    until(lambda: any(entry.name == "gift-corrected" for entry in RunStore(workspace).finished("dataset")))
    expect(page.locator("#tab-data .exports").first).to_contain_text("Export")
    run = next(entry.run for entry in RunStore(workspace).finished("dataset") if entry.name == "gift-corrected")
    assert read_rows(run.path / "dataset", "train")[0].asked[0] == "肝素过量时用什么拮抗？"
    assert (run.result() or {})["metrics"]["corrected"] == 1
    assert run.recipe_values()["exports"] == ["alpaca"], "what its own recipe says holds again"
    about = json.loads((run.path / "dataset" / "dataset.json").read_text(encoding="utf-8"))
    assert about["sources"][0]["licence"] == "CC BY 4.0"

    page.goto(f"{studio.url}#data={run.id}")
    expect(page.locator("#tab-data .exports label")).to_contain_text("读回修改后的工作簿")


def test_what_becomes_of_rows_that_a_workbook_lost_is_asked_on_the_form(page: Page, made: Run, tmp_path: Path) -> None:
    path = workbook_of(page, made, tmp_path / "gift.xlsx")
    book = load_workbook(path)
    book["rows 数据"].delete_rows(2)
    book.save(path)
    page.get_by_label("Read back a corrected workbook").set_input_files(path)
    told = page.locator("#tab-data .understood")
    expect(told).to_contain_text("1 rows of the dataset are missing (id q1)")
    told.get_by_label("Rows lost").select_option("keep")
    expect(told.get_by_role("listitem").first).to_have_text("Rows that change: 0")
    says(recipe_of(page, "dataset"), "lost: keep")
