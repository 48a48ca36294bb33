"""A knowledge base: how much it holds."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from studio.core.files import read_json
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill
from studio.ui.outputs.base import Output, next_steps, step
from studio.ui.wanted import link


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the number of passages and texts, and the embedding model."""
    manifest = read_json(path / "manifest.json") or {}
    embedder, sources, passages = manifest.get("embedder"), manifest.get("sources"), manifest.get("passages")
    given = str(embedder.get("given", "")) if isinstance(embedder, dict) else ""
    texts = len(sources) if isinstance(sources, list | dict) else 0
    count = passages if isinstance(passages, int) else 0
    return fill(
        '<div class="output"><div class="counts"><a class="count" href="#passages={}"><b>{:,}</b><span>{}</span></a>'
        '<span class="count"><b>{:,}</b><span>{}</span></span></div><div class="made"><strong>{}</strong>'
        '<span>{}</span></div><div class="next">{}{}</div></div>',
        run.id,
        count,
        context.say("passages", "段落"),
        texts,
        context.say("texts", "文本"),
        run.name,
        given,
        step(link("chat", ("knowledge", run.name)), context.say("Ask with it", "用它来问答"), first=True),
        next_steps(context, "knowledge", run.name, run, first=False),
    )


OUTPUT = Output(show, tells=True)
