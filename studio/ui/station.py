"""The tab of a kind: its recipe's form, its YAML beside it, and the runs that came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from studio.core.errors import StudioError
from studio.core.text import Text, both
from studio.runs.kind import Introduction
from studio.runs.kinds import KINDS
from studio.runs.launch import start
from studio.ui.form import recipe_text, uploads
from studio.ui.form.controls import Control, control, refreshed
from studio.ui.form.faults import fault_notice
from studio.ui.form.field import fields_of
from studio.ui.html import error_notice, fill, notice, size
from studio.ui.place import Place
from studio.ui.polled import polled, static

_LARGEST = 30_000_000  # bytes; what is larger is read by its run alone, for the page must not wait


def build(place: Place, kind: str, introduction: Introduction) -> None:
    """Make a kind's tab: the form, the YAML, the buttons and the run panel."""
    _Form(place, kind, introduction).build()


class _Form:
    def __init__(self, place: Place, kind: str, introduction: Introduction) -> None:
        self._place = place
        self._context = place.context
        self._kind = kind
        self._introduction = introduction
        self._uploads = introduction.uploads
        self._fields = fields_of(KINDS.load(kind).recipe)
        self._controls: list[Control] = []
        self._upload_button: gr.UploadButton | None = None

    def build(self) -> None:
        context, kind = self._context, self._kind
        say = context.say
        # What is typed before the form is as this browser left it would be lost: until then it cannot be touched.
        untouched = f"<style>body:not(.ready-{kind}) #form-{kind} {{ pointer-events: none; opacity: 0.55; }}</style>"
        # The picker offers these; Gradio's own `file_types` would refuse others in a toast of its own, in English.
        accepted = ",".join(self._uploads.suffixes()) if self._uploads else ""
        intro = fill('<p class="intro" data-accept="{}">{}</p>', accepted, context.text(self._introduction.intro))
        static(intro + Markup(untouched))
        with gr.Row(elem_classes="station", elem_id=f"form-{kind}", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_classes="form-side"):
                self._place_controls(advanced=False)
                if any(field.advanced for field in self._fields):
                    with gr.Accordion(say("More options", "更多选项"), open=False, elem_classes="more"):
                        self._place_controls(advanced=True)
            with gr.Column(scale=2, min_width=320, elem_classes="yaml-side"):
                code = gr.Code(
                    value=self._first(),
                    language="yaml",
                    label=say("Recipe (YAML)", "配方（YAML）"),
                    interactive=True,
                    lines=12,
                    max_lines=24,
                    wrap_lines=True,
                    elem_classes="yaml",
                )
                message = gr.HTML("", js_on_load=None, apply_default_css=False, elem_classes="said")
                with gr.Row(elem_classes="go"):
                    check = gr.Button(say("Check", "检查"), elem_classes="check")
                    begin = gr.Button(say("Start", "开始"), variant="primary", elem_classes="begin")
        polled("panel", kind=kind)
        self._controls.sort(key=lambda item: self._fields.index(item.field))
        kept, offered = self._place.memory(kind, ""), self._place.memory(f"{kind}-offered", "")
        self._wire(code, message, kept, offered, check, begin)

    def _place_controls(self, advanced: bool) -> None:
        with gr.Row(elem_classes="fields"):
            for field in self._fields:
                if field.advanced == advanced:
                    self._controls.append(control(self._context, field, self._kind))
                    if self._uploads is not None and field.name == self._uploads.field:
                        self._upload_button = gr.UploadButton(
                            self._context.say("Upload files", "上传文件"),
                            file_count="multiple",
                            size="sm",
                            elem_classes="upload",
                        )

    def _wire(
        self,
        code: gr.Code,
        message: gr.HTML,
        kept: gr.BrowserState,
        offered: gr.BrowserState,
        check: gr.Button,
        begin: gr.Button,
    ) -> None:
        parts = [item.component for item in self._controls]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        side = gr.Textbox(visible=False)
        # A text box sends `input` for keys alone: what is pasted, deleted or composed comes as `change`, and so does
        # what the YAML puts there, which `_EDITED` holds back.
        pasted = [part.change for part in parts if isinstance(part, gr.Textbox)]
        gr.on(
            [*(part.input for part in parts), *pasted],
            self._from_form,
            [side, code, *parts],
            [code, message, kept],
            trigger_mode="always_last",
            js=_EDITED,
            **quiet,
        )
        code.input(self._from_yaml, [code], [message, kept, *parts], trigger_mode="always_last", **quiet)
        ready = f"() => {{ document.body.classList.add('ready-{self._kind}'); }}"
        page, follow = self._place.page, self._place.follow(self._kind)
        page.load(self._restore, [kept, offered], [code, kept, offered, *parts], **quiet).then(
            None, None, None, js=ready
        )
        gr.on(
            [self._place.tab.select, follow.change],
            self._refresh,
            [code, kept, offered],
            [code, kept, offered, *parts],
            **quiet,
        )
        check.click(self._check, [side, code, *parts], [message], js=_EDITED, **quiet)
        begin.click(self._start, [side, code, *parts], [message], js=_EDITED, **quiet).then(
            None, [message], None, js=_STARTED
        )
        wanted = self._place.wanted(self._kind)
        wanted.change(self._choose, [wanted, code], [code, message, kept, *parts], **quiet)
        upload = self._upload_button
        if upload is not None:
            upload.upload(self._upload, [upload, code], [code, message, kept, *parts], **quiet)

    def _first(self) -> str:
        return recipe_text.first(self._kind, self._fields, self._introduction.offered(self._context.workspace))

    def _shown(self, text: str) -> list[Any]:
        """Return every component's value for a recipe; left alone where the text is no YAML."""
        values = recipe_text.values_today(text, self._kind)
        if values is None:
            return [gr.skip() for _ in self._controls]
        return [item.show(values.get(item.field.name, item.field.default)) for item in self._controls]

    def _faults(self, text: str) -> str:
        error = recipe_text.faults(text, self._kind)
        return self._told(error) if error else ""

    def _told(self, error: StudioError) -> str:
        return str(fault_notice(self._context, self._kind, self._fields, error))

    def _from_form(self, side: str, text: str, *values: Any) -> tuple[Any, Any, Any]:
        if side == "form" and recipe_text.is_broken(text or ""):
            return gr.skip(), self._broken(text), gr.skip()
        after = self._merged(side, text or "", values)
        if after == text:
            return gr.skip(), gr.skip(), gr.skip()
        return after, self._faults(after), after

    def _merged(self, side: str, text: str, values: Sequence[Any]) -> str:
        """Return the text with the form's values in it, or as it is where the text says the same or was edited last."""
        if side != "form" or recipe_text.is_broken(text):
            return text
        given = {item.field.name: item.read(value) for item, value in zip(self._controls, values, strict=True)}
        before = recipe_text.values_today(text, self._kind)
        if before is not None and given == self._round_trip(before):
            return text
        return recipe_text.written(text, self._kind, self._fields, given)

    def _round_trip(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a recipe's values as the form gives them back."""
        fields = ((item, item.field) for item in self._controls)
        return {field.name: item.read(item.show(values.get(field.name, field.default))) for item, field in fields}

    def _broken(self, text: str) -> str:
        """Return why the form does not write into a text that is no YAML, and where it is wrong."""
        message = self._context.say(
            "The YAML has a syntax error. Fix it before you edit the form.",
            "YAML 有语法错误，请先改好它，再编辑左侧表单。",
        )
        return str(notice(message)) + self._faults(text)

    def _from_yaml(self, text: str) -> list[Any]:
        return [self._faults(text or ""), text, *self._shown(text or "")]

    def _choose(self, wanted: str, text: str) -> list[Any]:
        """Put what a link names (`dataset:NAME`) into the first field that names such a thing."""
        sort, _, name = wanted.partition("#")[0].partition(":")
        values = recipe_text.values_today(text or "", self._kind)
        field = next((field for field in self._fields if field.refers == sort), None)
        if values is None or field is None or not name:
            return [gr.skip() for _ in range(3 + len(self._controls))]
        listed = values.get(field.name) or []
        chosen = [*(item for item in listed if item != name), name] if field.widget == "picks" else name
        merged = {item.name: values.get(item.name, item.default) for item in self._fields} | {field.name: chosen}
        after = recipe_text.written(text, self._kind, self._fields, merged)
        return [after, self._faults(after), after, *self._shown(after)]

    def _restore(self, kept: str, offered: str) -> list[Any]:
        """Fill the form as this browser left it, or for the first time, with what is here on offer."""
        known = kept if isinstance(kept, str) and kept.strip() else ""
        now = self._first()
        text = self._followed(known, offered, now) if known else now
        return [text, text if known else "", now, *self._renewed(text)]

    def _refresh(self, text: str, kept: str, offered: str) -> list[Any]:
        """Offer what is here now; fields that say what was offered, and that nobody has touched, follow it."""
        now = self._first()
        after = self._followed(text or "", offered, now)
        if after == text:
            return [gr.skip(), gr.skip(), now, *(refreshed(self._context, item) for item in self._controls)]
        return [after, after if kept else gr.skip(), now, *self._renewed(after)]

    def _followed(self, text: str, offered: object, now: str) -> str:
        before = offered if isinstance(offered, str) else ""
        return recipe_text.followed(text, self._kind, self._fields, before, now)

    def _renewed(self, text: str) -> list[Any]:
        """Return every component's choices of now with its value for a recipe."""
        updates = []
        for item, value in zip(self._controls, self._shown(text), strict=True):
            update = refreshed(self._context, item)
            updates.append({**update, "value": value} if "choices" in update else value)
        return updates

    def _inside(self, path: Path, item: Any = None) -> Text:
        """Return how a file begins; empty where it is too large to be looked into."""
        if self._uploads is None or not path.is_file() or path.stat().st_size > _LARGEST:
            return both("")
        return self._uploads.preview(path, item)

    def _check(self, side: str, text: str, *values: Any) -> str:
        try:
            merged = self._merged(side, text or "", values)
            recipe_text.checked(self._context.workspace, merged, self._kind)
        except StudioError as error:
            return self._told(error)
        return str(
            notice(
                self._context.say("The recipe is valid; you can start it.", "配方检查通过，可以开始。"), grade="good"
            )
        )

    def _start(self, side: str, text: str, *values: Any) -> str:
        workspace, merged = self._context.workspace, self._merged(side, text or "", values)
        try:
            checked = recipe_text.checked(workspace, merged, self._kind)
            run = start(workspace, checked.recipe, checked.resolved)
        except StudioError as error:
            return self._told(error)
        message = self._context.say(f"Started {run.name}; progress is below.", f"已开始：{run.name}，进度见下方。")
        return str(fill('<div data-started="{}">{}</div>', run.id, notice(message, grade="good")))

    def _upload(self, files: list[str] | None, text: str) -> list[Any]:
        """Keep the files, and add them to the field that takes them."""
        assert self._uploads is not None  # its button was placed
        name, workspace = self._uploads.field, self._context.workspace
        field = next(field for field in self._fields if field.name == name)
        values = dict(recipe_text.values_today(text or "", self._kind) or {})
        listed = list(values.get(name) or [])
        told = []
        for file in files or []:
            try:
                kept = uploads.keep(workspace, Path(file), self._inside)
            except StudioError as error:
                told.append(str(error_notice(self._context, error)))
                continue
            listed.append({field.columns[0].name: kept} if field.widget == "rows" else kept)
            path = workspace.root / kept
            holds = self._context.text(self._inside(path))
            told.append(
                str(notice(" · ".join(filter(None, (path.name, size(path.stat().st_size), holds))), grade="good"))
            )
        if recipe_text.is_broken(text or ""):  # the files are on offer once it can be read
            message = "".join([*told, self._broken(text)])
            return [gr.skip(), message, gr.skip(), *(gr.skip() for _ in self._controls)]
        merged = {item.name: values.get(item.name, item.default) for item in self._fields} | {name: listed}
        after = recipe_text.written(text or "", self._kind, self._fields, merged)
        return [after, "".join(told), after, *self._shown(after)]


# What was edited last counts: the YAML's values reach the form only a moment later. `live.js` notes which it was.
_EDITED = """(_, ...values) => [window.studioEdited(), ...values]"""

# Where a run has started, the panel goes to it; after faults it stays with the run it shows.
_STARTED = """(said) => { window.dispatchEvent(new CustomEvent("studio-started", { detail: said })); }"""
