"""What a form's file was understood as: its layouts, what its columns mean, and its first rows beside what they become."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.errors import InputError, OpenQuestionError
from studio.core.text import Text, shortened
from studio.data.conversion import DROP, KEEP, unnested, value_name
from studio.data.first_rows import first_rows
from studio.data.guess import LOOKED_AT, Guess, Sample, guess, require_understood
from studio.data.join import joined
from studio.data.layouts import LAYOUTS
from studio.data.raw import RawFile, RawRow
from studio.data.records.base import Row
from studio.data.roles import IGNORED, named_roles, title_of
from studio.data.row_view import is_nothing
from studio.data.source_file import SourceFile
from studio.ui import record
from studio.ui.context import Context
from studio.ui.form import role_choice
from studio.ui.html import error_notice, fill, join, notice
from studio.ui.polled import static
from studio.ui.template import piece

_SHOWN = 5  # rows
_COLUMNS = 40
_CELL = 120  # characters
_VALUES = 12  # of one column
_SEVERAL = 3  # records of one row
_BRIEF = 90
_REASONS = 3
_LINES = 3


def area(kind: str) -> None:
    """Place where it is shown; `assets/js/mapping.js` fills it."""
    static(fill('<div class="understood" data-kind="{}"></div>', kind))


@dataclass(frozen=True)
class Understanding:
    """What is shown of a source, and what is said of it to those who hear the page."""

    html: Markup
    said: str


def understand(context: Context, source: SourceFile, path: Path, second: Path | None = None) -> Understanding:
    """Return what is shown of a source's file.

    Args:
        second: the file that its rows are joined with, where the source says so.

    Raises:
        InputError: nothing can be read from it.
    """
    raw = first_rows(path, source)
    if second is not None and source.join is not None:
        raw = replace(raw, rows=list(islice(joined(raw.rows, second, source.join), LOOKED_AT)))
    found = guess(raw.rows, source.conversion(), path.name, shown=LOOKED_AT)
    question = _question(context, found, raw.rows, path.name)
    samples = _samples(found.samples)
    pairs = [_pair(context, alike) for alike in _alike(samples)]
    columns = _columns(raw.rows)
    html = piece(
        "mapping",
        "understood",
        name=path.name,
        facts=_facts(context, source, found, raw),
        question=question,
        columns=[_column(context, source, found, raw.rows, column) for column in columns[:_COLUMNS]],
        more=_more(context, len(columns) - _COLUMNS),
        rows=[_raw(sample.raw, columns[:_COLUMNS]) for sample in samples],
        base=_base(context, source, found),
        pairs=pairs,
        words=_words(context),
    )
    return Understanding(Markup(_whole(html)), _whole(pairs[0]["title"]) if pairs else "")


def elsewhere(context: Context, source: SourceFile) -> Understanding:
    """Return that a source is fetched by the run."""
    told = context.say(
        "This lies elsewhere: the run fetches it first, and says what it was understood as.",
        "这份数据在别处：运行时先下载，再显示识别结果。",
    )
    return Understanding(fill("<h3>{}</h3>", source.file) + notice(told, grade="info"), told)


def refused(context: Context, error: InputError) -> Understanding:
    """Return why nothing is understood."""
    return Understanding(error_notice(context, error), context.plain(context.text(error.placed())))


def _whole(text: str) -> str:
    """Return a text that can be sent: half a character, which a row is left out for, becomes a question mark."""
    return text.encode(errors="replace").decode()


# ---- what was understood, and what is asked


def _question(context: Context, found: Guess, rows: Sequence[RawRow], name: str) -> Markup:
    try:
        require_understood(found, rows, name)
    except OpenQuestionError as asked:
        hint = context.say(
            "Choose what they mean above the columns below; what you do not need, ignore.",
            "请在下方表格的列名处选择含义；用不到的列选“忽略”。",
        )
        if found.base_asked and not found.asked:
            hint = context.say("Choose it below the table.", "请在表格下方选择。")
        return notice(context.text(asked.message), hint)
    except InputError as error:
        return error_notice(context, error)
    return Markup()


def _facts(context: Context, source: SourceFile, found: Guess, raw: RawFile[list[RawRow]]) -> list[str]:
    """Return the layouts by count, what each rests on, what nothing uses, and how the file was read."""
    say = context.say
    by_layout = [
        f"{context.text(LAYOUTS.load(name).title)} × {count}"
        for name, count in sorted(found.layouts.items(), key=lambda item: -item[1])
    ]
    looked = say(f"All {found.rows} rows", f"全部 {found.rows} 行") if len(raw.rows) < LOOKED_AT else say(f"The first {found.rows} rows", f"前 {found.rows} 行")  # fmt: skip
    none = (
        say("something to answer first", "有待回答的问题")
        if found.asked or found.base_asked
        else say("no known layout", "未识别出格式")
    )
    facts = [f"{looked}{say(': ', '：')}{say(', ', '、').join(by_layout) or none}"]
    if found.layout:
        facts += _left_out(context, found.samples)
    used = [
        f"{column} → {context.text(title_of(found.mapping[column]))}"
        for column in found.claimed
        if column in found.mapping
    ]
    if used:
        facts.append(say("Read: ", "使用：") + say(", ", "、").join(used))
    strange = [
        column for column in (*source.columns, *source.values, *source.ignore) if column not in _columns(raw.rows)
    ]
    if strange:
        listed = say(", ", "、").join(dict.fromkeys(strange))
        facts.append(say(f"In the recipe, but not in these rows: {listed}", f"配方中有、但这些行里没有的列：{listed}"))
    if found.left:
        facts.append(say("Not used: ", "未使用：") + say(", ", "、").join(found.left))
    told = [context.text(note) for note in _notes(raw)]
    facts += [f"{note[:1].upper()}{note[1:]}" for note in told]
    return facts


def _left_out(context: Context, samples: Sequence[Sample]) -> list[str]:
    """Return how many rows are not taken, and the reasons that most of them have."""
    bad = _alike(sample for sample in samples if sample.reason is not None)
    if not bad:
        return []
    most = sorted(bad, key=lambda alike: -len(alike))
    told = []
    for alike in most[:_REASONS]:
        why, lines = _why(context, alike), _lines(alike)
        times = f"× {len(alike)}{context.say(', ', '，')}" if len(alike) > 1 else ""
        told.append(context.say(f"{why} ({times}{lines.en})", f"{why}（{times}{lines.zh}）"))
    more = " …" if len(most) > _REASONS else ""
    count = sum(map(len, bad))
    said = context.say("; ", "；").join(told) + more
    return [context.say(f"Not taken: {count}: {said}", f"不采用 {count} 行：{said}")]


def _alike(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Return the samples, those that are left out for one kind of reason together, in the place of the first."""
    groups: dict[object, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.kind or sample.raw.line, []).append(sample)
    return list(groups.values())


