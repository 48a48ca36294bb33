"""A form and its text are merged field by field: no edit is lost, whichever side it was made on, and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.runs.kinds import KINDS
from studio.ui.form import recipe_text, values
from studio.ui.form.draft import Draft, Drafts
from studio.ui.form.field import fields_of

FIELDS = fields_of(KINDS.load("train").recipe)
DRAFTS = Drafts("train", FIELDS)
FIRST = recipe_text.first("train", FIELDS, {"name": "my-model", "dataset": "demo"})
FRESH = DRAFTS.restored("", "", FIRST)


def form(text: str, **edits: Any) -> dict[str, Any]:
    """Return what a form says that shows a text, with edits by hand."""
    said = recipe_text.values_today(text, "train") or {}
    shown = {field.name: values.read(field, values.shown(field, said.get(field.name, field.default))) for field in FIELDS}  # fmt: skip
    return shown | edits


def said(draft: Draft) -> dict[str, Any]:
    return recipe_text.values_today(draft.text, "train") or {}


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    assert DRAFTS.edited_form(FRESH, form(FIRST)) == FRESH
    assert (FRESH.text, FRESH.kept, FRESH.offered) == (FIRST, "", FIRST)


def test_what_is_set_by_hand_reaches_the_text_and_comments_stay() -> None:
    text = "# mine\nkind: train\nname: m  # the name\ndataset: demo\nfoo: 1\n"
    draft = DRAFTS.edited_form(Draft(text, text, FIRST), form(text, batch_size=3))
    assert said(draft)["batch_size"] == 3
    assert all(line in draft.text for line in text.splitlines())
    assert draft.kept == draft.text


def test_no_edit_is_lost_while_one_side_has_not_heard_of_the_other() -> None:
    """The text was edited, then the form, and Start pressed, before the first answer is there; or in any other order."""
    typed = FIRST.replace("epochs: 3", "epochs: 7")
    unheard = Draft(typed, "", FIRST), form(FIRST, batch_size=5)  # the form shows the text of before
    heard = DRAFTS.edited_text(Draft(FIRST, "", FIRST), typed), form(typed, batch_size=5)
    written = DRAFTS.edited_form(Draft(FIRST, "", FIRST), form(FIRST, batch_size=5))
    typed_on = replace(written, text=written.text.replace("epochs: 3", "epochs: 7")), form(FIRST, batch_size=5)
    for draft, given in (unheard, heard, typed_on):
        after = said(DRAFTS.edited_form(draft, given))
        assert (after["epochs"], after["batch_size"], after["name"]) == (7, 5, "my-model")


def test_a_text_just_typed_counts_though_the_form_shows_another() -> None:
    text = FIRST.replace("my-model", "typed")
    assert said(DRAFTS.edited_form(Draft(text, "", FIRST), form(FIRST)))["name"] == "typed"
    older = Draft(text, "kind: [", FIRST)  # the form shows what it showed before the text was broken
    assert DRAFTS.edited_form(older, form(FIRST)) == older


def test_no_form_writes_into_a_broken_text() -> None:
    broken = Draft("kind: train\nseed: [\n", FIRST, FIRST)
    assert broken.is_broken and DRAFTS.values(broken) is None
    for after in (
        DRAFTS.edited_form(broken, form(FIRST, batch_size=3)),
        DRAFTS.chosen(broken, [("dataset", "other")]),
        DRAFTS.followed(broken, FIRST.replace("demo", "newer")),
    ):
        assert after.text == broken.text


def test_a_text_that_was_emptied_is_written_anew_by_the_form() -> None:
    after = DRAFTS.edited_form(Draft("", "", FIRST), form(FIRST, name="again"))
    assert (said(after)["name"], said(after)["dataset"]) == ("again", "demo")


def test_what_nobody_touched_follows_what_is_made_and_what_was_chosen_stays() -> None:
    now = FIRST.replace("dataset: demo", "dataset: newer")
    assert DRAFTS.followed(FRESH, now) == Draft(now, "", now)
    edited = DRAFTS.edited_form(FRESH, form(FIRST, batch_size=3))
    followed = DRAFTS.followed(edited, now)
    assert (said(followed)["dataset"], said(followed)["batch_size"]) == ("newer", 3)
    assert followed.kept == followed.text
    chosen = DRAFTS.edited_form(FRESH, form(FIRST, dataset="few"))
    assert said(DRAFTS.followed(chosen, now))["dataset"] == "few"


def test_a_reload_brings_back_what_was_kept_and_follows_what_was_not_touched() -> None:
    now = FIRST.replace("dataset: demo", "dataset: newer")
    kept = FIRST.replace("epochs: 3", "epochs: 9")
    back = DRAFTS.restored(kept, FIRST, now)
    assert (said(back)["epochs"], said(back)["dataset"], back.kept) == (9, "newer", back.text)
    assert DRAFTS.restored(None, None, now) == Draft(now, "", now)
    assert DRAFTS.restored(kept, None, now).text == kept, "what was offered is not known"


def test_a_link_chooses_several_things_at_once() -> None:
    fields = fields_of(KINDS.load("evaluate").recipe)
    drafts = Drafts("evaluate", fields)
    first = recipe_text.first("evaluate", fields, {"name": "r", "dataset": "a", "models": ["base"], "knowledge": "k"})
    things = [("model", "mine"), ("dataset", "b"), ("knowledge", "own"), ("nothing", "x")]
    after = recipe_text.values_today(drafts.chosen(Draft(first, "", first), things).text, "evaluate") or {}
    assert (after["models"], after["dataset"], after["knowledge"]) == (["base", "mine"], "b", "own")
    again = drafts.chosen(Draft(first, "", first), [("model", "base")])
    assert (recipe_text.values_today(again.text, "evaluate") or {})["models"] == ["base"]


def test_uploads_are_added_behind_what_is_listed() -> None:
    fields = fields_of(KINDS.load("knowledge").recipe)
    drafts = Drafts("knowledge", fields)
    text = "kind: knowledge\nname: k\nsources:\n- a.md\n"
    after = drafts.added(Draft(text, text, text), "sources", ["b.md", "c.md"])
    assert (recipe_text.values_today(after.text, "knowledge") or {})["sources"] == ["a.md", "b.md", "c.md"]
    assert drafts.added(after, "sources", []) == after


def test_form_and_text_agree_whichever_was_edited() -> None:
    assert DRAFTS.agreed(FRESH, form(FIRST)) == FRESH
    text = FIRST.replace("batch_size: 8", "batch_size: 4")
    both = DRAFTS.agreed(replace(FRESH, text=text), form(FIRST, epochs=1))
    assert (said(both)["batch_size"], said(both)["epochs"]) == (4, 1)
    assert both.kept == both.text and both.offered == FIRST
    broken = DRAFTS.agreed(replace(FRESH, text="a: [1"), form(FIRST, epochs=1))
    assert (broken.text, broken.kept) == ("a: [1", "a: [1")  # a reload keeps it, as it is


def test_only_fields_that_say_something_else_are_written() -> None:
    given = form(FIRST, batch_size=None)  # emptied, with another number to come
    edited = DRAFTS.agreed(FRESH, given)
    assert DRAFTS.unlike(edited, FRESH, given) == {}
    text = FIRST.replace("epochs: 3", "epochs: 1")
    draft = replace(FRESH, text=text)
    assert DRAFTS.unlike(DRAFTS.agreed(draft, given), draft, given) == {"epochs": 1}
    assert DRAFTS.unlike(Draft("a: [1", "a: [1"), FRESH, given) == {}
