"""What a link chooses on the tab it leads to: `#evaluate=model:NAME+dataset:NAME+knowledge:NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

_SHORT: Mapping[str, str] = {"kb": "knowledge"}


def link(tab: str, *things: tuple[str, str]) -> str:
    """Return the address of a tab on which things, `(sort, name)` each, are chosen; those without a name are left out.

    >>> link("evaluate", ("model", "mine"), ("dataset", "demo"), ("knowledge", ""))
    '#evaluate=model:mine+dataset:demo'
    """
    return f"#{tab}=" + "+".join(f"{sort}:{name}" for sort, name in things if name)


def again(tab: str, run: str, field: str, text: str) -> str:
    """Return the address of a form with the recipe of a run, to one of whose lists a text is added.

    >>> again("data", "1", "restore", "a+b.csv:3")
    '#data=run:1+restore:a%252Bb.csv%253A3'
    """
    return f"#{tab}=run:{run}+{field}:{quote(quote(text, safe=''), safe='')}"  # the script decodes it once


def things(wanted: str) -> list[tuple[str, str]]:
    """Return what a link names, `(sort, name)` each; the script puts a number behind it, so that it counts each time.

    >>> things("model:mine+kb:demo#1700000000000")
    [('model', 'mine'), ('knowledge', 'demo')]
    """
    pairs = (item.partition(":") for item in wanted.partition("#")[0].split("+"))
    return [(_SHORT.get(sort, sort), name) for sort, _, name in pairs if sort and name]
