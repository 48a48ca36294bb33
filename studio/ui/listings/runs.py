"""The runs; the one that is clicked opens in the panel below."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from markupsafe import Markup

from studio.core.amounts import size
from studio.core.text import Text, both
from studio.engines.pool import is_automatic
from studio.runs import remarks, removal
from studio.runs.directory import STATUSES, Run
from studio.runs.index import Entry
from studio.runs.kinds import KINDS, kind_title
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.listings import _removal
from studio.ui.listings.base import Asked, Column, Deed, Filter, Listing, Page, in_memory
from studio.ui.panel.head import state, times
from studio.ui.panel.line import pulse

_WORDS: dict[str, Text] = {str(name): words for name, words in STATUSES.items()}


@lru_cache(maxsize=512)
def _began(path: Path, mtime_ns: int) -> tuple[str, ...]:
    """Return the runs that one which has ended began; its directory's time tells of a resumption."""
    return tuple(Run(path).began())


def folded(context: Context) -> dict[str, list[Entry]]:
    """Return the runs that stand below another, by its id: a pipeline's steps, and servers that started by themselves
    below what made the model that they serve."""
    entries = {entry.id: entry for entry in RunStore(context.workspace).entries()}
    below: dict[str, list[Entry]] = {}
    taken: set[str] = set()
    starting = {name for name, kind in KINDS.all().items() if kind.starts_runs}
    for entry in entries.values():
        if entry.kind not in starting:
            continue
        began = _began(entry.path, entry.mtime_ns) if entry.ended_as else tuple(entry.run.began())
        steps = [entries[id] for id in began if id in entries and id not in taken]
        taken |= {step.id for step in steps}
        if steps:
            below[entry.id] = steps
    for entry in entries.values():
        if is_automatic(entry) and (above := next(_makers(context, entry, entries), None)):
            below.setdefault(above, []).append(entry)
    return below


def _makers(context: Context, entry: Entry, entries: dict[str, Entry]) -> Iterator[str]:
    """Yield the runs that made what a run uses."""
    runs = context.workspace.runs.relative_to(context.workspace.root).as_posix()
    for path in entry.uses.values():
        parts = Path(path).parts
        if len(parts) > 1 and parts[0] == runs and parts[1] in entries:
            yield parts[1]


def page(context: Context, asked: Asked) -> Page[Entry]:
    """Return the runs, newest first.

    Where nothing is looked for, those that belong to another stand folded below it; servers that started by themselves
    for a model that no run made stand only where servers are asked for.
    """
    store = RunStore(context.workspace)
    entries = store.entries()
    below = folded(context) if asked.untouched else {}
    inside = {entry.id for steps in below.values() for entry in steps}
    found = in_memory(
        entries,
        asked,
        lambda entry: " ".join((entry.name, entry.id, *entry.tags, entry.note)),
        {
            "name": lambda entry: entry.name.casefold(),
            "kind": lambda entry: entry.kind,
            "began": lambda entry: (entry.created, entry.counter),
            "size": lambda entry: entry.size,
        },
        {"kind": lambda entry: entry.kind, "status": store.status, "tag": lambda entry: entry.tags},
        lambda entry: entry.id not in inside and ("kind" in asked.filters or not is_automatic(entry)),
    )
    opened = {*asked.open, *_above(asked.chosen, below)}  # the one that is shown below is not hidden
    rows = [row for entry in found.rows for row in _unfolded(entry, below, opened)]
    hidden = sum(is_automatic(entry) and entry.id not in inside for entry in entries) if asked.untouched else 0
    return replace(found, rows=rows, open=opened, below=_places(below), note=_left_out(context, hidden))


def version(context: Context, asked: Asked) -> str:
    """Return what changes whenever a run's directory does, or one that has not ended says something."""
    entries = RunStore(context.workspace).entries()
    newest = max((entry.mtime_ns for entry in entries), default=0)
    return (
        f"{len(entries)}|{newest}|{hash(tuple(pulse(context, entry) for entry in entries if entry.ended_as is None))}"
    )


def _name(context: Context, entry: Entry) -> Markup:
    tags = join(fill('<span class="tag">{}</span>', tag) for tag in entry.tags)
    note = fill('<span class="remark" title="{}">{}</span>', entry.note, entry.note) if entry.note else Markup()
    return fill(
        "<strong>{}</strong>{}{}<small>{} · {}</small>",  # the last line where the page is narrow
        entry.name or entry.id,
        tags,
        note,
        context.text(kind_title(entry.kind)),
        times(context, entry),
    )


