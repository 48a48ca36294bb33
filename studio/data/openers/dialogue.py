"""Dialogues written as text: turns of a patient and a doctor, blocks parted by blank lines or numbered.

    id=1                         gives {"id": "1", "疾病": "高血压", "messages": [
    疾病：高血压                          {"role": "user", "content": "能吃布洛芬吗？"},
    病人：能吃布洛芬吗？                  {"role": "assistant", "content": "不建议。"}]}
    医生：不建议。

Also `患者/医生`, `Patient/Doctor`, `User/Assistant`, `问/答` (each pair a dialogue of its own), and MedDialog's headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from studio.core.text import Text
from studio.data.openers._text import fault_of, open_text, text_head, text_lines
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_ROLES = {
    "user": ("病人", "患者", "咨询者", "用户", "家属", "patient", "user", "human", "问", "问题", "q", "question"),
    "assistant": ("医生", "医师", "大夫", "助手", "doctor", "assistant", "bot", "gpt", "答", "回答", "a", "answer"),
    "system": ("系统", "system"),
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
_PAIRED = frozenset(("问", "问题", "q", "question"))
_TURN = re.compile(
    rf"^\s*[【\[]?({'|'.join(sorted(_ROLE_OF, key=len, reverse=True))})[】\]]?\s*[:：]\s*(.*)$", re.IGNORECASE
)
_NUMBER = re.compile(r"^\s*(?:id\s*[=:：]\s*(\S+)|[#＃]*\s*(\d{1,7})\s*[.、)）:：]?)\s*$", re.IGNORECASE)
_FIELD = re.compile(r"^\s*([^\s:：]{1,16})\s*[:：](?!//)\s*(.*)$")
_HEADINGS = frozenset(("description", "dialogue", "描述", "对话"))


def fits(path: Path, head: Head) -> bool:
    """Tell whether the lines are turns of two who talk, a tenth of them at least."""
    lines = head.lines(400)
    if not lines or head.text.lstrip()[:1] in ("{", "["):
        return False
    turns = [role for line in lines if (role := _role(line))]
    return {"user", "assistant"} <= set(turns) and len(turns) * 10 >= len(lines)


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the dialogues, a row each; a block without a turn is one with a fault."""
    return _rows(path, reading, _Borders.of(text_head(path, reading.encoding)))


@dataclass(frozen=True)
class _Borders:
    """What begins a dialogue: a numbered line, a blank one, or each question."""

    numbered: bool
    blank: bool
    question: bool

    @classmethod
    def of(cls, head: Head) -> _Borders:
        lines = head.text.split("\n")
        numbered = any(_NUMBER.match(line) for line in lines)
        # blank lines between a question and its answer part turns and no dialogues
        loose = any(not before.strip() and _role(line) == "assistant" for before, line in pairwise(lines))
        asked = [found[1].casefold() for line in lines if (found := _TURN.match(line)) and _role(line) == "user"]
        return cls(numbered, not numbered and not loose, not numbered and all(word in _PAIRED for word in asked))


@dataclass
class _Block:
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    open: str = ""
    raw: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Take a line: a turn, a field, a heading, or more of what stands above it."""
        self.raw.append(line)
        turn, number = _TURN.match(line), _NUMBER.match(line)
        named = _FIELD.match(line)
        if turn:
            self.messages.append({"role": _ROLE_OF[turn[1].casefold()], "content": turn[2].strip()})
        elif number and not self.messages:
            self.fields["id"] = number[1] or number[2]
        elif self.messages:
            said = self.messages[-1]["content"]
            self.messages[-1]["content"] = f"{said}\n{line.strip()}".strip()
        elif line.strip().casefold() in _HEADINGS:
            self.open = ""
        elif named:
            self.open = named[1]
            self.fields[self.open] = named[2].strip()
        elif line.strip():
            self.open = self.open or "description"
            self.fields[self.open] = f"{self.fields.get(self.open, '')}\n{line.strip()}".strip()

    def row(self, encoding: str) -> RawRow:
        fault = fault_of("\n".join(self.raw), encoding)
        if not self.messages:
            fault = Text("no turn of a dialogue (病人：…, 医生：…)", "没有对话（病人：…、医生：…）")
        values: dict[str, Any] = {**self.fields, "messages": self.messages}
        return RawRow(self.line, {} if fault else values, fault)


def _role(line: str) -> str:
    found = _TURN.match(line)
    return _ROLE_OF[found[1].casefold()] if found else ""


def _rows(path: Path, reading: Reading, borders: _Borders) -> Iterator[RawRow]:
    block: _Block | None = None
    blank = True
    with open_text(path, reading.encoding) as stream:
        for number, line in enumerate(text_lines(stream), 1):
            text = line.rstrip("\n")
            if not text.strip():
                blank = True
                continue
            begins = (
                (borders.numbered and _NUMBER.match(text) is not None)
                or (borders.blank and blank and (block is None or bool(block.messages)))
                or (borders.question and block is not None and bool(block.messages) and _role(text) == "user")
            )
            if block is None or begins:
                if block is not None:
                    yield block.row(reading.encoding)
                block = _Block(number)
            block.add(text)
            blank = False
    if block is not None:
        yield block.row(reading.encoding)


OPENER = Opener(
    title=Text("Dialogue text (病人：… 医生：…)", "对话文本（病人：… 医生：…）"),
    suffixes=(".txt",),
    fits=fits,
    rows=rows,
    order=70,
)
