"""A row as the cells of a sheet, and a row with some of its cells changed.

A cell is known by a key: `stem`, `option A`, `user 2`. Whatever a row has no cell for stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import ascii_uppercase
from typing import Any

from studio.core.records import Message
from studio.core.text import Text
from studio.data.layouts.judged import BAD, GOOD
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric

ID, SPLIT = "id", "split"
LONGEST = 32_767
"""The characters that a cell of a workbook holds."""
_ROLES = ("system", "user", "assistant")
_LABEL = "label "
_TITLES: Mapping[str, str] = {
    ID: "编号",
    SPLIT: "数据划分",
    "system": "系统提示词",
    "user": "用户",
    "assistant": "助手",
    "context": "参考资料",
    "stem": "题干",
    "option": "选项",
    "gold": "正确答案",
    "accepted": "可接受的说法",
    "thought": "思维链",
    "explanation": "解析",
    "chosen": "较优回答",
    "rejected": "较差回答",
    "answer": "回答",
    "verdict": "评判",
    "criterion": "评分要点",
    "points": "分值",
    "group": "分组",
    "family": "病例",
    "label": "标签",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class BadCell(ValueError):
    """A cell that says what a row cannot have."""

    def __init__(self, key: str, reason: Text) -> None:
        super().__init__(reason.en)
        self.key = key
        self.reason = reason


def comparable(text: str) -> str:
    """Return a cell's text without what a spreadsheet changes by itself: ends of lines, control characters, blanks around it."""
    plain = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return _CONTROL.sub("", plain.replace("\r\n", "\n").replace("\r", "\n")).strip()


def title_of(key: str) -> str:
    """Return the heading of a cell's column, in both languages.

    >>> title_of("option A"), title_of("stem")
    ('option A 选项 A', 'stem 题干')
    """
    word, _, rest = key.partition(" ")
    return f"{key} {_TITLES.get(word, '')} {rest}".strip()


def columns_told(columns: Mapping[str, int]) -> Text:
    """Return how many cells were changed in each column, for the card."""
    return Text(
        ", ".join(f"{key} {count:,}" for key, count in columns.items()),
        "，".join(f"{title_of(key)} {count:,} 处" for key, count in columns.items()),
    )


def ordered(keys: Iterable[str]) -> list[str]:
    """Return keys in the order in which one reads a row."""
    return sorted(set(keys), key=_place)


def _place(key: str) -> tuple[int, int, int, str]:
    word, _, rest = key.partition(" ")
    number = int(rest) if rest.isdecimal() else 0
    if word in _ROLES:  # turn by turn
        return 2, number, _ROLES.index(word), rest
    if word in ("criterion", "points"):
        return 4, number, word == "points", rest
    names = list(_TITLES)
    place = names.index(word) if word in names else len(names)
    later = place > names.index("assistant")
    return (3 if place < names.index("criterion") else 5) if later else 1, place, number, rest


def cells_of(row: Row) -> dict[str, str]:
    """Return a row's cells by their keys; those that would be empty are none."""
    cells: dict[str, str] = {}
    if isinstance(row, Question):
        cells = {
            "system": row.system,
            **_numbered("context", row.contexts),
            "stem": row.stem,
            **{f"option {letter}": text for letter, text in row.options.items()},
            "gold": row.gold,
            "accepted": "\n".join(row.accepted),
            "thought": row.thought,
            "explanation": row.explanation,
            **_numbered("criterion", row.criteria),
            "group": row.group,
        }
    elif isinstance(row, Conversation):
        cells = _turns(row.messages)
    elif isinstance(row, Preference):
        cells = {**_turns(row.prompt), "chosen": row.chosen, "rejected": row.rejected}
    elif isinstance(row, Judged):
        cells = {**_turns(row.prompt), "answer": row.answer, "verdict": "good" if row.good else "bad"}
    elif isinstance(row, Rubric):
        cells = _turns(row.prompt) | _numbered("criterion", [item.text for item in row.criteria])
        cells |= _numbered("points", [f"{item.points:g}" for item in row.criteria])
    cells["family"] = row.family
    cells |= {f"{_LABEL}{name}": text for name, text in row.labels.items()}
    return {key: text for key, text in cells.items() if text}


def changed(row: Row, cells: Mapping[str, str]) -> Row:
    """Return a row with other texts in some of its cells; an empty one takes what was there away.

    Raises:
        BadCell: what comes of it is no such row: an answer that is no option, a talk without an answer.
    """
    values: dict[str, Any] = {}
    if isinstance(row, Question):
        values = _question(row, cells)
    elif isinstance(row, Conversation):
        turns = _talk(row.messages, cells)
        if not turns or turns[-1].role != "assistant":
            raise BadCell(_first(cells), Text("the last turn is no answer of the assistant", "最后一轮不是助手的回答"))
        values = {"messages": turns}
    elif isinstance(row, Preference | Judged):
        values = {"prompt": _talk(row.prompt, cells)}
        for name in ("chosen", "rejected", "answer"):
            if name in cells:
                values[name] = _filled(name, cells[name])
        if isinstance(row, Preference) and values.get("chosen", row.chosen) == values.get("rejected", row.rejected):
            raise BadCell(
                "chosen" if "chosen" in cells else "rejected", Text("both answers are the same", "两个回答相同")
            )
        if "verdict" in cells:
            values["good"] = _verdict(cells["verdict"])
    elif isinstance(row, Rubric):
        values = {"prompt": _talk(row.prompt, cells), "criteria": _criteria(row, cells)}
    if "family" in cells:
        values["family"] = cells["family"]
    said = {key.removeprefix(_LABEL): text for key, text in cells.items() if key.startswith(_LABEL)}
    if said:
        values["labels"] = {name: text for name, text in {**row.labels, **said}.items() if text}
    return row.model_copy(update=values)


