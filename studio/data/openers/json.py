"""One JSON document: an array of rows, an object of rows by key, rows that stand deeper, or columns.

[{"question": "…"}, …]                        {"17": {"question": "…"}, "18": {"question": "…"}}
{"version": 1, "data": [{"question": "…"}]}   {"question": ["…", "…"], "answer": ["…", "…"]}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.openers._json import JsonText, row_of
from studio.data.openers._lines import form_of
from studio.data.openers._text import fault_of, open_text
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_LOOKED_AT = 50
_DEEPEST_PATH = 3
_TURN = frozenset(("role", "content", "from", "value", "name", "tool_calls"))  # a conversation's turns are no rows
_NO_ROW = Text("the item is no JSON object", "这一项不是 JSON 对象")


@dataclass
class _Survey:
    """What an object's first members look like, and the lists of objects that stand below it."""

    members: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)


def fits(path: Path, head: Head) -> bool:
    return head.text.lstrip()[:1] in ("[", "{") and form_of(path, head) == "document"


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows of a document.

    Raises:
        InputError: it breaks off, or has several lists of rows and none was chosen.
    """
    if reading.path:
        return _document(path, reading, reading.path.split("."))
    with open_text(path, reading.encoding) as stream:
        document = JsonText(stream, path)
        if document.peek() == "[":
            return _document(path, reading, [])
        survey = _surveyed(document)
    if _is_columns(survey):
        reading.note("the file holds columns; they were turned into rows", "文件按列存放，已转换为按行")
        return _columns(path, reading)
    if _is_table(survey):
        return _document(path, reading, [])
    if len(survey.lists) > 1:
        named = ", ".join(survey.lists)
        raise InputError(
            Text(f"there are several lists of rows: {named}", f"文件里有多个数据行列表：{named}"),
            Text(f"Say which is meant: `path: {survey.lists[0]}`.", f"请指明用哪一个：`path: {survey.lists[0]}`。"),
            shown(path),
        )
    if survey.lists:
        reading.note(f"the rows stand at '{survey.lists[0]}' (path)", f"数据行位于“{survey.lists[0]}”（path）")
        return _document(path, reading, survey.lists[0].split("."))
    return _single(path, reading)


def _surveyed(document: JsonText) -> _Survey:
    """Look through an object: all of it, unless its first members show that it is a table of rows by key."""
    survey = _Survey()
    for key in document.members():
        survey.keys.append(key)
        survey.members.append(_look(document, key, survey, 1))
        if len(survey.members) == _LOOKED_AT and _is_table(survey) and not _is_columns(survey):
            break
    return survey


def _look(document: JsonText, path: str, survey: _Survey, depth: int) -> Any:
    """Take a value and return it; of an object or an array inside only how it begins, and its length."""
    following = document.peek()
    if following == "[":
        begins: list[Any] = []
        count = 0
        for _ in document.items():
            item, _text = document.value()
            count += 1
            if count <= _LOOKED_AT:
                begins.append(item)
        if begins and all(isinstance(item, dict) and not _TURN.issuperset(item) for item in begins):
            survey.lists.append(path)
        return _Listed(begins, count)
    if following == "{" and depth < _DEEPEST_PATH:
        held: dict[str, Any] = {}
        for key in document.members():
            value = _look(document, f"{path}.{key}", survey, depth + 1)
            if len(held) < _LOOKED_AT:
                held[key] = value
        return held
    return document.value()[0]


@dataclass(frozen=True)
class _Listed:
    begins: list[Any]
    count: int


def _is_columns(survey: _Survey) -> bool:
    """Tell whether each member is a column: lists of one length, or objects with the same numbers for keys."""
    members = survey.members
    if len(members) < 2:
        return False
    if all(isinstance(item, _Listed) for item in members):
        no_rows = not any(isinstance(cell, dict) for item in members for cell in item.begins)
        return len({item.count for item in members}) == 1 and members[0].count > 0 and no_rows
    if not all(isinstance(item, dict) and item for item in members):
        return False
    first = list(members[0])
    return all(key.isdecimal() for key in first) and all(list(item) == first for item in members)


def _is_table(survey: _Survey) -> bool:
    """Tell whether the members are rows: objects, several, that have a field in common."""
    members = survey.members
    if len(members) < 2 or not all(isinstance(item, dict) for item in members):
        return False
    return bool(set.intersection(*(set(item) for item in members[:2])))


def _document(path: Path, reading: Reading, steps: list[str]) -> Iterator[RawRow]:
    with open_text(path, reading.encoding) as stream:
        document = JsonText(stream, path)
        _descend(document, path, steps)
        if document.peek() == "[":
            lists = False
            for number, _ in enumerate(document.items()):
                lists = document.peek() == "[" if number == 0 else lists
                yield _row(document, reading, lists)
        elif document.peek() == "{":
            yield from _by_key(document, reading)
        else:
            raise _no_rows(path, steps)
        if not steps and document.peek():
            raise InputError(
                Text("something follows the end of the JSON array", "JSON 数组结束之后还有内容"),
                Text(
                    "Put all rows into one array, or one object a line.", "请把所有行放进同一个数组，或每行一个对象。"
                ),
                f"{shown(path)} line {document.line}",
            )


def _descend(document: JsonText, path: Path, steps: list[str]) -> None:
    """Take all that stands before the value at a path. Raises InputError where there is none."""
    for place, step in enumerate(steps):
        seen = []
        if document.peek() != "{":
            raise _no_rows(path, steps[:place])
        for key in document.members():
            if key == step:
                break
            seen.append(key)
            _skip(document)
        else:
            raise InputError(
                Text(
                    f"there is no '{step}' in the file; it has {', '.join(seen[:12]) or '-'}",
                    f"文件里没有“{step}”，只有 {'、'.join(seen[:12]) or '-'}",
                ),
                Text("Mend `path`.", "请修改 `path`。"),
                str(path),
            )


def _skip(document: JsonText) -> None:
    """Take a value without holding all of it."""
    following = document.peek()
    if following == "[":
        for _ in document.items():
            document.value()
    elif following == "{":
        for _ in document.members():
            document.value()
    else:
        document.value()


def _no_rows(path: Path, steps: list[str]) -> InputError:
    place = ".".join(steps) or "-"
    return InputError(
        Text(f"at '{place}' stand neither rows nor an object", f"“{place}”处既不是数据行，也不是对象"),
        Text("Mend `path`.", "请修改 `path`。"),
        str(path),
    )


def _row(document: JsonText, reading: Reading, lists: bool = False) -> RawRow:
    document.peek()
    line = document.line
    value, text = document.value()
    return row_of(value, text, line, reading.encoding, _NO_ROW, lists)


def _by_key(document: JsonText, reading: Reading) -> Iterator[RawRow]:
    for key in document.members():
        line = document.line
        value, text = document.value()
        row = row_of(value, text, line, reading.encoding, _NO_ROW)
        fault = row.fault or fault_of(key, reading.encoding)
        yield RawRow(line, {"id": key, **row.values} if row.values else {}, fault)


def _single(path: Path, reading: Reading) -> Iterator[RawRow]:
    with open_text(path, reading.encoding) as stream:
        document = JsonText(stream, path)
        yield _row(document, reading)
        if document.peek():
            raise document.broken()


def _columns(path: Path, reading: Reading) -> Iterator[RawRow]:
    with open_text(path, reading.encoding) as stream:
        document = JsonText(stream, path)
        document.peek()
        line = document.line
        value, text = document.value()
    whole = row_of(value, text, line, reading.encoding, _NO_ROW)
    columns = {key: list(column.values()) if isinstance(column, dict) else column for key, column in value.items()}
    for number in range(max(map(len, columns.values()))):
        yield RawRow(number + 1, {key: column[number] for key, column in columns.items()}, whole.fault)


OPENER = Opener(
    title=Text("JSON", "JSON"),
    suffixes=(".json",),
    fits=fits,
    rows=rows,
    order=50,
)
