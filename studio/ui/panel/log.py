"""A run's log: its last lines, and the whole box after a click; of a run that went wrong, the box at once."""

from __future__ import annotations

from markupsafe import Markup

from studio.runs.view import View
from studio.ui.context import Context
from studio.ui.html import fill

_WRONG = ("failed", "crashed")


def log(context: Context, seen: View) -> Markup:
    """Return the box; the browser fills it."""
    wrong = seen.status in _WRONG
    return fill(
        '<div class="logbox {state}"><div class="bar"><strong>{title}</strong><span class="left-out" hidden>{left}</span>'
        '<button type="button" class="plain" data-unfold aria-expanded="{open}" data-more="{more}" data-less="{less}">{word}'
        '</button><a href="{base}file/{id}/log.txt" target="_blank" rel="noopener">{whole}</a>'
        '<a href="{base}file/{id}/log.txt" download="{id}.log.txt">{save}</a></div>'
        '<pre class="log" data-log="{id}" tabindex="0"></pre></div>',
        state="" if wrong else "folded",
        open="true" if wrong else "false",
        more=(more := context.say("Show more", "展开")),
        less=(less := context.say("Show less", "收起")),
        word=less if wrong else more,
        title=context.say("Log", "日志（英文）"),
        left=context.say("Only the end is shown.", "这里只显示末尾部分。"),
        whole=context.say("Open the whole log", "打开完整日志"),
        save=context.say("Download", "下载"),
        base=context.base,
        id=seen.id,
    )
