"""JSON values: of one line, or one after another out of a stream that is never held whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.openers._text import fault_of
from studio.data.reading import LONGEST_ROW, RawRow

_CHUNK = 2**18
_DEEPEST = 200
_CUT = 20  # characters before the end, where a fault is that of a text cut short
_DEEP = object()  # in place of a value too deep to be read at once
_SPACE = re.compile(r"[ \t\n\r]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # half of a surrogate pair, written as JSON escapes it
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_fast = msgspec.json.Decoder().decode
_scan = json.JSONDecoder().raw_decode

NO_JSON = Text("not valid JSON", "不是合法的 JSON")
_TWICE = Text("a field stands twice in an object", "同一个对象里有重名的字段")


def parse(text: str) -> Any:
    """Return the value of a whole text. Brackets deeper than any data's stay as they are written, as a text.

    Raises:
        ValueError: it is no JSON.
    """
    if text.count("[") + text.count("{") > _DEEPEST:
        text = _flattened(text)
    try:
        return _fast(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        # it refuses NaN, numbers without end and halves of characters, which cost a row or a field and no more
        return json.loads(text)


def row_of(value: Any, text: str, line: int, encoding: str, what: Text, lists: bool = False) -> RawRow:
    """Return the row that a value is; with a fault where it is none, or its text holds what no row may.

    Args:
        text: what the value was read from.
        what: the fault of a value that is no row.
        lists: whether an array is a row, too: its items become the fields 0, 1, ...
    """
    if isinstance(value, list) and lists:
        value = {str(place): item for place, item in enumerate(value)}
    elif not isinstance(value, dict):
        return RawRow(line, {}, what)
    elif _may_have_twice(value, text.count('":'), '" :' in text) and _has_twice(text):
        return RawRow(line, value, _TWICE)
    fault = fault_of(text, encoding) or (_half(value) if "\\u" in text and _HALF.search(text) else None)
    return RawRow(line, value, fault)


def plain_row(line: bytes, number: int) -> RawRow | None:
    """Return the row of a line that is nothing but an object with nothing wrong in it, as nearly all are; else None."""
    try:
        value = _fast(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if type(value) is not dict or _may_have_twice(value, line.count(b'":'), b'" :' in line):
        return None
    return RawRow(number, value) if line.count(b"[") + line.count(b"{") <= _DEEPEST else None


def _may_have_twice(value: dict[str, Any], written: int, spaced: bool) -> bool:
    """Tell whether a field may stand twice in an object.

    Args:
        written: how often a quotation mark and a colon stand in its text, which each field has.
        spaced: whether some stand apart.
    """
    return spaced or (written != len(value) and written != _keys(value))


def _keys(value: Any) -> int:
    """Return how many fields there are, in all objects within."""
    count, within = 0, [value]
    while within:
        item = within.pop()
        if isinstance(item, dict):
            count += len(item)
            item = item.values()
        within += [one for one in item if isinstance(one, dict | list)]
    return count


def _has_twice(text: str) -> bool:
    """Tell whether an object within has a field twice; one would hide the other."""
    twice = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        twice.append(len(found) < len(pairs))
        return found

    try:
        json.loads(text, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return False
    return any(twice)


def _half(value: Any) -> Text | None:
    """Return the fault of a value that holds half a surrogate pair, which no UTF-8 file can keep."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        return Text(f"half a character ({half}): the text was cut", f"有半个字符（{half}）：文字被截断了")
    except RecursionError:
        return NO_JSON
    return None


def _flattened(text: str) -> str:
    """Return a JSON text in which what is nested deeper than 200 levels stands as a text of its own."""
    depth, done, begin = 0, 0, 0
    parts = []
    for found in _PIECE.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth == _DEEPEST + 1:
                begin = found.start()
        elif found[0] in "]}":
            depth -= 1
            if depth == _DEEPEST:
                parts += [text[done:begin], json.dumps(text[begin : found.end()])]
                done = found.end()
    return "".join([*parts, text[done:]])


def _end_of(text: str, at: int) -> int:
    """Return where the value with brackets that begins at a place ends; -1 where it does not."""
    depth = 0
    for found in _PIECE.finditer(text, at):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth <= 0:
            return found.end()
    return -1


