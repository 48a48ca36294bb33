"""Which runs are compared: each with its colour, the baseline, a way out, and a way to add another."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from studio.engines.pool import is_automatic
from studio.runs.kinds import kind_title
from studio.runs.store import RunStore
from studio.runs.view import local_time
from studio.ui.comparing.beside import swatch
from studio.ui.comparing.selection import MOST, Selection
from studio.ui.context import Context
from studio.ui.html import empty, fill, join, notice
from studio.ui.panel.head import state, times

_OFFERED = 200
_LONGEST = 80


def roster(context: Context, told: Selection, view: str) -> Markup:
    """Return the runs, in the order of the address, and what it names that is not here.

    Args:
        view: how the curves are drawn, as the address says it.
    """
    if not told.named:
        return Markup()
    lines = []
    for name, entry in told.named.items():
        out = _link(told.without(name), view, "×", "out", context.say(f"Take out {name}", f"移出对比：{name}"))
        if entry is None:
            gone = context.say("is not here any more", "已经不在了")
            lines.append(fill('<li class="gone"><strong>{}</strong><span>{}</span>{}</li>', name[:_LONGEST], gone, out))
            continue
        first = entry is told.entries[0]
        base = (
            fill('<span class="base">{}</span>', context.say("baseline", "基准"))
            if first
            else _link(told.based_on(name), view, context.say("Make it the baseline", "设为基准"), "rebase")
        )
        lines.append(
            fill(
                '<li>{}{}<a class="who" href="#runs={}"><strong>{}</strong></a><span class="kind">{}</span>'
                '<span class="times">{}</span><span class="actions">{}{}</span></li>',
                swatch(told, entry),
                state(context, entry.run, RunStore(context.workspace).status(entry)),
                entry.id,
                told.titles[entry.id],
                context.text(kind_title(entry.kind)),
                times(context, entry),
                base,
                out,
            )
        )
    return fill('<ul class="compared">{}</ul>', join(lines))


def _link(names: Sequence[str], view: str, words: str, style: str, label: str = "") -> Markup:
    """Return a link to the comparison of other runs, drawn as this one is."""
    place = f"compare={','.join(names)}" if names else "compare"
    named = fill(' aria-label="{}" title="{}"', label, label) if label else Markup()
    return fill('<a class="{}" href="#{}{}"{}>{}</a>', style, place, f"?{view}" if view else "", named, words)


def adding(context: Context, told: Selection) -> Markup:
    """Return the choice of another run, those of the kinds that are here first."""
    if len(told.named) >= MOST:
        return Markup()
    here = {entry.id for entry in told.entries}
    others = [
        entry
        for entry in RunStore(context.workspace).entries()
        if entry.id not in here and not is_automatic(entry)
    ][:_OFFERED]  # fmt: skip
    if not others:
        return Markup()
    kinds = list(dict.fromkeys([*(entry.kind for entry in told.entries), *(entry.kind for entry in others)]))
    groups = join(
        fill(
            '<optgroup label="{}">{}</optgroup>',
            context.text(kind_title(kind)),
            join(
                fill(
                    '<option value="{}">{} · {}</option>',
                    ",".join([*told.named, entry.id]),
                    entry.name or entry.id,
                    local_time(entry.created)[5:16].replace("T", " "),
                )
                for entry in others
                if entry.kind == kind
            ),
        )
        for kind in kinds
        if any(entry.kind == kind for entry in others)
    )
    return fill(
        '<label class="choice"><span>{}</span><select data-param="run"><option value="" selected>{}</option>{}</select></label>',
        context.say("Add a run", "添加运行"),
        context.say("choose…", "请选择……"),
        groups,
    )


def notes(context: Context, told: Selection) -> Markup:
    """Return what is to be said of the choice: what is left out, and what to do while there is nothing to compare."""
    entries, said = told.entries, []
    if told.beyond:
        said.append(
            context.say(
                f"Only the first {MOST} are compared; {told.beyond} more were named.",
                f"最多对比 {MOST} 次运行，其余 {told.beyond} 次没有列出。",
            )
        )
    if len({entry.kind for entry in entries}) > 1:
        said.append(
            context.say(
                "These runs are of different kinds: only the curves, settings and figures that they share are compared.",
                "这些运行的类型不同，只对比它们共有的曲线、设置和指标。",
            )
        )
    notes = notice("\n".join(said), grade="info") if said else Markup()
    if len(entries) > 1:
        return notes
    if not RunStore(context.workspace).entries():
        return notes + empty(
            context.say("No runs yet", "还没有运行"),
            context.say("Runs that you have started can be compared here.", "启动过的运行可以在这里对比。"),
        )
    return notes + empty(
        context.say("Choose two runs at least", "请至少选择两次运行"),
        fill(
            context.say(
                "Tick two or more on the {} tab and press Compare, or add them above.",
                "在{}页勾选两次以上的运行，再点“对比”；也可以在上方逐个添加。",
            ),
            fill('<a href="#runs">{}</a>', context.say("Runs", "“运行”")),
        ),
    )
