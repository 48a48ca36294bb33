"""A trained model: what it is and where to go with it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.amounts import size
from studio.core.files import read_json
from studio.core.modelcard import CARD, is_adapter
from studio.runs.directory import Run
from studio.ui.archive import weight
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.outputs.base import Output, next_steps, step
from studio.ui.wanted import link


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the model's name, base and size, with the next steps."""
    base = (read_json(path / CARD) or {}).get("base")
    given = str(base.get("given", "")) if isinstance(base, dict) else ""
    what = (
        context.say(f"adapter over {given}", f"基于 {given} 的适配器")
        if is_adapter(path)
        else context.say("full model", "完整模型")
    )
    total = weight(path)
    return fill(
        '<div class="output"><div class="made"><strong>{}</strong><span>{} · {}</span></div>'
        '<div class="next">{}{}<a class="act" href="{}zip/{}/model" download="{}.zip">{}</a></div></div>',
        run.name,
        what,
        size(total),
        step(link("chat", ("model", run.name)), context.say("Ask it questions", "用它来问答"), first=True),
        next_steps(context, "model", run.name, run, first=False),
        context.base,
        run.id,
        run.name,
        context.say(f"Download ({size(total)})", f"下载（{size(total)}）"),
    )


OUTPUT = Output(show)
