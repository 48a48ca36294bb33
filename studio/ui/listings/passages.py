"""The passages of a knowledge base, as they are found and cited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.html import empty, fill, notice
from studio.ui.line_page import Line, look_through, made, one, page_of, pulse
from studio.ui.lines import Lines
from studio.ui.listings.base import Asked, Column, Filter, Listing, Page
from studio.ui.record import cut

_BRIEF = 240
_FACETS = ("source",)


def _facets(value: dict[str, Any] | None) -> Sequence[str]:
    return (str((value or {}).get("source", "")),)


def _lines(context: Context, asked: Asked) -> Lines:
    _, folder = made(context, asked, "knowledge")
    return look_through(context, folder / "passages.jsonl", "passages", _facets, len(_FACETS))


def page(context: Context, asked: Asked) -> Page[Line]:
    return page_of(context, asked, _lines(context, asked), _FACETS, length="length")


def _said(context: Context, line: Line) -> Markup:
    value = line.value or {}
    title = str(value.get("title", "")) or context.say("(no heading)", "（无标题）")
    return fill("<strong>{}</strong><small>{}</small>", title, str(value.get("content", ""))[:_BRIEF])


def _source(context: Context, line: Line) -> str:
    return str((line.value or {}).get("source", ""))


def heading(context: Context, asked: Asked) -> Markup:
    entry, _ = made(context, asked, "knowledge")
    title = context.say(f"Knowledge base {entry.name}", f"知识库 {entry.name}")
    return fill('<h2>{}</h2><span class="next"><a href="#knowledge={}">{}</a><a href="#chat=kb:{}">{}</a></span>', title, entry.id, context.say("Its run", "对应的运行"), entry.name, context.say("Ask with it", "用它来问答"))  # fmt: skip


def drawer(context: Context, asked: Asked) -> Markup:
    line = one(_lines(context, asked), asked.chosen)
    if line is None:
        return Markup()
    if line.value is None:
        return notice(context.say("This line cannot be read.", "这一行无法解析。"))
    value = line.value
    start = value.get("start", 0)
    place = context.say(f"{value.get('source', '')}, from character {start:,}", f"{value.get('source', '')}，第 {start:,} 个字符起") if isinstance(start, int) else ""  # fmt: skip
    return fill(
        '<h3>{}</h3><blockquote class="passage">{}</blockquote><div class="origin"><strong>{}</strong> <span>{}</span></div>'
        '<div class="origin"><strong>{}</strong> <code>{}</code></div>',
        str(value.get("title", "")),
        cut(str(value.get("content", ""))),
        context.say("Source", "来源"),
        place,
        context.say("Id", "编号"),
        str(value.get("id", "")),
    )


LISTING = Listing[Line](
    title=Text("Passages", "段落"),
    columns={
        "number": Column(Text("No.", "序号"), lambda context, line: f"{line.number:,}", style="number"),
        "said": Column(Text("Heading and text", "标题与正文"), _said, style="long pair"),
        "length": Column(Text("Bytes", "字节"), lambda context, line: f"{len(line.raw):,}", sorts=True, style="number"),
        "source": Column(Text("Source", "来源"), _source, style="where"),
    },
    filters={"source": Filter(Text("Source", "来源"), lambda context, source: source or "–")},
    page=page,
    id=lambda line: str(line.number),
    version=lambda context, asked: pulse(context, asked, _lines(context, asked)),
    nothing=lambda context: empty(context.say("No passages", "没有段落")),
    heading=heading,
    drawer=drawer,
    inside=True,
)
