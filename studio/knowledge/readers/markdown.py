"""Markdown: every heading opens a section, titled with the headings above it (`Antidotes › Heparin`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from studio.core.files import read_text
from studio.knowledge.document import Document, Section, plain_newlines
from studio.knowledge.readers.base import Reader

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_FRONT = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_BLOCK = re.compile(r"^ {0,3}(?:[-*+>|]|\d+[.)])")  # a line that cannot be the text of an underlined heading
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")


def read(path: Path) -> Document:
    """Return the text in sections; headings go into titles, YAML front matter is passed over."""
    raw, encoding = read_text(path)
    text = plain_newlines(raw)
    titles: list[tuple[int, str]] = []
    sections: list[Section] = []
    front = _FRONT.match(text)
    begin = front.end() if front else 0
    for start, end, level, title in [*_headings(text, begin), (len(text), len(text), 1, "")]:
        if text[begin:start].strip():
            sections.append(Section(" › ".join(name for _, name in titles if name), begin, start))
        titles = [item for item in titles if item[0] < level] + [(level, title)]
        begin = end
    return Document(text, tuple(sections), encoding=encoding)


def _headings(text: str, begin: int) -> Iterator[tuple[int, int, int, str]]:
    """Yield (start, end, level, title) of each heading; what stands in a fenced block is none."""
    fence = ""
    above, above_start, height = "", begin, 0  # the paragraph so far: its last line, and how many lines it has
    for line in _LINE.finditer(text, begin):
        bare = line[0].rstrip("\n")
        mark = _FENCE.match(bare)
        if fence:
            if mark and mark[1].startswith(fence) and bare.strip() == mark[1]:
                fence = ""
        elif mark:
            fence, height = mark[1], 0
        elif found := _ATX.match(bare):
            yield line.start(), line.end(), len(found[1]), _plain(found[2] or "")
            height = 0
        elif height == 1 and not _BLOCK.match(above) and (under := _SETEXT.match(bare)):
            yield above_start, line.end(), 1 if under[1][0] == "=" else 2, _plain(above)
            height = 0
        else:
            height = height + 1 if bare.strip() else 0
            above, above_start = bare, line.start()


def _plain(title: str) -> str:
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", title)).split())


READER = Reader(
    suffixes=(".md", ".markdown"),
    read=read,
    example="# Antidotes\n\n## Heparin\n\nProtamine sulfate.\n\n## Warfarin\n\nVitamin K.\n",
    gives=(("Antidotes › Heparin", "Protamine sulfate."), ("Antidotes › Warfarin", "Vitamin K.")),
)
