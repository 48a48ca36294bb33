"""The tab of a kind: its recipe's form, what follows from it, its YAML folded below, and the runs that came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from functools import partial
from typing import Any

import gradio as gr
from markupsafe import Markup

from studio.core.errors import StudioError
from studio.runs.kind import Introduction
from studio.runs.kinds import KINDS
from studio.runs.launch import start
from studio.runs.store import RunStore
from studio.ui import wanted
from studio.ui.form import drop, recipe_text, understanding
from studio.ui.form.beneath import beneath
from studio.ui.form.controls import Control, control, refreshed
from studio.ui.form.draft import Draft, Drafts
from studio.ui.form.faults import fault_notice
from studio.ui.form.field import Field, fields_of
from studio.ui.form.forecast_line import forecast_line
from studio.ui.form.meaning import meaning
from studio.ui.html import fill, join, notice
from studio.ui.place import Place, Restoring
from studio.ui.polled import polled, static

_TEXT, _MESSAGE = 2, 5  # places among what an answer may change, as `assets/js/merge.js` has them
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build(place: Place, kind: str, introduction: Introduction) -> None:
    """Make a kind's tab: the form, the buttons, the YAML and the run panel."""
    _Form(place, kind, introduction).build()


class _Form:
    def __init__(self, place: Place, kind: str, introduction: Introduction) -> None:
        self._place = place
        self._context = place.context
        self._kind = kind
        self._introduction = introduction
        self._uploads = introduction.uploads
        self._fields = fields_of(KINDS.load(kind).recipe)
        self._drafts = Drafts(kind, self._fields)
        self._controls: list[Control] = []
        self._meanings: dict[str, gr.HTML] = {}
        self._drawn = self._first()

    def build(self) -> None:
        context, kind = self._context, self._kind
        say = context.say
        static(fill('<p class="intro">{}{}</p>', context.text(self._introduction.intro), self._beside_it()))
        with gr.Column(elem_classes="station form-side", elem_id=f"form-{kind}"):
            if self._uploads is not None:
                drop.area(context, kind, self._uploads)
            self._place_controls(advanced=False)
            if any(field.advanced for field in self._fields):
                with gr.Accordion(say("More options", "更多选项"), open=False, elem_classes="more"):
                    self._place_controls(advanced=True)
            message = gr.HTML("", js_on_load=None, apply_default_css=False, elem_classes="said")
            with gr.Row(elem_classes="go"):
                begin = gr.Button(say("Start", "开始"), variant="primary", elem_classes="begin", scale=0)
                check = gr.Button(say("Check", "检查"), elem_classes="check", scale=0)
                optional = say("Optional: starting checks as well.", "可选：开始前会自动检查。")
                static(fill('<p class="optional">{}</p>', optional))
            foreseen = gr.HTML("", js_on_load=None, apply_default_css=False, elem_classes="foreseen")
            recipe = say("Recipe (YAML)", "配方（YAML）")
            with gr.Accordion(recipe, open=False, elem_classes="more recipe copied"):
                code = gr.Textbox(
                    value=self._drawn,
                    label=recipe,
                    show_label=False,
                    info=say(
                        "The same recipe as text, for the command line and for sharing.",
                        "同一份配方的文本形式，可用于命令行和分享。",
                    ),
                    interactive=False,
                    lines=6,
                    max_lines=30,
                    elem_id=f"recipe-{kind}",
                    elem_classes="yaml",
                )
                with gr.Row(elem_classes="beneath"):
                    edit = gr.Button(say("Edit YAML", "编辑 YAML"), size="sm", scale=0)
                    gr.Button(say("Copy", "复制"), size="sm", scale=0, elem_classes="copies")
        polled("panel", kind=kind)
        self._controls.sort(key=lambda item: self._fields.index(item.field))
        edit.click(_editable, None, [code, edit], **_QUIET).then(None, None, None, js=_focus(f"recipe-{kind}"))
        self._wire(code, message, foreseen, check, begin)

    def _beside_it(self) -> Markup:
        """Return links to the forms that have their place beside this one."""
        found = (kind.introduction for kind in KINDS.all().values())
        return join(
            fill(' <a href="#{}">{} →</a>', each.tab, self._context.text(each.summary))
            for each in found
            if each is not None and each.beside == self._introduction.tab
        )

    def _place_controls(self, advanced: bool) -> None:
        with gr.Row(elem_classes="fields"):
            for field in self._fields:
                if field.advanced == advanced:
                    self._place_control(field)

    def _place_control(self, field: Field) -> None:
        if field.widget not in ("pick", "picks") and not field.told_by:
            self._controls.append(control(self._context, field, self._kind))
            if self._uploads is not None and field.name == self._uploads.field:
                understanding.area(self._kind)
            return
        with gr.Column(min_width=0, elem_classes=["cell", "wide"] if field.widget == "picks" else "cell"):
            self._controls.append(control(self._context, field, self._kind))
            self._meanings[field.name] = gr.HTML("", js_on_load=None, apply_default_css=False, elem_classes="meaning")

    def _wire(self, code: gr.Textbox, message: gr.HTML, foreseen: gr.HTML, check: gr.Button, begin: gr.Button) -> None:
        kept, offered = self._place.memory(self._kind, ""), self._place.memory(f"{self._kind}-offered", "")
        parts = [item.component for item in self._controls]
        said = [code, kept, offered, *parts]
        held = [self._place.wanted(self._kind), self._place.uploaded(self._kind), *said[:3], message, *parts]
        beside = [foreseen, *self._meanings.values()]
        offering = [item.component for item in self._offering()]

        def listen(triggers: list[Any], anew: bool) -> None:
            answer = gr.Textbox(visible=False)
            changes = [answer, *offering, *beside]
            how: dict[str, Any] = {"trigger_mode": "always_last", "js": _asking(self._kind), **_QUIET}
            asked = gr.on(triggers, partial(self._heard, anew), [answer, *held], changes, **how)
            asked.success(None, [answer, *held], held, js=_MERGED, **_QUIET)

        # A text box sends `input` for keys alone: what is pasted, deleted or composed comes as `change`, and so does
        # what is put there by an answer, which moves nothing.
        written = [part.change for part in (*held[:2], code, *parts) if isinstance(part, gr.Textbox)]
        listen([*(part.input for part in (code, *parts)), *written], anew=False)
        listen([self._place.tab.select, self._place.follow(self._kind).change], anew=True)
        self._place.restored.append(Restoring(self._kind, self._restore, [kept, offered], [*said, *beside]))
        check.click(self._check, said, [message], **_QUIET)
        begin.click(self._start, said, [message], **_QUIET).then(None, [message], None, js=_STARTED)

    # ---- what happened, and the draft that comes of it

    def _restore(self, kept: object, offered: object) -> list[Any]:
        """Fill the form as this browser left it, or for the first time, with what is here on offer."""
        draft = self._drafts.restored(kept, offered, self._first())
        said = self._drafts.values(draft)
        fields = [self._restored(item, said) for item in self._controls]
        text = gr.skip() if draft.text == self._drawn else draft.text  # which the form would answer, and in vain
        return [text, draft.kept, draft.offered, *fields, *self._beside(draft)]

    def _heard(
        self,
        anew: bool,
        asked: str,
        wish: str,
        files: str,
        text: str | None,
        kept: object,
        offered: object,
        _: object,
        *values: Any,
    ) -> list[Any]:
        """Bring the recipe's accounts together: what the form says, its text, what a link or an upload brought.

        Whatever it was that called, it looks at all of them, so nothing depends on the order of events; an answer to
        what the page does not say any more is not used, and asked for again.

        Args:
            anew: whether the fields are to offer what is here now, and follow it where nobody has touched them.
            asked: what the page says, as JSON, for the script to know again.
            text: None as long as the form is not restored: what it holds says nothing.
        """
        if text is None:
            return self._untouched()
        draft, given = self._read(text, kept, offered, *values)
        agreed = self._drafts.agreed(draft, given)
        after = self._with_files(self._wished(agreed, wish), files)
        message = self._told_of(draft, agreed, after, wish, files)
        if anew:
            after = self._drafts.followed(after, self._first())
        elif after == draft and not wish and not files:
            return self._untouched()
        return self._answer(asked, draft, after, message, self._drafts.unlike(after, draft, given), anew)

    def _wished(self, draft: Draft, wish: str) -> Draft:
        """Put what a link names into the fields that name such things; of a run of this kind, its whole recipe, and
        what the link adds to it; of what stands for a recipe, that recipe."""
        things = wanted.things(wish or "")
        again = self._recipe_of(dict(things).get("run", "")) or self._opened(dict(things))
        if again is None:
            return self._drafts.chosen(draft, things)
        return self._drafts.listed(self._drafts.edited_text(draft, again), things)

    def _with_files(self, draft: Draft, files: str) -> Draft:
        """Add the uploads that the script names to the field that takes them, once each."""
        paths = drop.read(self._context.workspace, files) if self._uploads is not None else []
        if self._uploads is None or not paths or draft.is_broken:  # they are on offer once the text can be read
            return draft
        field = self._named(self._uploads.field)
        items = [{field.columns[0].name: path} if field.widget == "rows" else path for path in paths]
        return self._drafts.added(draft, field.name, items)

    def _told_of(self, before: Draft, agreed: Draft, after: Draft, wish: str, files: str) -> str | None:
        """Return what is said of the draft; None leaves what was said. A form that files come into is not finished."""
        if agreed == before and not wish and not files:
            return None
        if after.is_broken:
            return self._broken(after.text)
        return "" if files and agreed == before and not wish else self._faults(after)

    def _recipe_of(self, id: str) -> str | None:
        """Return the recipe of a run of this kind; None where there is no such run."""
        entry = RunStore(self._context.workspace).entry(id) if id else None
        if entry is None or entry.kind != self._kind or not entry.run.recipe_file.is_file():
            return None
        return entry.run.recipe_file.read_text(encoding="utf-8", errors="replace")

    def _opened(self, things: Mapping[str, str]) -> str | None:
        """Return the recipe that a link's word stands for in this kind; None where it has none."""
        for word, opened in self._introduction.opened.items():
            values = opened(self._context.workspace, things[word]) if word in things else None
            if values:
                return recipe_text.first(self._kind, self._fields, values)
        return None

    def _check(self, *said: Any) -> str:
        draft, given = self._read(*said)
        try:
            recipe_text.checked(self._context.workspace, self._drafts.edited_form(draft, given).text, self._kind)
        except StudioError as error:
            return self._told(error)
        return str(
            notice(
                self._context.say("The recipe is valid; you can start it.", "配方检查通过，可以开始。"), grade="good"
            )
        )

    def _start(self, *said: Any) -> str:
        workspace = self._context.workspace
        draft, given = self._read(*said)
        try:
            checked = recipe_text.checked(workspace, self._drafts.edited_form(draft, given).text, self._kind)
            earlier = [run for run in RunStore(workspace).entries(self._kind) if run.name == checked.recipe.name]
            run = start(workspace, checked.recipe, checked.resolved)
        except StudioError as error:
            return self._told(error)
        message = self._context.say(f"Started {run.name}; progress is below.", f"已开始：{run.name}，进度见下方。")
        taken = self._taken(run.name, len(earlier)) if earlier else ""
        return str(fill('<div data-started="{}">{}</div>', run.id, notice(message, taken, grade="good")))

    # ---- between the page and a draft

    def _read(self, text: str, kept: object, offered: object, *values: Any) -> tuple[Draft, dict[str, Any]]:
        """Return the draft as it stands on the page, and what every field says there."""
        known = [item if isinstance(item, str) else "" for item in (kept, offered)]
        given = {item.field.name: item.read(value) for item, value in zip(self._controls, values, strict=True)}
        return Draft(text or "", *known), given

    def _answer(
        self, asked: str, before: Draft, after: Draft, message: str | None, fields: Mapping[str, Any], anew: bool
    ) -> list[Any]:
        """Return what the page becomes: for `assets/js/merge.js` what it said and what changes, and what stands beside.

        Args:
            fields: what fields are to show that show something else.
            anew: whether they are to offer what is here now.
        """
        accounts = zip(astuple(after), astuple(before), strict=True)
        places = {_TEXT + place: new for place, (new, old) in enumerate(accounts) if new != old}
        places |= {place: "" for place in range(_TEXT)}  # a wish and files count once
        if message is not None:
            places[_MESSAGE] = message
        shown = self._drafts.values(Draft(before.shown)) or {}
        was: dict[int, Any] = {}
        for place, item in enumerate(self._controls, _MESSAGE + 1):
            name = item.field.name
            if name in fields:
                places[place] = item.show(fields[name])
            if name in fields and name in shown:
                was[place] = item.show(shown[name])
        answer = {"kind": self._kind, "asked": json.loads(asked), "after": places, "was": was}
        offers = [refreshed(self._context, item) if anew else gr.skip() for item in self._offering()]
        return [json.dumps(answer), *offers, *self._beside(after)]

    def _beside(self, draft: Draft) -> list[str]:
        """Return what stands beside the form: the forecast, and what the chosen things mean."""
        said = self._drafts.values(draft) or {}
        meanings = (self._meaning(self._named(name), said) for name in self._meanings)
        return [forecast_line(self._context, self._kind, draft.text), *meanings]

    def _meaning(self, field: Field, said: Mapping[str, Any]) -> str:
        if field.told_by:
            return str(beneath(field.told_by, said))
        return str(meaning(self._context, self._kind, field, said.get(field.name)))

    def _untouched(self) -> list[Any]:
        """Return nothing new: nothing was edited, or the form is not restored yet, and what it holds says nothing."""
        return ["", *[gr.skip()] * (len(self._offering()) + 1 + len(self._meanings))]

    def _offering(self) -> list[Control]:
        """Return the fields that offer what is in the workspace, which changes while the page is open."""
        return [item for item in self._controls if item.field.widget in ("pick", "picks")]

    def _restored(self, item: Control, said: dict[str, Any] | None) -> Any:
        update = refreshed(self._context, item)
        return update if said is None else {**update, "value": item.show(said[item.field.name])}

    def _named(self, name: str) -> Field:
        return next(field for field in self._fields if field.name == name)

    def _first(self) -> str:
        return recipe_text.first(self._kind, self._fields, self._introduction.offered(self._context.workspace))

    # ---- what is said

    def _faults(self, draft: Draft) -> str:
        error = recipe_text.faults(draft.text, self._kind)
        return self._told(error) if error else ""

    def _told(self, error: StudioError) -> str:
        return str(fault_notice(self._context, self._kind, self._fields, error))

    def _broken(self, text: str) -> str:
        """Return why the form does not write into a text that is no YAML, and where it is wrong."""
        message = self._context.say(
            "The YAML has a syntax error. Fix it before you edit the form.",
            "YAML 有语法错误，请先改好它，再编辑表单。",
        )
        return str(notice(message)) + self._faults(Draft(text))

    def _taken(self, name: str, count: int) -> str:
        return self._context.say(
            f"{count} earlier {'run has' if count == 1 else 'runs have'} this name; “{name}” means the newest one that has finished.",
            f"此前已有 {count} 次同名运行；“{name}”始终指其中最新完成的一次。",
        )


def _editable() -> tuple[Any, Any]:
    """Open the text to the user's hand; the button that did it goes."""
    return gr.update(interactive=True), gr.update(visible=False)


def _focus(anchor: str) -> str:
    return f"() => {{ document.querySelector('#{anchor} textarea')?.focus(); }}"


def _asking(kind: str) -> str:
    """Return the script of a question: first what the page says, then each part of it."""
    return f"(answer, ...held) => window.STUDIO.asked('{kind}', held)"


_MERGED = "(answer, ...now) => window.STUDIO.merged(answer, now)"
# Where a run has started, the panel goes to it; after faults it stays with the run it shows.
_STARTED = """(said) => { window.dispatchEvent(new CustomEvent("studio-started", { detail: said })); }"""
