"""The settings of several runs as a table: those that differ, and the others folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from studio.runs.index import Entry
from studio.ui.comparing.beside import NONE, table
from studio.ui.comparing.editions import editions
from studio.ui.comparing.settings import Setting, settings
from studio.ui.context import Context
from studio.ui.html import fill, join


def differences(context: Context, entries: Sequence[Entry], heads: Sequence[Markup]) -> Markup:
    """Return the settings that differ, what the same names meant, and how many settings are the same."""
    found = settings(context, entries)
    differing = [_setting(entries, item) for item in found if item.differs]
    same = [item for item in found if not item.differs]
    differing += [
        _row(entries, item.label, item.key, item.values) for item in editions(context, entries)
    ]  # fmt: skip
    shown = (
        table(context.say("Setting", "设置"), heads, differing)
        if differing
        else fill('<p class="note">{}</p>', context.say("No setting differs.", "没有不同的设置。"))
    )
    title = context.say("Settings that differ", "不同的设置")
    return fill("<section><h3>{}</h3>{}{}</section>", title, shown, _alike(context, same))


def _setting(entries: Sequence[Entry], item: Setting) -> Markup:
    return _row(entries, item.label, item.key, {id: fill("{}", value) for id, value in item.values.items()})


def _row(entries: Sequence[Entry], label: str, key: str, values: Mapping[str, Markup]) -> Markup:
    cells = join(fill("<td>{}</td>", values.get(entry.id, NONE)) for entry in entries)
    return fill('<tr><th scope="row">{}<small>{}</small></th>{}</tr>', label, key if key != label else "", cells)


def _alike(context: Context, same: Sequence[Setting]) -> Markup:
    if not same:
        return Markup()
    words = context.say(
        f"{len(same)} settings are the same" if len(same) > 1 else "One setting is the same",
        f"其余 {len(same)} 项设置相同",
    )
    rows = join(
        fill(
            '<tr><th scope="row">{}<small>{}</small></th><td>{}</td></tr>',
            item.label,
            item.key if item.key != item.label else "",
            next(iter(item.values.values()), NONE),
        )
        for item in same
    )
    return fill(
        '<details><summary>{}</summary><div class="wide"><table class="compares">{}</table></div></details>',
        words,
        rows,
    )
