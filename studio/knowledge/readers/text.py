"""Plain text: chapters become sections where lines announce them, otherwise the whole file is one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from studio.core.files import read_text, shown
from studio.knowledge.document import Document, Section, plain_newlines
from studio.knowledge.json_rows import looks_like_rows, read_rows
from studio.knowledge.readers.base import Reader

# `<篇名>` heads the chapters of the digitised classics; the others are how books number theirs
_HEADING = re.compile(
    r"^[ \t\u3000]*(?:<篇名>[ \t\u3000]*(?P<named>\S[^\n]{0,60}?)"
    r"|(?P<numbered>第[零〇一二三四五六七八九十百千\d]{1,6}[章节篇卷回编](?:[ \t\u3000:：][^\n。，；]{0,40}|[^\n。，；]{0,20}))"
    r"|(?P<english>(?:Chapter|CHAPTER|Part|PART)[ \t]+(?:\d+|[IVXLC]+)\b[^\n]{0,80}?))[ \t\u3000]*$",
    re.MULTILINE,
)

_PAGE_END = re.compile("\f")


def read(path: Path) -> Document:
    """Return the text, or its rows where every line is a JSON object. Raises InputError for what is no text."""
    text, encoding = read_text(path)
    if looks_like_rows(text):
        return replace(read_rows(text, shown(path)), encoding=encoding)
    text = plain_newlines(text)
    pages = tuple(mark.end() for mark in _PAGE_END.finditer(text))  # as pdftotext writes them
    return Document(text, tuple(_sections(text)), encoding=encoding, pages=(0, *pages) if pages else ())


def _sections(text: str) -> list[Section]:
    """Return the sections; the announcing line stays in the text, for a guess must lose nothing."""
    heads = list(_HEADING.finditer(text))
    borders = [
        (0, "", 0),
        *((m.start(), (m["named"] or m["numbered"] or m["english"]).strip(), m.end()) for m in heads),
    ]
    sections: list[Section] = []
    carried: int | None = None
    for index, (start, title, body) in enumerate(borders):
        end = borders[index + 1][0] if index + 1 < len(borders) else len(text)
        begin = start if carried is None else carried
        if text[body:end].strip():
            sections.append(Section(title, begin, end))
            carried = None
        elif text[begin:end].strip():  # a heading above a heading goes with the text below it
            carried = begin
    if carried is not None and sections:
        sections[-1] = Section(sections[-1].title, sections[-1].start, len(text))
    return sections


READER = Reader(
    suffixes=(".txt", ".text"),
    read=read,
    example="第一章 抗凝药\n肝素过量用鱼精蛋白。\n第二章 降糖药\n二甲双胍为首选。\n",
    gives=(
        ("第一章 抗凝药", "第一章 抗凝药\n肝素过量用鱼精蛋白。"),
        ("第二章 降糖药", "第二章 降糖药\n二甲双胍为首选。"),
    ),
)
