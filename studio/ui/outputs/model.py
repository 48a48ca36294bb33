"""A trained model: what it is and where to go with it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.core.modelcard import CARD, is_adapter
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, size
from studio.ui.outputs.base import Output, next_steps


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the model's name, base and size, with the next steps."""
    base = (read_json(path / CARD) or {}).get("base")
    given = str(base.get("given", "")) if isinstance(base, dict) else ""
    weight = sum(file.stat().st_size for file in path.glob("*.safetensors"))
    what = (
        context.say(f"adapter over {given}", f"基于 {given} 的适配器")
        if is_adapter(path)
        else context.say("full model", "完整模型")
    )
    return fill(
        '<div class="output"><div class="made"><strong>{}</strong><span>{} · {}</span></div>'
        '<div class="next"><a href="#chat=model:{}">{}</a>{}</div></div>',
        run.name,
        what,
        size(weight),
        run.name,
        context.say("Talk to it", "和它对话"),
        next_steps(context, "model", run.name),
    )


OUTPUT = Output(show)
