"""A leak report: how many questions of each test set were found, by sort, and the dataset made again without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.core.text import Text
from studio.data.leaks.leak import LEAKS_ABOUT, SORTS
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join, table
from studio.ui.outputs.base import Output, step


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return what was found; each figure leads to its leaks side by side, and each sort can be left out at a click."""
    about = read_json(path / LEAKS_ABOUT) or {}
    leaks, tests = about.get("leaks"), about.get("against")
    sorts = leaks if isinstance(leaks, dict) else {}
    against = [item for item in tests if isinstance(item, dict)] if isinstance(tests, list) else []
    total = sum(sorts.values())
    counts = _count(context, run, "", total, Text("leaks", "处泄漏"))
    counts += join(_count(context, run, sort, count, SORTS[sort]) for sort, count in sorts.items() if sort in SORTS)
    said = context.say(
        f"{about.get('leaking', 0):,} of {about.get('rows', 0):,} rows of {about.get('dataset', '')} give test questions away.",
        f"{about.get('dataset', '')} 的 {about.get('rows', 0):,} 行中，有 {about.get('leaking', 0):,} 行泄漏了测试题。",
    )
    return fill(
        '<div class="output leaks"><div class="counts">{}</div><p>{}</p>{}{}</div>',
        counts,
        said,
        _tests(context, against),
        _removal(context, run, sorts) if total else Markup(),
    )


def _count(context: Context, run: Run, sort: str, count: int, title: Text) -> Markup:
    figure = fill("<b>{:,}</b><span>{}</span>", count, context.text(title))
    if not count:
        return fill('<span class="count">{}</span>', figure)
    return fill('<a class="count" href="#leaked={}{}">{}</a>', run.id, f"?how={sort}" if sort else "", figure)


def _tests(context: Context, against: Sequence[Mapping[str, Any]]) -> Markup:
    """Return how many questions of each test set were found, by how they stand there at best."""
    met = [sort for sort in SORTS if any(test.get("sorts", {}).get(sort) for test in against)]
    head = [
        context.say("Test set", "测试集"),
        context.say("Questions", "题数"),
        context.say("Found", "查到"),
        *(context.text(SORTS[sort]) for sort in met),
    ]
    rows = [
        [
            str(test.get("dataset", "")),
            f"{test.get('questions', 0):,}",
            f"{test.get('found', 0):,}",
            *(f"{test.get('sorts', {}).get(sort, 0):,}" for sort in met),
        ]
        for test in against
    ]
    return table(head, rows, "reasons")


def _removal(context: Context, run: Run, sorts: Mapping[str, int]) -> Markup:
    """Return the buttons: look at them, and make the dataset again without all of them or those of a sort."""
    look = step(f"#leaked={run.id}", context.say("Look at them side by side", "左右对照查看"), first=True)
    every = _button(run, "all", context.say("Make the dataset without them", "生成去除这些行的数据集"))
    one = [
        _button(run, sort, context.say(f"Without: {SORTS[sort].en}", f"只去除：{SORTS[sort].zh}"))
        for sort in sorts
        if sort in SORTS and len(sorts) > 1
    ]
    note = context.say("The dataset stays as it is; a new one is made.", "原数据集保持不变，会另外生成一个新的。")
    return fill('<div class="next">{}{}{}</div><p class="note">{}</p>', look, every, join(one), note)


def _button(run: Run, sort: str, word: str) -> Markup:
    """Return a button that starts the dataset without some sort of leaks and leads to the run."""
    return fill(
        '<form data-start="without" data-go="data"><input type="hidden" name="argument" value="{}/{}">'
        '<button type="submit" class="act">{}</button></form>',
        run.id,
        sort,
        word,
    )


OUTPUT = Output(show, tells=True)