class JsonText:
    """A stream of JSON text that is read value by value, and knows the line it is on."""

    def __init__(self, stream: TextIO, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._text = ""
        self._at = 0
        self._done = False
        self.line = 1

    def peek(self) -> str:
        """Return the next character that is no blank, without taking it; empty at the end."""
        if self._at < len(self._text) and self._text[self._at] not in " \t\n\r":
            return self._text[self._at]
        while True:
            end = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches anywhere
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            if end < len(self._text):
                return self._text[end]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Take a character that has to come next. Raises InputError where it does not."""
        if self.peek() != wanted:
            raise self.broken()
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """Take the next value, and return it with its text; `line` is the one it ends on.

        Raises:
            InputError: there is none, or it breaks off.
        """
        if not self.peek():
            raise self.broken()
        while True:
            end, wrong = -1, self._at
            try:
                value, end = _scan(self._text, self._at)
            except RecursionError:
                end = _end_of(self._text, self._at)
                value = _DEEP
            except json.JSONDecodeError as error:
                # an open quotation mark is said to be wrong where it stands, anything else where it was met
                wrong = len(self._text) if error.msg.startswith("Unterminated") else error.pos
                if wrong < len(self._text) - _CUT:
                    raise self.broken(wrong) from error
            except ValueError as error:  # a number of thousands of digits
                raise self.broken() from error
            if 0 <= end < len(self._text) or (end >= 0 and self._done):  # a number at the end may go on
                return self._passed(value, end)
            if not self._more() and end < 0:
                raise self.broken(wrong)

    def members(self) -> Iterator[str]:
        """Take an object; yields each key, and whoever asks takes the value."""
        self.take("{")
        while (following := self.peek()) != "}":
            if following == ",":
                self._at += 1
                continue
            key, _ = self.value()
            if not isinstance(key, str):
                raise self.broken()
            self.take(":")
            yield key
        self._at += 1

    def items(self) -> Iterator[None]:
        """Take an array; yields before each item, and whoever asks takes it."""
        self.take("[")
        while (following := self.peek()) != "]":
            if following == ",":
                self._at += 1
                continue
            yield
        self._at += 1

    def broken(self, wrong: int | None = None) -> InputError:
        """Return the error of a text that is no JSON from this place on.

        Args:
            wrong: where in what was read it is wrong; here, where nothing is said.
        """
        wrong = self._at if wrong is None else wrong
        if self._done and wrong >= len(self._text) - _CUT:
            return InputError(
                Text("the JSON breaks off here", "JSON 在这里中断"),
                Text("The file may be cut short; get it again.", "文件可能不完整，请重新获取。"),
                f"{shown(self._path)} line {self.line}",
            )
        return InputError(
            Text("this is not valid JSON here", "这里不是合法的 JSON"),
            Text(
                "Look for a comma, a quotation mark or a bracket that is missing or one too many.",
                "请检查这里是否缺少或多出逗号、引号或括号。",
            ),
            f"{shown(self._path)} line {self.line + self._text.count(chr(10), self._at, wrong)}",
        )

    def _passed(self, value: Any, end: int) -> tuple[Any, str]:
        text = self._text[self._at : end]
        if text.count("[") + text.count("{") > _DEEPEST:
            try:
                value = parse(text)
            except ValueError as error:
                raise self.broken() from error
        self.line += text.count("\n")
        self._at = end
        return value, text

    def _more(self) -> bool:
        """Read on, twice as much where a value fills what was read; tells whether there was more."""
        rest = self._text[self._at :]
        if len(rest) > LONGEST_ROW:
            raise InputError(
                Text(
                    "a row that begins here has more than 64 million characters", "从这里开始的一行超过 6400 万个字符"
                ),
                Text("Split the file, or look for a bracket that is missing.", "请拆分文件，或检查是否缺少括号。"),
                f"{shown(self._path)} line {self.line}",
            )
        part = self._stream.read(max(_CHUNK, len(rest)))
        self._done = not part
        self._text, self._at = rest + part, 0
        return bool(part)
