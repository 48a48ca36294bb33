"""The runs; the one that is clicked opens in the panel below."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.text import Text, both
from studio.engines.pool import is_automatic
from studio.runs.directory import STATUSES
from studio.runs.index import Entry
from studio.runs.kinds import kind_title
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.html import empty, fill
from studio.ui.listings.base import Asked, Column, Filter, Listing, Page, in_memory
from studio.ui.panel.head import state, times
from studio.ui.panel.line import pulse

_WORDS: dict[str, Text] = {str(name): words for name, words in STATUSES.items()}


def page(context: Context, asked: Asked) -> Page[Entry]:
    """Return the runs, newest first; servers that started by themselves only where servers are asked for."""
    store = RunStore(context.workspace)
    shown = [entry for entry in store.entries() if asked.filters.get("kind") or not is_automatic(entry)]
    return in_memory(
        shown,
        asked,
        lambda entry: f"{entry.name} {entry.id}",
        {
            "name": lambda entry: entry.name.casefold(),
            "kind": lambda entry: entry.kind,
            "began": lambda entry: (entry.created, entry.counter),
        },
        {"kind": lambda entry: entry.kind, "status": store.status},
    )


def version(context: Context) -> str:
    """Return what changes whenever a run's directory does, or one that has not ended says something."""
    entries = RunStore(context.workspace).entries()
    newest = max((entry.mtime_ns for entry in entries), default=0)
    return (
        f"{len(entries)}|{newest}|{hash(tuple(pulse(context, entry) for entry in entries if entry.ended_as is None))}"
    )


def _name(context: Context, entry: Entry) -> Markup:
    return fill(
        "<strong>{}</strong><small>{} · {}</small>",  # the second line where the page is narrow
        entry.name or entry.id,
        context.text(kind_title(entry.kind)),
        times(context, entry),
    )


def _hidden(context: Context, asked: Asked) -> Markup:
    count = sum(is_automatic(entry) for entry in RunStore(context.workspace).entries())
    if not count or asked.filters.get("kind"):
        return Markup()
    words = context.say(
        f"{count} that started by themselves to answer questions are left out",
        f"未列出为回答问题而自动启动的服务 {count} 个",
    )
    return fill(
        '<p class="note">{} <button type="button" class="act" data-set="kind=serve">{}</button></p>',
        words,
        context.say("Show them", "显示"),
    )


LISTING = Listing[Entry](
    title=Text("Runs", "运行"),
    columns={
        "status": Column(
            Text("Status", "状态"),
            lambda context, entry: state(context, entry.run, RunStore(context.workspace).status(entry)),
        ),
        "name": Column(Text("Name", "名称"), _name, sorts=True, style="long"),
        "kind": Column(Text("Kind", "类型"), lambda context, entry: context.text(kind_title(entry.kind)), sorts=True),
        "began": Column(Text("Began · took", "开始 · 用时"), times, sorts=True),
    },
    filters={
        "kind": Filter(Text("Kind", "类型"), lambda context, kind: context.text(kind_title(kind))),
        "status": Filter(
            Text("Status", "状态"), lambda context, status: context.text(_WORDS.get(status, both(status)))
        ),
    },
    page=page,
    id=lambda entry: entry.id,
    version=version,
    nothing=lambda context: empty(
        context.say("No runs yet", "还没有运行"),
        context.say(
            "Everything you start is listed here. Try the demo on Home.",
            "启动的运行都会列在这里；可在首页一键开始演示。",
        ),
    ),
    note=_hidden,
)
