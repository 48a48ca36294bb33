"""A row as the model sees it, on the page: tokens of a long row, options that word it, the lengths of all rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.models.load import load_tokenizer
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.store import RunStore
from studio.training.encoding import encode
from studio.training.lengths import measure, write
from studio.training.lesson import LessonOptions
from studio.training.recipe import LengthsRecipe
from tests.ui.bare import Bare
from tests.ui.test_accessibility import AXE, DAY, FIND, NIGHT
from tests.ui.test_modules_listing import opened
from tests.ui.test_rows import dataset_of

LONG = "<b>患者</b>高热三天，咳嗽，咳痰，胸痛。\n" * 180
ROWS: list[Row] = [
    Question(id="long", stem=LONG, options={"A": "肺炎", "B": "哮喘", "C": "肺结核"}, gold="A", explanation="肺炎（A对）。"),
    *[Question(id=str(n), stem="What reverses heparin?" + " heparin" * n, gold="Protamine.") for n in range(20)],
]  # fmt: skip


@pytest.fixture
def workspace(bare: Bare, tiny_model: Path) -> Iterator[Workspace]:
    """The one that the page is over, with the tiny model in it."""
    for run in RunStore(bare.workspace).all():
        shutil.rmtree(run.path)
    here = bare.workspace.models / "tiny"
    here.symlink_to(tiny_model)
    yield bare.workspace
    here.unlink()


def shown(page: Page) -> Page:
    """Unfold the section of the row that is open, and wait for its tokens."""
    page.evaluate("async () => (await load('tokens')).start()")
    page.get_by_text("As the model sees it").click()
    expect(page.locator(".token-said")).not_to_be_empty(timeout=90_000)
    return page


def measured(workspace: Workspace, model: Path, dataset: Run) -> None:
    """Leave the lengths as a run leaves them."""
    values = {"name": "l", "model": "tiny", "dataset": f"runs/{dataset.id}/dataset"}
    recipe = LengthsRecipe.model_validate(values)
    found = references.resolve_all(workspace, recipe).require()
    run = RunStore(workspace).create(recipe, {"references": references.dump(found)})
    write(run.path / "lengths", measure(dataset.path / "dataset", load_tokenizer(model), LessonOptions(), 42, Silent()))
    run.write_result("finished", metrics={}, outputs={"lengths": "lengths"}, error=None)


def test_a_long_row_is_drawn_where_it_is_looked_at(
    bare: Bare, workspace: Workspace, tiny_model: Path, new_run: Callable[..., Run]
) -> None:
    run = dataset_of(new_run, ROWS)
    for split in ("val", "test"):
        (run.path / "dataset" / f"{split}.jsonl").touch()
    measured(workspace, tiny_model, run)
    tokenizer = load_tokenizer(tiny_model)
    [whole], [short] = (encode(ROWS[:1], tokenizer, length).rows for length in (100_000, 512))
    with opened(bare, f"#rows={run.id}?row=1") as page:
        shown(page)
        view, said = page.locator(".token-view"), page.locator(".token-said")
        total, kept = len(whole["input_ids"]), len(short["input_ids"])
        assert total > 8000
        expect(said).to_contain_text(f"{total:,} tokens")
        expect(said).to_contain_text(f"Longer than 512: a training sees {kept:,}")
        expect(said).to_contain_text("the beginning of its prompt's text")
        # all of the text is there, a part of it token by token; what somebody wrote is text
        assert 0 < view.locator("span").count() < 3000
        assert view.evaluate("view => view.textContent.length") > len(LONG)
        assert view.locator("b").count() == 0
        expect(view.locator("span.special").first).to_have_text("<|im_start|>")
        # the keyboard scrolls it, and what comes into sight is drawn
        view.press("End")
        expect(view.locator(".drawn .learned").first).to_be_visible()
        learned = view.locator(".learned")
        assert "underline" in learned.first.evaluate("token => getComputedStyle(token).textDecorationLine")
        assert "".join(learned.all_inner_texts()) == "A. 肺炎<|im_end|>"
        view.press("Home")
        page.get_by_role("button", name="To the cut").click()
        cut = view.locator(".cut").first
        expect(cut).to_be_in_viewport()
        assert "line-through" in cut.evaluate("token => getComputedStyle(token).textDecorationLine")
        # the options that word the row
        page.get_by_label("Answer style").select_option("explanation_first")
        page.get_by_role("button", name="To what is learned").click()
        expect(view.locator(".drawn .learned").first).to_be_visible()
        expect(view).to_contain_text("肺炎（A对）。↵\n↵\n故选A. 肺炎")
        page.get_by_label("Answer style").select_option("letter_text")
        # how many rows a cut cuts, at once
        expect(page.locator(".lengths-plot output")).to_contain_text("1 of 21 rows (4.8%) are longer than 512 tokens")
        page.get_by_label("Longest row").fill("20")
        expected = sum(len(row["input_ids"]) > 20 for row in encode(ROWS, tokenizer, 100_000).rows)
        expect(page.locator(".lengths-plot output")).to_contain_text(f"{expected} of 21 rows")
        page.get_by_label("Cut at").fill("1000")
        expect(page.get_by_label("Longest row")).to_have_value("1000")
        expect(said).to_contain_text("Longer than 1,000")
        # the next row is shown in the same way
        page.get_by_role("button", name="Next row").click()
        expect(page.locator(".token-said")).not_to_contain_text("Longer")
        expect(page.locator(".token-said")).to_contain_text("tokens")
        expect(page.get_by_label("Longest row")).to_have_value("1000")
        page.evaluate(AXE)
        assert page.evaluate(FIND.replace("document,", "document.querySelector('.tokens-of'),"), DAY) == []
        page.evaluate("document.body.classList.add('dark')")
        assert page.evaluate(FIND.replace("document,", "document.querySelector('.tokens-of'),"), NIGHT) == []


def test_what_is_looked_at_stays_though_the_row_is_drawn_anew(
    bare: Bare, workspace: Workspace, new_run: Callable[..., Run]
) -> None:
    run = dataset_of(new_run, ROWS)
    with opened(bare, f"#rows={run.id}?row=1") as page:
        shown(page)
        view = page.locator(".token-view")
        # what stands around the section changes, as it does when the next rows get known: the section does not
        view.evaluate("view => { view.kept = true; view.focus(); view.scrollTop = 900; }")
        page.evaluate(
            """async () => {
                const drawer = document.querySelector('[data-slice="drawer"]');
                const fresh = drawer.cloneNode(true);
                fresh.querySelector(".tokens-of").open = false;
                fresh.querySelector(".token-view").replaceChildren();
                fresh.querySelector(".bar").append("new");
                (await load("parts")).replace(drawer, fresh.innerHTML);
            }"""
        )
        expect(page.locator(".drawer .bar")).to_contain_text("new")
        assert page.locator(".drawer .bar").count() == 1
        assert view.evaluate("view => [view.kept, view.scrollTop, document.activeElement === view]") == [
            True,
            900,
            True,
        ]
        # a jump while an answer is on its way counts for what the answer brings
        page.route("**/tokens", lambda route: (page.wait_for_timeout(600), route.continue_()))
        page.get_by_label("Answer style").select_option("explanation_first")
        page.get_by_role("button", name="To what is learned").click()
        expect(view).to_contain_text("故选A. 肺炎")
        expect(view.locator(".drawn .learned").first).to_be_in_viewport()
        # whoever has scrolled since stays there
        view.press("Home")
        page.wait_for_function("document.querySelector('.token-view').scrollTop === 0")
        page.get_by_label("Answer style").select_option("letter")
        expect(view).not_to_contain_text("故选A. 肺炎")
        assert view.evaluate("view => view.scrollTop") == 0


def test_a_model_that_cannot_show_a_row_is_told_with_what_to_do(
    bare: Bare, workspace: Workspace, tiny_model: Path, new_run: Callable[..., Run]
) -> None:
    bad = workspace.models / "zbad"
    shutil.copytree(tiny_model, bad)
    (bad / "chat_template.jinja").write_text("{{ raise_exception('<i>only</i> doctors') }}")
    run = dataset_of(new_run, ROWS[1:3])
    with opened(bare, f"#rows={run.id}?row=1") as page:
        shown(page)
        page.get_by_label("Base model").select_option("zbad")
        expect(page.locator(".token-said")).to_contain_text("the chat template refuses it: <i>only</i> doctors")
        expect(page.locator(".token-said")).to_contain_text("Choose an -Instruct model")
        expect(page.locator(".token-view")).to_be_hidden()
        shutil.rmtree(bad)
        page.get_by_label("Shuffle options").check()
        expect(page.locator(".token-said")).to_contain_text("there is no model 'zbad' here")
        expect(page.locator(".token-said")).to_contain_text("Fetch a model on Home")