def _why(context: Context, alike: Sequence[Sample]) -> str:
    """Return why rows are left out: the reason of all of them, or what their reasons have in common."""
    first = alike[0]
    one = all(sample.reason == first.reason for sample in alike)
    return context.text((first.reason if one else first.kind) or Text("", ""))


def _lines(alike: Sequence[Sample]) -> Text:
    """Return the lines of the first of some rows."""
    listed = [str(sample.raw.line) for sample in alike[:_LINES]]
    more = " …" if len(alike) > _LINES else ""
    plural = "s" if len(alike) > 1 else ""
    return Text(f"line{plural} {', '.join(listed)}{more}", f"第 {'、'.join(listed)}{more} 行")


def _notes(raw: RawFile[list[RawRow]]) -> list[Text]:
    """Return how the file was read, where that was assumed."""
    if raw.notes or raw.encoding == "utf-8":
        return list(raw.notes)
    encoding = raw.encoding.upper()
    return [Text(f"the text was read as {encoding}", f"文本按 {encoding} 读取")]


def _samples(samples: Sequence[Sample]) -> list[Sample]:
    """Return the first rows; the last of them is one that is left out, where those before are not."""
    first = list(samples[:_SHOWN])
    if any(sample.reason is not None for sample in first):
        return first
    bad = next((sample for sample in samples if sample.reason is not None), None)
    return first if bad is None else [*first[: _SHOWN - 1], bad]


# ---- the table of raw rows, and the choices above its columns


def _columns(rows: Sequence[RawRow]) -> list[str]:
    return list(dict.fromkeys(str(column) for row in rows for column in unnested(row.values)))


def _column(
    context: Context, source: SourceFile, found: Guess, rows: Sequence[RawRow], column: str
) -> dict[str, object]:
    given = IGNORED if column in source.ignore else source.columns.get(column, "")
    named = named_roles(_columns(rows)).get(column, "")
    by_name = context.text(title_of(named)) if named else ""
    seems = found.asked.get(column, "")
    role = given or seems or named
    return {
        "name": column,
        "given": given,
        "by_name": context.say(f"{by_name} (by name)", f"{by_name}（按列名）")
        if by_name
        else context.say("Not used", "不使用"),
        "asked": bool(seems) or not (found.layout or given or named),
        "groups": role_choice.groups(context, given),
        "label": context.say(f"What “{column}” means", f"“{column}”列的含义"),
        "values": _values(context, source, rows, column) if role == "verdict" or column in source.values else [],
    }


