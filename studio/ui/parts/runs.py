"""The table of all runs; the one that is clicked opens in the panel below."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs.index import Entry
from studio.runs.kinds import kind_title
from studio.runs.store import RunStore
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.panel.head import state, times
from studio.ui.panel.line import pulse
from studio.ui.parts.base import Part, Query

_PAGE = 50


def version(context: Context, query: Query) -> str:
    runs = RunStore(context.workspace).entries()
    states = [pulse(context, run) for run in runs[: _shown(query)]]
    return f"{len(runs)}|{runs[0].id if runs else ''}|{hash((query.get('run', ''), *states))}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    runs = RunStore(context.workspace).entries()
    if not runs:
        return {
            "table": empty(
                context.say("No runs yet", "还没有运行"),
                context.say(
                    "Everything you start is listed here. Try the demo on Home.",
                    "启动的运行都会列在这里；可在首页一键开始演示。",
                ),
            )
        }
    shown = runs[: _shown(query)]
    chosen = query.get("run") or runs[0].id
    rows = join(_row(context, run, run.id == chosen) for run in shown)
    head = join(
        fill("<th>{}</th>", name)
        for name in (
            context.say("Status", "状态"),
            context.say("Name", "名称"),
            context.say("Kind", "类型"),
            context.say("Began · took", "开始 · 用时"),
        )
    )
    more = (
        fill('<button type="button" class="act" data-set="shown={}">{}</button>', len(shown) + _PAGE * 4,
             context.say(f"Show more ({len(runs) - len(shown)})", f"显示更多（{len(runs) - len(shown)}）"))
        if len(runs) > len(shown)
        else Markup()
    )  # fmt: skip
    return {
        "table": fill(
            '<div class="wide runs"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}',
            head, rows, more,
        )
    }  # fmt: skip


def _row(context: Context, run: Entry, chosen: bool) -> Markup:
    return fill(
        '<tr class="{}" data-pick="{}" tabindex="0" title="{}"><td>{}</td><td class="long"><strong>{}</strong>'
        "<small>{} · {}</small></td><td>{}</td><td>{}</td></tr>",
        "chosen" if chosen else "",
        run.id,
        run.id,
        state(context, run.run, RunStore(context.workspace).status(run)),
        run.name or run.id,
        *(context.text(kind_title(run.kind)), times(context, run)) * 2,  # under the name where the page is narrow
    )


def _shown(query: Query) -> int:
    given = query.get("shown", "")
    return int(given) if given.isdigit() else _PAGE


PART = Part(version, render)
