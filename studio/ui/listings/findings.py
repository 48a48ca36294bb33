"""What the checks found in a dataset's rows, a finding a line, as its run wrote them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from studio.core.text import Text
from studio.data.checks import CHECKS
from studio.data.checks.base import ACTIONS
from studio.data.cleaning import FINDINGS_FILE
from studio.ui.context import Context
from studio.ui.html import empty, fill, notice
from studio.ui.line_page import Line, look_through, made, one, page_of, pulse
from studio.ui.lines import Lines
from studio.ui.listings.base import Asked, Column, Filter, Listing, Page

_BRIEF = 160  # characters of a piece in the table
_FACETS = ("check", "action", "file")


def _facets(value: dict[str, Any] | None) -> Sequence[str]:
    return tuple(str((value or {}).get(name, "")) for name in _FACETS)


def _lines(context: Context, asked: Asked) -> Lines:
    _, folder = made(context, asked, "dataset")
    return look_through(context, folder / FINDINGS_FILE, "findings", _facets, len(_FACETS))


def page(context: Context, asked: Asked) -> Page[Line]:
    return page_of(context, asked, _lines(context, asked), _FACETS)


def version(context: Context, asked: Asked) -> str:
    return pulse(context, asked, _lines(context, asked))


def _check_word(context: Context, name: str) -> str:
    check = CHECKS.find(name)
    return context.text(check.title) if check is not None else name


def _action_word(context: Context, name: str) -> str:
    return next((context.text(title) for action, title in ACTIONS.items() if action == name), name)


def _kind(context: Context, value: Mapping[str, Any]) -> str:
    kind = value.get("kind")
    return str(kind.get(context.language, "")) if isinstance(kind, dict) else ""


def _said(context: Context, line: Line) -> Markup:
    """Return what was found, and below it the piece of the row; of one that was put right, what it became."""
    value = line.value or {}
    shown, becomes = str(value.get("shown", ""))[:_BRIEF], value.get("becomes")
    after = fill("<small>→ {}</small>", str(becomes)[:_BRIEF]) if becomes is not None else Markup()
    return fill("<strong>{}</strong><small>{}</small>{}", _kind(context, value), shown, after)


def _where(context: Context, line: Line) -> str:
    value = line.value or {}
    return f"{value.get('file', '')}:{value.get('line', '')}"


def heading(context: Context, asked: Asked) -> Markup:
    entry, _ = made(context, asked, "dataset")
    title = context.say(f"What the checks found in {entry.name}", f"数据集 {entry.name} 的检查结果")
    return fill('<h2>{}</h2><span class="next"><a href="#data={}">{}</a></span>', title, entry.id, context.say("Its run", "对应的运行"))  # fmt: skip


def drawer(context: Context, asked: Asked) -> Markup:
    """Return a finding in full: the row itself is not shown, which may hold what was to be masked."""
    line = one(_lines(context, asked), asked.chosen)
    if line is None or line.value is None:
        return Markup()
    value = line.value
    check = CHECKS.find(str(value.get("check", "")))
    told = notice(_kind(context, value), context.text(check.help) if check is not None else "")
    pairs = [(context.say("In the file", "文件中"), str(value.get("shown", "")))]
    if "becomes" in value:
        pairs.append((context.say("In the dataset", "数据集中"), str(value["becomes"])))
    pairs.append((context.say("Done", "处理"), _action_word(context, str(value.get("action", "")))))
    pairs.append((context.say("Source line", "来源行"), _where(context, line)))
    pieces = Markup().join(fill("<dt>{}</dt><dd><p>{}</p></dd>", name, text) for name, text in pairs)
    return told + fill('<dl class="fields-of">{}</dl>', pieces)


LISTING = Listing[Line](
    title=Text("Findings", "检查结果"),
    columns={
        "number": Column(Text("No.", "行号"), lambda context, line: f"{line.number:,}", style="number"),
        "check": Column(Text("Check", "检查项"), lambda context, line: _check_word(context, _facets(dict(line.value or {}))[0])),
        "said": Column(Text("What was found", "发现"), _said, style="long pair"),
        "action": Column(Text("Done", "处理"), lambda context, line: _action_word(context, _facets(dict(line.value or {}))[1])),
        "source": Column(Text("Source line", "来源行"), _where, style="where"),
    },
    filters={
        "check": Filter(Text("Check", "检查项"), _check_word),
        "action": Filter(Text("Done", "处理"), _action_word),
        "file": Filter(Text("File", "文件"), lambda context, file: file or context.say("none", "无")),
    },
    page=page,
    id=lambda line: str(line.number),
    version=version,
    nothing=lambda context: empty(context.say("The checks found nothing", "检查没有发现问题")),
    heading=heading,
    drawer=drawer,
    inside=True,
)  # fmt: skip
