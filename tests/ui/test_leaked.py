"""Leaks on the page: counted, both sides beside each other, and the dataset made again without them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Browser, expect

from studio.core.files import write_json
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.leaks.portion import Portion
from studio.data.leaks.recipe import LeaksRecipe
from studio.data.leaks.report import write_leaks
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.listings.base import Asked
from studio.ui.listings.leaked import LISTING
from studio.ui.outputs.leaks import OUTPUT
from studio.ui.without_leaks import without_leaks
from tests.ui.conftest import Studio, until

EXAM = [
    "华法林过量导致牙龈出血时，首选的拮抗剂是",
    "Which medicine reverses an overdose of heparin in an adult patient?",
]
LEARNT = [
    "华法林过量导致牙龈出血时,首选的拮抗剂是（　）。",
    "华法林过量导致牙龈出血时，首选的拮抗药是",
    "Tell me if p<0.05 & now: which medicine reverses an overdose of heparin in an adult patient?",
    "肝素诱导的血小板减少症，应当停用哪一种药物并改用什么",
]


def dataset(new_run: Callable[..., Run], name: str, split: str, stems: Sequence[str]) -> Run:
    run = new_run("dataset", name=name, sources=[{"file": "x"}])
    folder = run.path / "dataset"
    folder.mkdir()
    parts = {"train": [], "val": [], "test": [], split: stems}
    for part, asked in parts.items():
        rows = [
            {
                "id": f"{name}-{number}",
                "stem": stem,
                "gold": "维生素K",
                "source": {"file": f"{name}.jsonl", "line": number},
            }
            for number, stem in enumerate(asked, 1)
        ]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{part}.jsonl").write_text(text, encoding="utf-8")
    counts = {part: len(asked) for part, asked in parts.items()}
    write_json(folder / "dataset.json", {"record": "question", "splits": counts, "rows": len(stems), "rejected": 0})
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


@pytest.fixture
def report(workspace: Workspace, new_run: Callable[..., Run]) -> Run:
    """A leak report: of the four rows, one asks a question of the exam, one nearly, and one holds the other question."""
    mine = dataset(new_run, "mine", "train", LEARNT)
    exam = dataset(new_run, "exam", "test", EXAM)
    recipe = LeaksRecipe(name="check", dataset="mine", against=["exam"])
    found = references.resolve_all(workspace, recipe).require()
    run = RunStore(workspace).create(recipe, {"references": references.dump(found)})
    portions = Portion("mine", mine.path / "dataset", "train"), [Portion("exam", exam.path / "dataset", "test")]
    metrics = write_leaks(*portions, recipe.near, recipe.overlap, run.path / "leaks", Silent())
    run.write_result("finished", metrics=metrics, outputs={"leaks": "leaks"}, error=None)
    return run


def stems(run: Run) -> list[str]:
    until(lambda: not run.active())
    assert run.status() == "finished", run.log_file.read_text()
    lines = (run.path / "dataset" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["stem"] for line in lines]


def test_a_report_says_what_was_found_and_shows_both_sides(zh: Context, report: Run) -> None:
    shown = str(OUTPUT.show(zh, report, report.path / "leaks"))
    assert "mine 的 4 行中，有 3 行泄漏了测试题" in shown and f"#leaked={report.id}?how=near" in shown
    asked = Asked(of=report.id)
    page = LISTING.page(zh, asked)
    sorts = [row.leak["sort"] for row in page.rows]
    assert sorts == ["exact", "near", "contained"] and dict(page.counts["how"]) == dict.fromkeys(sorts, 1)
    assert LISTING.drawer is not None
    drawn = str(LISTING.drawer(zh, Asked(of=report.id, chosen=page.rows[2].id)))
    assert (
        "Tell me if p&lt;0.05 &amp; now: w<mark>hich medicine reverses an overdose of heparin in an adult patient?</mark>"
        in drawn
    )
    assert "exam.jsonl:2" in drawn and "mine.jsonl:3" in drawn


def test_a_dataset_is_made_again_without_some_sort_of_leaks(workspace: Workspace, report: Run) -> None:
    run = without_leaks(workspace, report.id, sorts=["exact", "contained"])
    assert (run.name, stems(run)) == ("mine-clean", [LEARNT[1], LEARNT[3]])
    left = [json.loads(line) for line in (run.path / "dataset" / "rejected.jsonl").read_text().splitlines()]
    assert [item["outcome"] for item in left] == ["dropped", "dropped"]
    assert left[0]["reason"]["en"] == "it gives away exam test line 1: the same question"
    assert len(RunStore(workspace).all("dataset")) == 3  # the one that was looked at stays


def test_a_datasets_own_report_is_shown_and_removed_the_same_way(
    en: Context, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    mine, exam = dataset(new_run, "mine", "train", LEARNT), dataset(new_run, "exam", "test", EXAM)
    portions = Portion("mine", mine.path / "dataset", "train"), [Portion("exam", exam.path / "dataset", "test")]
    write_leaks(*portions, 0.6, 0.5, mine.path / "dataset" / "leaks", Silent())
    outputs = {"dataset": "dataset", "leaks": "dataset/leaks"}
    mine.write_result("finished", metrics={}, outputs=outputs, error=None)
    shown = str(OUTPUT.show(en, mine, mine.path / "dataset" / "leaks"))
    assert "3 of 4 rows of mine give test questions away" in shown
    asked = Asked(of=mine.id)
    assert len(LISTING.page(en, asked).rows) == 3 and LISTING.heading is not None
    heading = str(LISTING.heading(en, asked))
    assert f"#data={mine.id}" in heading and f"file/{mine.id}/dataset/leaks/leaks.jsonl" in heading
    run = without_leaks(workspace, mine.id, lines=[2])
    assert (run.name, stems(run)) == ("mine-clean", [LEARNT[0], LEARNT[2], LEARNT[3]])


def test_a_leak_is_opened_side_by_side_and_removed(browser: Browser, studio: Studio, report: Run) -> None:
    studio.start()
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{studio.url}en/#leaks={report.id}")
    page.get_by_role("link", name="Look at them side by side").click()
    sheet = page.get_by_role("dialog", name="Leak check check")
    expect(sheet.locator("tr[data-row]")).to_have_count(3)
    sheet.locator("select[data-param=how]").select_option("near")
    expect(sheet.locator("tr[data-row]")).to_have_count(1)
    sheet.locator("tr[data-row] .pair").click()
    sides = sheet.locator(".drawer .beside-of section")
    expect(sides).to_have_count(2)
    expect(sides.first.locator("mark")).to_have_text(["华法林过量导致牙龈出血时，首选的拮抗"])
    assert sides.nth(1).bounding_box()["x"] > sides.first.bounding_box()["x"]  # type: ignore[index]
    sheet.get_by_label("Select", exact=False).last.check()
    sheet.get_by_role("button", name="Make the dataset without these").click()
    until(lambda: len(RunStore(studio.workspace).all("dataset")) == 3)
    made = RunStore(studio.workspace).all("dataset")[0]
    expect(page).to_have_url(f"{studio.url}en/#data={made.id}")
    assert stems(made) == [LEARNT[0], LEARNT[2], LEARNT[3]]
    page.close()
