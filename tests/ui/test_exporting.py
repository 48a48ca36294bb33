"""An export says how far it is, in rows while they are written and in bytes while they come."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from studio.core.workspace import Workspace
from studio.data.export import export
from studio.data.records.question import Question
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.exporting import Exporting
from studio.ui.outputs import OUTPUTS
from tests.data.given_away import dataset
from tests.ui.bare import Bare, put

ROWS = [Question(id=f"q{n}", stem=f"What reverses drug {n}? " * 4, gold=f"Antidote {n}. " * 9) for n in range(12_000)]
# what the link has said, one after the other
SAID = """() => {
    const link = document.querySelector("a[href*='/xlsx?']");
    window.said = [];
    new MutationObserver(() => said.push(link.textContent)).observe(link, { childList: true, characterData: true, subtree: true });
}"""


def given(workspace: Workspace, new_run: Callable[..., Run]) -> Run:
    run = new_run("dataset", name="gift", sources=[{"file": "x"}])
    if run.path.parent != workspace.runs:  # of the page that a file's tests share
        run = Run(run.path.rename(workspace.runs / run.id))
    dataset(run.path / "dataset", ROWS)
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def test_what_is_written_is_known_while_it_is(workspace: Workspace, new_run: Callable[..., Run]) -> None:
    folder = given(workspace, new_run).path / "dataset"
    exporting = Exporting()
    with exporting.writing("mine", folder) as written:
        assert exporting.told("mine") == (0, len(ROWS))
        export(folder, "alpaca", workspace.root / "made", written)
        assert exporting.told("mine") == (len(ROWS), len(ROWS))
    assert exporting.told("mine") is None


def test_a_link_says_how_many_rows_are_written_and_then_how_much_has_come(
    bare: Bare, new_run: Callable[..., Run]
) -> None:
    run = given(bare.workspace, new_run)
    html = str(OUTPUTS.load("dataset").show(Context(bare.workspace, "en"), run, run.path / "dataset"))
    with bare.page("actions", "exports") as page:
        put(page, html.replace('href="../studio/', 'href="/studio/'))
        page.evaluate(SAID)
        link = page.locator("a[href*='/xlsx?']")
        with page.expect_download(timeout=90_000) as saved:
            link.click()
        assert saved.value.suggested_filename == "gift-xlsx.xlsx"
        expect(link).to_have_text("Workbook to correct (XLSX)")
        said = page.evaluate("said")
        assert said[0] == "Preparing…"
        assert any(re.fullmatch(r"[\d,]+ of 12,000 rows", words) for words in said), said
        assert any(re.fullmatch(r"[\d.]+ [KM]B of [\d.]+ [KM]B", words) for words in said), said