def _above(id: str, below: Mapping[str, Sequence[Entry]]) -> Iterator[str]:
    above = next((one for one, steps in below.items() if any(step.id == id for step in steps)), "")
    if above:
        yield above
        yield from _above(above, below)


def _unfolded(entry: Entry, below: Mapping[str, Sequence[Entry]], open: Container[str]) -> Iterator[Entry]:
    yield entry
    for inside in below.get(entry.id, ()) if entry.id in open else ():
        yield from _unfolded(inside, below, open)


def _places(below: Mapping[str, Sequence[Entry]]) -> dict[str, tuple[int, int]]:
    """Return how many runs stand below each, and how deep it stands itself."""
    above = {step.id: id for id, steps in below.items() for step in steps}

    def depth(id: str) -> int:
        return 1 + depth(above[id]) if id in above else 0

    return {id: (len(below.get(id, ())), depth(id)) for id in {*below, *above}}


def _left_out(context: Context, count: int) -> Markup:
    if not count:
        return Markup()
    words = context.say(
        f"Not listed: servers that started by themselves to answer questions ({count})",
        f"未列出：为回答问题而自动启动的服务（{count} 个）",
    )
    return fill(
        '<p class="note">{} <button type="button" class="act" data-set="kind=serve">{}</button></p>',
        words,
        context.say("Show them", "显示"),
    )


def _entries(context: Context, ids: Sequence[str]) -> list[Entry]:
    """Return those of the runs that are here, newest first."""
    return [entry for entry in RunStore(context.workspace).entries() if entry.id in ids]


def _ask_removal(context: Context, ids: Sequence[str]) -> tuple[str, str]:
    entries = _entries(context, ids)
    weight = size(sum(entry.size for entry in entries))
    question = context.say(
        f"Remove {len(entries)} runs and everything they made ({weight})? This cannot be undone.",
        f"删除这 {len(entries)} 次运行及其全部结果（{weight}）？此操作无法撤销。",
    )
    needs = (need for entry in entries for need in removal.needed_by(context.workspace, entry.id))
    return _removal.asked(context, question, needs, ids)


def _remove(context: Context, ids: Sequence[str], despite: str) -> None:
    """Remove runs, those that need others before these."""
    accepted = [*despite.split(","), *ids]
    _removal.all_that_can(
        partial(removal.remove, context.workspace, entry.run, accepted) for entry in _entries(context, ids)
    )


def _runs(context: Context, ids: Sequence[str]) -> list[Run]:
    return [entry.run for entry in _entries(context, ids)]


def _ask_tags(context: Context, ids: Sequence[str]) -> tuple[str, str]:
    tags = dict.fromkeys(tag for entry in _entries(context, ids) for tag in entry.tags)
    return context.say("Tags, with commas between them", "标签，用逗号分隔"), context.say(", ", "，").join(tags)


def _ask_note(context: Context, ids: Sequence[str]) -> tuple[str, str]:
    notes = {entry.note for entry in _entries(context, ids)}
    return context.say("Note", "备注"), notes.pop() if len(notes) == 1 else ""


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
        "size": Column(
            Text("Size", "大小"),
            lambda context, entry: size(entry.size) if entry.ended_as else "",
            sorts=True,
            style="number",
        ),
    },
    filters={
        "kind": Filter(Text("Kind", "类型"), lambda context, kind: context.text(kind_title(kind))),
        "status": Filter(
            Text("Status", "状态"), lambda context, status: context.text(_WORDS.get(status, both(status)))
        ),
        "tag": Filter(Text("Tag", "标签"), lambda context, tag: tag or context.say("none", "无")),
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
    deeds={
        "compare": Deed(
            Text("Compare", "对比"), leads=lambda ids: f"compare={','.join(ids)}", least=2, most=10, grade="primary"
        ),
        "tag": Deed(Text("Tags…", "标签…"), lambda context, ids, said: remarks.tag(_runs(context, ids), said), wants=_ask_tags),
        "note": Deed(
            Text("Note…", "备注…"), lambda context, ids, said: remarks.write_note(_runs(context, ids), said), wants=_ask_note
        ),
        "remove": Deed(Text("Remove", "删除"), _remove, asks=_ask_removal, grade="danger"),
    },
)  # fmt: skip
