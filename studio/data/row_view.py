"""A raw row as a layout sees it: by what its columns mean, with a note of which were used."""

from __future__ import annotations

import ast
import json
import math
import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal

from studio.core.text import Text
from studio.data.column_roles import column_roles
from studio.data.roles import OPTION, is_telling

Values = Mapping[str, Any]
Kind = Literal["nothing", "truth", "number", "letter", "text", "prose", "texts", "turns", "records", "lists", "mapping"]
"""What a value is; a letter is a single one, as options have them; turns are records that say who speaks."""
SPEAKER_KEYS = ("role", "from", "speaker", "user_role", "角色")

_LETTER = re.compile(r"[(（]?[A-Ja-jＡ-Ｊ][)）]?[.。]?")
_LONGEST_LETTER = 4  # characters of `(A).`
_BLANKS = " \t\r\n\u3000\ufeff"
_HAN = re.compile("[\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_REMARKED = "verdict"  # a role in which many words are a remark
_TRUTHS: Mapping[str, frozenset[str]] = {  # the words that are yes or no in a role
    "accepted": frozenset(("yes", "no", "是", "否")),
    "answer": frozenset(("true", "false", "正确", "错误", "√", "×")),
}
_WATCHED = frozenset((_REMARKED, *_TRUTHS))
_LONGEST_TRUTH = max(len(word) for words in _TRUTHS.values() for word in words)
_SHORT = 40  # characters: what is longer is no label
_WRITTEN = re.compile(r"\s*[\[{(].*[\]})]\s*", re.DOTALL)  # JSON, or a Python literal, in a table's cell


class BadRow(ValueError):
    """A row that cannot be converted; its reason is shown with the line, and its kind is counted."""

    def __init__(self, reason: Text, kind: Text | None = None, asks: Mapping[str, str] | None = None) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.kind = kind or reason
        self.asks: Mapping[str, str] = asks or {}
        """The columns, with what they seem to be, of which the recipe may say what they mean."""


class RowView:
    """A raw row by the roles of its columns; whoever asks for a role has used its columns.

    Args:
        values: the row.
        given: roles that the recipe gives to columns, sorted; `ignore` leaves one out.
        base: what an answer that is a number counts from; None where nobody said.
    """

    def __init__(self, values: Values, given: tuple[tuple[str, str], ...] = (), base: int | None = None) -> None:
        self.values = values
        self.base = base
        self.roles = column_roles(tuple(values), given)
        self.columns = self.roles.columns
        self.used: set[str] = set()
        self.instead: dict[str, str] = {}
        self.faults: list[BadRow] = []
        """Why parts of it were not taken, where others were: questions of a case."""
        self._kinds: tuple[Kind, ...] | None = None

    def has(self, role: str) -> bool:
        """Return whether a column of this role holds something."""
        columns = self.columns.get(role)  # asked several times for each row, mostly of a role that it has not
        if columns is None:
            return False
        if len(columns) == 1:
            return not is_nothing(self.values[columns[0]])
        return any(not is_nothing(self.values[column]) for column in columns)

    def stands(self, role: str) -> bool:
        """Return whether there is a column of this role, filled or not."""
        return role in self.columns

    def __contains__(self, column: object) -> bool:
        return column in self.values

    def __getitem__(self, column: str) -> Any:
        """Return what stands in a column, by the name that the file gives it."""
        self.used.add(column)
        return self.values[column]

    @property
    def options(self) -> tuple[str, ...]:
        """The roles of the columns that hold one option each, in order."""
        return self.roles.options

    def value(self, *roles: str) -> Any:
        """Return what stands in the first filled column of the first of these roles; None where there is none.

        Lists and mappings that a table's cell holds as text are read.
        """
        if len(roles) == 1:  # as nearly always: one role, of one column or none
            columns = self.columns.get(roles[0])
            if columns is None:
                return None
            if len(columns) == 1:
                return self._only(columns[0])
        found = ""
        for role in roles:
            for column in self.columns.get(role, ()):
                if is_nothing(self.values[column]):
                    self.used.add(column)
                elif not found:
                    found = column
                    self.used.add(column)
                elif column not in self.used:
                    self.instead[column] = found
        return unwritten(self.values[found]) if found else None

    def _only(self, column: str) -> Any:
        self.used.add(column)
        value = self.values[column]
        if type(value) is str and value[:1] not in "[{(" and not value.isspace():
            return value
        return None if is_nothing(value) else unwritten(value)

    def text(self, *roles: str) -> str:
        """Return a text, stripped; empty where there is none. Raises BadRow where it is a list or an object."""
        if len(roles) == 1 and roles[0] not in self.columns:  # as most roles are
            return ""
        return text_of(value) if (value := self.value(*roles)) is not None else ""

    def texts(self, *roles: str) -> tuple[str, ...]:
        """Return the texts of a list, or a single one, without empty ones. Raises BadRow where it holds something else."""
        return texts_of(value) if (value := self.value(*roles)) is not None else ()

    def kind(self, role: str) -> Kind:
        """Return what stands in a role."""
        kinds = (_kind(role, self.values[column]) for column in self.columns.get(role, ()))
        return next((kind for kind in kinds if kind != "nothing"), "nothing")

    def kinds(self) -> tuple[Kind, ...]:
        """Return what stands in each column, in their order."""
        if self._kinds is None:
            self._kinds = tuple(
                [
                    _kind(role, value) if role in _WATCHED else kind_of(value)
                    for role, value in zip(self.roles.of_each, self.values.values(), strict=True)
                ]
            )
        return self._kinds

    def shape(self) -> Hashable:
        """Return what the row is made of: rows of one shape have one layout."""
        return self.roles, self.kinds()

    def left(self) -> list[str]:
        """Return the filled columns that nobody used, of whatever role."""
        return [
            column
            for column, value in self.values.items()
            if column not in self.used
            and column not in self.instead
            and column not in self.roles.ignored
            and not is_nothing(value)
        ]

    def telling_left(self, taken: Iterable[str]) -> list[str]:
        """Return the filled columns whose role is telling and none of those taken."""
        roles = set(taken)
        return [
            column
            for role, columns in self.columns.items()
            if is_telling(role) and role not in roles and not (role.startswith(f"{OPTION} ") and OPTION in roles)
            for column in columns
            if _kind(role, self.values[column]) not in ("nothing", "prose")
        ]


def is_nothing(value: object) -> bool:
    """Return whether a value says nothing at all; false and 0 are something."""
    if isinstance(value, str):
        return not value or value.isspace() or (len(value) == 2 and value in ("[]", "{}"))
    return value is None or (isinstance(value, list | dict) and not value)


def _kind(role: str, value: Any) -> Kind:
    """Return what stands in a role: a verdict of many words is a remark, and a short answer may be yes or no."""
    kind = kind_of(value)
    if kind != "text":
        return kind
    if role == _REMARKED and len(str(value)) > _SHORT:
        return "prose"
    if role in _TRUTHS and len(said := str(value).strip()) <= _LONGEST_TRUTH and said.casefold() in _TRUTHS[role]:
        return "truth"
    return kind


def kind_of(value: Any) -> Kind:
    """Return what a value is, as far as layouts tell values apart."""
    if type(value) is str and value[:1] not in "[{(" and len(value.strip()) > _LONGEST_LETTER:
        return "text"  # as nearly every cell is; what follows would say the same
    value = unwritten(value)
    if is_nothing(value):
        return "nothing"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "letter" if _LETTER.fullmatch(value.strip()) else "text"
    if isinstance(value, Mapping):
        return "mapping"
    first = value[0] if isinstance(value, list | tuple) else value
    if isinstance(first, Mapping):
        return "turns" if any(first.get(name) for name in SPEAKER_KEYS) else "records"
    return "lists" if isinstance(first, list | tuple) else "texts"


def unwritten(value: Any) -> Any:
    """Return what a cell holds as JSON or as a Python literal, `['a', 'b']`; anything else as it is.

    >>> unwritten("['a', 'b']"), unwritten('{"A": "x"}'), unwritten("[1] says so")
    (['a', 'b'], {'A': 'x'}, '[1] says so')
    """
    if not isinstance(value, str) or value[:1] not in "[{(" or len(value) > 1_000_000 or not _WRITTEN.fullmatch(value):
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(value if read is json.loads else _with_commas(value))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return list(found) if isinstance(found, tuple) else found if isinstance(found, list | dict) else value
    return value


def _with_commas(written: str) -> str:
    """Return a list as NumPy prints it, `['a' 'b']` and `[{…}\\n {…}]`, with the commas that Python wants."""
    if written[:1] != "[":
        return written
    if "}, {" not in written:
        written = re.sub(r"\}\s+\{", "}, {", written)
    return written if "', '" in written else re.sub(r"(?<=['\"])\s+(?=['\"])", ", ", written)


def text_of(value: Any) -> str:
    """Return a value as a stripped text; a list or an object of one text is that text.

    Raises:
        BadRow: it holds more than that, or is a number that is none.
    """
    if type(value) is str:  # as nearly every value is
        return _cleaned(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRow(Text(f"the value is {value}, which is no number", f"值为 {value}，不是有效数字"))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Mapping):
        for name in ("text", "value", "content", "answer"):
            if isinstance(value.get(name), str | int | float) or _is_one_text(value.get(name)):
                return text_of(value[name])
        raise BadRow(_not_text("an object", "对象", value))
    if isinstance(value, list | tuple):
        if len(value) == 1:
            return text_of(value[0])
        raise BadRow(_not_text("a list", "列表", value)) if value else BadRow(Text("the list is empty", "列表为空"))
    return _cleaned(str(value))


def _cleaned(text: str) -> str:
    control = None if text.isprintable() else _CONTROL.search(text)  # most texts are; a quarter of the time
    if control:
        sign = f"U+{ord(control.group()):04X}"
        raise BadRow(
            Text(f"the text holds a control character ({sign})", f"文字中含有控制字符（{sign}）"),
            Text("the text holds a control character", "文字中含有控制字符"),
        )
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip(_BLANKS)  # ASCII is as NFC has it


def _is_one_text(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)


def rendered(value: Any) -> str:
    """Return an object or a list as a text that a person would write.

    >>> print(rendered({"诊断": "甲", "用药": [1, 2]}))
    诊断：甲
    用药：1、2
    """
    if isinstance(value, Mapping):
        colon = "：" if any(_HAN.search(str(key)) for key in value) else ": "
        return "\n".join(f"{key}{colon}{rendered(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        texts = [rendered(item) for item in value]
        return ("、" if all(len(text) < 4 or _HAN.search(text) for text in texts) else ", ").join(texts)
    return text_of(value)


def written(value: Any) -> str:
    """Return a single value as a table writes it: 0, 0.0 and "0" are alike.

    >>> written(1.0), written(" a "), written(None)
    ('1', 'a', '')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def texts_of(value: Any) -> tuple[str, ...]:
    """Return the texts of a list, or of a single text; without empty ones."""
    several = value if isinstance(value, list | tuple) else [value]
    return tuple(text for text in map(text_of, several) if text)


def _not_text(en: str, zh: str, value: Any) -> Text:
    begins = json.dumps(value, ensure_ascii=False, default=str)[:60]
    return Text(f"a text is wanted, this is {en}: {begins}", f"这里应是文字，实际是{zh}：{begins}")
