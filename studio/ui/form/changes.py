"""What a corrected workbook would change in a dataset: how many cells of which columns, and the first before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from studio.core.files import is_looked_through
from studio.core.option import help_of, label_of, names_of
from studio.core.text import shortened
from studio.data.cells import cells_of, columns_told, title_of
from studio.data.corrections import CorrectedRows, Corrections, OtherRowsError, corrected
from studio.data.dataset_folder import SPLITS, iter_rows
from studio.ui.context import Context
from studio.ui.form.understanding import Understanding
from studio.ui.html import error_notice
from studio.ui.template import piece

_SHOWN = 20  # rows
_CELL = 300  # characters
_CASES = ("added", "lost", "doubled")
_ASKS = "refuse"


def changes(context: Context, dataset: Path, workbook: Path, how: Corrections) -> Understanding:
    """Return what a workbook would change, and the choices of what becomes of rows that were added, lost or doubled.

    Raises:
        InputError: the workbook cannot be read back.
    """
    if not (is_looked_through(dataset) and is_looked_through(workbook)):
        said = context.say(
            "This is large: the run compares the workbook with the dataset, and says what it changed.",
            "文件较大：运行时再与数据集比较，并说明改动了什么。",
        )
        return Understanding(_drawn(context, workbook, [said], [], how, ()), said)
    try:
        found = corrected(dataset, workbook, how)
    except OtherRowsError as error:
        asked = _drawn(context, workbook, [], [], how, error.cases, error_notice(context, error))
        return Understanding(asked, context.plain(context.text(error.message)))
    facts = _facts(context, found)
    rows = list(_rows(context, dataset, found.changes))
    more = len(found.changes) - _SHOWN
    if more > 0:
        facts.append(context.say(f"The first {_SHOWN} rows stand below.", f"下方列出前 {_SHOWN} 行。"))
    return Understanding(_drawn(context, workbook, facts, rows, how, list(found.counts)), facts[0])


def _facts(context: Context, found: CorrectedRows) -> list[str]:
    columns = context.text(columns_told(found.columns))
    rows = len(found.changes)
    first = context.say(f"Rows that change: {rows:,}", f"改动 {rows:,} 行")
    facts = [first + (context.say(f" ({columns})", f"（{columns}）") if columns else "")]
    said = {
        "added": context.say("rows that the dataset does not have", "数据集里没有的行"),
        "lost": context.say("rows that the workbook does not have", "工作簿里没有的行"),
        "doubled": context.say("rows that the workbook repeats", "工作簿里重复的行"),
    }
    facts += [f"{said[case]}{context.say(': ', '：')}{found.counts[case]:,}" for case in _CASES if found.counts[case]]
    return [*facts, *(context.text(note) for note in found.notes)]


def _rows(context: Context, dataset: Path, changed: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, object]]:
    """Yield the first rows that change, each with its cells before and after."""
    left = _SHOWN
    for split, title in SPLITS.items():
        for row in iter_rows(dataset, split):
            if row.id not in changed:
                continue
            if not left:
                return
            left -= 1
            before = cells_of(row)
            yield {
                "where": f"{context.text(title)} · {row.id}",
                "cells": [
                    {"title": title_of(key), "was": shortened(before.get(key, ""), _CELL), "now": shortened(now, _CELL)}
                    for key, now in changed[row.id].items()
                ],
            }


def _drawn(
    context: Context,
    workbook: Path,
    facts: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    how: Corrections,
    met: Sequence[str],
    question: Markup | None = None,
) -> Markup:
    """Return the piece; a choice stands there where such rows were met, or where something was chosen."""
    fields = Corrections.model_fields
    shown = [case for case in _CASES if case in met or getattr(how, case) != _ASKS]
    return piece(
        "changes",
        "changes",
        name=context.say(f"Corrections: {workbook.name}", f"人工修改：{workbook.name}"),
        facts=facts,
        question=question or Markup(),
        choices=[
            {
                "case": case,
                "label": context.text(label_of(fields[case])),
                "help": context.text(help_of(fields[case])),
                "offered": [(word, context.text(name)) for word, name in names_of(fields[case]).items()],
                "chosen": getattr(how, case),
            }
            for case in shown
        ],
        rows=rows,
        words={
            "table": context.say("What would change", "将要改动的内容"),
            "row": context.say("Row", "数据行"),
            "column": context.say("Column", "列"),
            "before": context.say("Before", "之前"),
            "after": context.say("After", "之后"),
        },
    )
