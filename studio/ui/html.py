"""Small pieces of the page's HTML. Everything from outside goes through Markup's format, which escapes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from studio.core.errors import RecipeError, StudioError, error_class
from studio.core.text import Language
from studio.runs.directory import STATUSES, Status
from studio.ui.context import Context

_CODE = re.compile(r"`([^`\n]+)`")


def fill(template: str, *values: object, **named: object) -> Markup:
    """Return a template of ours with values of anyone's, escaped.

    >>> str(fill("<b>{}</b>", "<script>"))
    '<b>&lt;script&gt;</b>'
    """
    return Markup(template).format(*values, **named)


def join(pieces: Iterable[Markup], between: str = "") -> Markup:
    return Markup(between).join(pieces)


def chip(status: Status, language: Language) -> Markup:
    """Return a run's status as a coloured chip."""
    return fill('<span class="chip {}">{}</span>', status, STATUSES[status].to(language))


def act(run: str, action: str, label: str, ask: str = "", grade: str = "") -> Markup:
    """Return a button that does something with a run; where it asks first, the answer that does it bears the button's own word."""
    return fill(
        '<button type="button" class="act {action}" data-post="run/{run}/{path}" data-ask="{ask}" data-word="{label}" '
        'data-grade="{grade}">{label}</button>',
        action=action.partition("?")[0],
        path=action,
        run=run,
        ask=ask,
        label=label,
        grade=grade,
    )


def coded(words: str) -> Markup:
    """Return a sentence whose commands, between backticks, are set as code; what is markup already stays as it is.

    >>> str(coded("run `ls <folder>`"))
    'run <code>ls &lt;folder&gt;</code>'
    """
    if isinstance(words, Markup):
        return words
    pieces = _CODE.split(words)
    return join(fill("<code>{}</code>" if place % 2 else "{}", piece) for place, piece in enumerate(pieces))


def notice(message: str, hint: str = "", grade: str = "warn") -> Markup:
    """Return a message box; `grade` is `warn` (the user's to mend), `fail` (ours), `good` or `info`."""
    lines = join(fill("<div>{}</div>", coded(line)) for line in message.splitlines())
    extra = fill('<div class="hint">{}</div>', coded(hint)) if hint else Markup()
    return fill('<div class="notice {}" role="status">{}{}</div>', grade, lines, extra)


def error_notice(context: Context, error: StudioError) -> Markup:
    """Return an error of ours in the page's language: yellow where the user can mend it, all faults of a recipe at once."""
    grade = "warn" if error.exit_code == 2 else "fail"
    if isinstance(error, RecipeError):
        faults = [context.plain(fault.to(context.language)) for fault in error.faults]
        return notice("\n".join(map(in_chinese, faults) if context.language == "zh" else faults), grade=grade)
    said = context.plain(error.to(context.language))
    message, _, hint = said.partition("\n") if error.hint else (said, "", "")
    return notice(message, hint, grade)


_LINE = re.compile(r" line (\d+)(?:, column (\d+))?(: )?")


def in_chinese(fault: str) -> str:
    """Return a fault whose place reads `第 3 行：` where it was `line 3: `."""

    def place(found: re.Match[str]) -> str:
        column = f"第 {found[2]} 列" if found[2] else ""
        return f" 第 {found[1]} 行{column}{'：' if found[3] else ''}"

    return _LINE.sub(place, fault, count=1)


def record_notice(context: Context, error: dict[str, Any]) -> Markup:
    """Return the error of a `result.json` in the page's language."""
    words = error.get("zh") if context.language == "zh" else None
    said = words if isinstance(words, dict) else error
    grade = "fail" if error_class(error) is StudioError else "warn"
    return notice(context.plain(str(said.get("message", ""))), context.plain(str(said.get("hint", ""))), grade)


def empty(title: str, hint: str = "") -> Markup:
    """Return what stands where nothing is yet: what is missing, and what to do."""
    return fill('<div class="empty"><strong>{}</strong><span>{}</span></div>', title, hint)


def markdown(text: str) -> Markup:
    """Return Markdown as HTML; HTML inside it is shown as text, and images are left out."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return Markup(parser.render(text))


def table(head: Iterable[object], rows: Iterable[Iterable[object]], kind: str = "") -> Markup:
    """Return a table that scrolls sideways where the page is narrow."""
    top = join(fill("<th>{}</th>", cell) for cell in head)
    body = join(fill("<tr>{}</tr>", join(fill("<td>{}</td>", cell) for cell in row)) for row in rows)
    return fill('<div class="wide"><table class="{}"><thead><tr>{}</tr></thead>{}</table></div>', kind, top, body)


def figure(value: float) -> str:
    """Return a measured number with about four figures.

    >>> figure(0.00020), figure(2.34567), figure(12345.0)
    ('0.0002', '2.346', '12,345')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