def _question(row: Question, cells: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: cells[name] for name in ("system", "thought", "explanation", "group") if name in cells
    }
    if "stem" in cells:
        values["stem"] = _filled("stem", cells["stem"])
    if "accepted" in cells:
        values["accepted"] = tuple(line.strip() for line in cells["accepted"].splitlines() if line.strip())
    for name, word in (("contexts", "context"), ("criteria", "criterion")):
        if any(key.partition(" ")[0] == word for key in cells):
            values[name] = _listed(word, getattr(row, name), cells)
    options = {**row.options}
    for letter in ascii_uppercase:
        if f"option {letter}" in cells:
            options[letter] = cells[f"option {letter}"]
    options = {letter: options[letter] for letter in sorted(options) if options[letter]}
    if options != row.options:
        values["options"] = options
        if len(options) < 2:
            raise BadCell(_first(cells, "option"), Text("fewer than two options are left", "选项少于两个"))
    gold = _filled("gold", cells["gold"]) if "gold" in cells else row.gold
    if options:
        letters = "".join(re.findall(r"[A-Z]", gold.upper()))
        given = re.sub(r"[\s,，、;；]", "", gold).upper()
        wrong = next((letter for letter in letters if letter not in options), "")
        if letters != given or wrong:
            there = "".join(options)
            key = "gold" if "gold" in cells else _first(cells, "option")
            raise BadCell(
                key,
                Text(
                    f"the right answer is '{gold[:20]}', which is no option (there are {there})",
                    f"正确答案是“{gold[:20]}”，但没有这个选项（现有 {there}）",
                ),
            )
        gold = "".join(sorted(set(letters)))
    if gold != row.gold:
        values["gold"] = gold
    return values


def _numbered(word: str, texts: Iterable[str]) -> dict[str, str]:
    return {f"{word} {number}": text for number, text in enumerate(texts, 1)}


def _listed(word: str, texts: Iterable[str], cells: Mapping[str, str]) -> tuple[str, ...]:
    held = {**_numbered(word, texts), **{key: text for key, text in cells.items() if key.partition(" ")[0] == word}}
    return tuple(held[key] for key in ordered(held) if held[key])


def _slots(turns: Iterable[Message]) -> dict[str, Message]:
    """Return turns by their keys: a round is system, user, assistant, and who speaks before his turn begins another."""
    slots: dict[str, Message] = {}
    number, place = 1, -1
    for turn in turns:
        at = _ROLES.index(turn.role)
        number += at <= place
        place = at
        slots[f"{turn.role} {number}"] = turn
    return slots


def _turns(turns: Iterable[Message]) -> dict[str, str]:
    return {key: turn.content for key, turn in _slots(turns).items()}


def _talk(turns: Iterable[Message], cells: Mapping[str, str]) -> tuple[Message, ...]:
    """Return a conversation with other turns. Raises BadCell where the user says nothing at all."""
    slots = _slots(turns)
    for key, text in cells.items():
        role, _, _ = key.partition(" ")
        if role in _ROLES:
            slots[key] = Message.model_validate({"role": role, "content": text})
    said = tuple(slots[key] for key in ordered(slots) if slots[key].content)
    if all(turn.role != "user" for turn in said):
        raise BadCell(_first(cells, "user"), Text("the user says nothing", "对话中没有用户的话"))
    return said


def _criteria(row: Rubric, cells: Mapping[str, str]) -> tuple[Criterion, ...]:
    held = cells_of(row) | dict(cells)
    found = []
    for key in ordered(held):
        word, _, number = key.partition(" ")
        if word != "criterion" or not held[key]:
            continue
        points = held.get(f"points {number}", "")
        try:
            found.append(Criterion(text=held[key], points=float(points)))
        except ValueError as error:
            raise BadCell(
                f"points {number}" if f"points {number}" in cells else key,
                Text(f"the points are '{points[:20]}', which is no number", f"分值是“{points[:20]}”，不是数字"),
            ) from error
    if not found:
        raise BadCell(_first(cells, "criterion"), Text("no criterion is left", "没有评分要点了"))
    return tuple(found)


def _verdict(said: str) -> bool:
    word = said.casefold()
    if word in GOOD or word in BAD:
        return word in GOOD
    raise BadCell("verdict", Text(f"'{said[:20]}' is neither good nor bad", f"“{said[:20]}”既不是好也不是差"))


def _filled(key: str, text: str) -> str:
    if not text:
        raise BadCell(key, Text("the cell is empty", "单元格是空的"))
    return text


def _first(cells: Mapping[str, str], word: str = "") -> str:
    """Return the first of the changed cells that a fault is about."""
    return next((key for key in cells if key.partition(" ")[0] == word), next(iter(cells)))
