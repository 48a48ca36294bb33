"""The frames and the controls of the curves; `assets/js/curves.js` draws into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from studio.ui.comparing.curves import Curve
from studio.ui.comparing.selection import Selection
from studio.ui.context import Context
from studio.ui.html import fill, join


def controls(context: Context) -> Markup:
    """Return the controls of the curves. They are always the same: drawn anew, a slider would slip from the hand."""
    return fill(
        '<div class="view" role="group" aria-label="{}">'
        '<label><span>{}</span><input type="range" min="0" max="0.99" step="0.01" value="0" data-param="smooth"><output>0</output></label>'
        '<label><span>{}</span><select data-param="scale"><option value="">{}</option><option value="log">{}</option></select></label>'
        '<label><span>{}</span><select data-param="x"><option value="">{}</option><option value="time">{}</option></select></label>'
        "</div>",
        context.say("How the curves are drawn", "曲线的显示方式"),
        context.say("Smoothing", "平滑"),
        context.say("Vertical axis", "纵轴"),
        context.say("linear", "线性"),
        context.say("logarithmic", "对数"),
        context.say("Horizontal axis", "横轴"),
        context.say("steps", "步数"),
        context.say("time worked", "运行时间"),
    )


def frames(context: Context, told: Selection, shared: Sequence[Curve]) -> Markup:
    """Return a frame for each curve. They are the same for the same runs: drawn anew, the plots in them would be lost."""
    entries, title = told.entries, context.say("Curves", "曲线")
    if not shared:
        none = context.say("These runs share no curve.", "这些运行没有共有的曲线。")
        return fill('<section><h3>{}</h3><p class="note">{}</p></section>', title, none)
    runs = [
        {"id": entry.id, "title": told.titles[entry.id], "colour": told.colours[entry.id]} for entry in entries
    ]  # fmt: skip
    words = {
        "last": context.say("last", "最后"),
        "lowest": context.say("lowest", "最低"),
        "highest": context.say("highest", "最高"),
        "pointer": context.say("pointer", "光标处"),
        "run": context.say("run", "运行"),
        "none": context.say("No value above zero: drawn linearly.", "没有大于零的值，按线性显示。"),
    }
    place = urlencode([("run", entry.id) for entry in entries])
    keys = context.say(
        "Drag to zoom in, double-click for the whole; by keys: ← → move along, + zooms in, Escape shows the whole.",
        "拖动可放大，双击还原；键盘：← → 移动光标，+ 放大，Esc 还原。",
    )
    plots = join(
        fill(
            '<figure class="curve" data-metric="{}" data-along="{}" data-runs="{}"><figcaption><span>{}</span>'
            '<button type="button" class="act whole" hidden>{}</button></figcaption>'
            '<div class="canvas" tabindex="0" role="group" aria-label="{}" title="{}"></div><p class="note" hidden></p>'
            '<div class="wide"><table class="legend"></table></div></figure>',
            curve.metric,
            curve.along,
            json.dumps(curve.runs),
            curve.title,
            context.say("Show the whole", "还原缩放"),
            f"{curve.title}. {keys}",
            keys,
        )
        for curve in shared
    )
    return fill(
        '<section class="curves" data-runs="{}" data-words="{}"><h3>{}<a class="csv" href="{}curves.csv?{}" download="curves.csv">{}</a></h3>'
        '<div class="plots">{}</div></section>',
        json.dumps(runs, ensure_ascii=False),
        json.dumps(words, ensure_ascii=False),
        title,
        context.base,
        place,
        context.say("Download as CSV", "下载 CSV"),
        plots,
    )