def _values(context: Context, source: SourceFile, rows: Sequence[RawRow], column: str) -> list[dict[str, object]]:
    """Return the values that stand in a column most often, each with what the recipe says of it."""
    counts = Counter(value_name(row.values[column]) for row in rows if column in row.values)
    meanings = {value_name(key): (key, new) for key, new in source.values.get(column, {}).items()}
    found = [name for name, _ in counts.most_common(_VALUES)]
    values = []
    for name in [*found, *(name for name in meanings if name not in found)]:
        key, new = meanings.get(name, (name, ""))
        shown = shortened(name, 40) or context.say("(empty)", "（空）")
        choices = [
            ("", context.say("As it is", "保持原值")),
            (KEEP, context.say("Keep the row", "保留该行")),
            (DROP, context.say("Drop the row", "丢弃该行")),
        ]
        if new not in ("", KEEP, DROP):
            choices.append((str(new), context.say(f"Becomes {new}", f"换成 {new}")))
        values.append(
            {
                "key": key,
                "shown": shown,
                "count": counts[name],
                "chosen": str(new),
                "choices": choices,
                "label": context.say(f"What the value {shown} of “{column}” means", f"“{column}”取值 {shown} 的含义"),
            }
        )
    return values


def _base(context: Context, source: SourceFile, found: Guess) -> dict[str, object] | None:
    """Return the choice of what numbers count from, where the right option is a number."""
    if source.answer_base is None and found.base is None and not found.base_asked:
        return None
    told = context.say("Not said", "未指定")
    if source.answer_base is None and found.base is not None:
        told = context.say(f"{found.base} (recognised)", f"{found.base}（自动识别）")
    return {
        "label": context.say("Answers count from", "答案序号起点"),
        "chosen": "" if source.answer_base is None else str(source.answer_base),
        "choices": [("", told), ("0", "0"), ("1", "1")],
    }


def _raw(row: RawRow, columns: Sequence[str]) -> dict[str, object]:
    values = unnested(row.values)
    return {"line": row.line, "cells": [_cell(values.get(column)) for column in columns]}


def _cell(value: Any) -> str:
    if is_nothing(value):
        return ""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:  # brackets within brackets a thousandfold
        text = "…"
    return shortened(text[: 4 * _CELL], _CELL)


def _more(context: Context, count: int) -> str:
    return context.say(f"and {count} more columns", f"另有 {count} 列") if count > 0 else ""


# ---- a row beside what it becomes


def _pair(context: Context, alike: Sequence[Sample]) -> dict[str, Any]:
    sample = alike[0]
    line, reason = sample.raw.line, sample.reason
    if reason is not None:
        why, lines = _why(context, alike), _lines(alike)
        verb = "is" if len(alike) == 1 else "are"
        title = context.say(f"{lines.en.capitalize()} {verb} not taken: {why}", f"{lines.zh}不采用：{why}")
        right = notice(context.text(reason))
    else:
        title = context.say(f"Line {line} becomes: ", f"第 {line} 行变为：") + _brief(context, sample.made)
        right = join(record.made(context, row) for row in sample.made[:_SEVERAL])
    left = (
        record.plain(context, sample.raw.values) if sample.raw.values else notice(context.text(reason or Text("", "")))
    )
    return {"title": title, "bad": reason is not None, "raw": left, "made": right}


def _brief(context: Context, made: Sequence[Row]) -> str:
    """Return what a row becomes in a few words: what it is, what it asks, what is answered."""
    row = made[0]
    form: Mapping[str, Text] = type(row).forms
    kind = context.text(form[row.form]) if row.form in form else context.text(type(row).noun)
    said = [shortened(text, _BRIEF) for text in record.brief(row.model_dump(mode="json")) if text]
    several = context.say(f"{len(made)} records, the first: ", f"{len(made)} 条记录，第一条：") if len(made) > 1 else ""
    return f"{several}{kind} · {' → '.join(said)}"


def _words(context: Context) -> dict[str, str]:
    return {
        "line": context.say("Line", "行号"),
        "raw": context.say("In the file", "文件中"),
        "made": context.say("In the dataset", "数据集中"),
        "ignore": context.say("Ignore", "忽略"),
        "table": context.say("First rows of the file", "文件的前几行"),
        "becomes": context.say("What the rows become", "各行转换结果"),
    }
