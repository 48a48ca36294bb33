"""Under a field that names something: which run the name means, or where to make what is not here yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.names import made, names_of
from studio.runs.view import local_time
from studio.ui.context import Context
from studio.ui.form.field import Field
from studio.ui.html import fill, join


def meaning(context: Context, kind: str, field: Field, value: Any) -> Markup:
    """Return the line under a field; empty where its names speak for themselves."""
    named = value if isinstance(value, list) else [value]
    lines = [*_of_one_name(context, field, [str(name) for name in named if name])]
    if not lines and not any(named) and field.required:
        lines = [missing(context, kind, field)]
    return join(fill("<div>{}</div>", line) for line in lines if line)


def missing(context: Context, kind: str, field: Field) -> Markup:
    """Return where to make what a field may name, while nothing of the sort is here; empty where something is."""
    sort = KINDS.sorts().get(field.refers)
    if sort is None or names_of(context.workspace, sort.name):
        return Markup()
    noun = context.text(sort.noun)
    if sort.shelf is not None:
        home = fill('<a href="#home">{}</a>', context.say("the Home tab", "“首页”"))
        return fill(context.say("There is no {} yet: first fetch one on {}.", "还没有{}：请先到{}获取。"), noun, home)
    makers = (KINDS.load(maker).introduction for maker in KINDS.makers(sort.name) if maker != kind)
    maker = next((item for item in makers if item is not None), None)
    if maker is None:
        return Markup()
    title = context.text(maker.title)
    tab = fill('<a href="#{}">{}</a>', maker.tab, context.say(f"the {title} tab", f"“{title}”页"))
    return fill(context.say("There is no {} yet: first make one on {}.", "还没有{}：请先到{}创建。"), noun, tab)


def _of_one_name(context: Context, field: Field, names: list[str]) -> Iterator[Markup]:
    """Yield a line for each name that several finished runs have."""
    for name in names:
        runs = made(context.workspace, field.refers, name)
        if len(runs) > 1:
            yield _newest(context, name, runs)


def _newest(context: Context, name: str, runs: list[Entry]) -> Markup:
    made_at = local_time(runs[0].created)[:16].replace("T", " ")
    return fill(
        context.say("“{}” means the newest of {} runs of this name: {}", "“{}”取 {} 次同名运行中最新的一次：{}"),
        name,
        len(runs),
        fill('<a href="#runs={}">{}</a>', runs[0].id, made_at),
    )
