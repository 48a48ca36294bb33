"""A source's text, divided into sections: what every reader gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

GAP = "\n\n"


@dataclass(frozen=True)
class Section:
    """A stretch of a document's text that belongs together: nothing is cut across its border.

    Args:
        title: the headings it stands under, outermost first, joined by ` › `; may be empty.
        start: offset of its first character in the document's text.
        end: offset behind its last character.
    """

    title: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """One file's text.

    Args:
        text: the text as read, newlines as `\\n`; of rows, their texts joined by a blank line.
        sections: in reading order, not overlapping.
        lost: what a user should know was not read: the 1-based numbers of rows that hold no text.
        torn: the 1-based numbers of lines that are no JSON among lines that are.
        encoding: what the file's bytes were read as.
        pages: where each page begins, as offsets in the text; none where the format has no pages.
    """

    text: str
    sections: tuple[Section, ...]
    lost: tuple[int, ...] = ()
    torn: tuple[int, ...] = ()
    encoding: str = "utf-8"
    pages: tuple[int, ...] = ()


def join(pieces: Iterable[tuple[str, str]], lost: tuple[int, ...] = (), torn: tuple[int, ...] = ()) -> Document:
    """Return the document of pieces given as (title, text), one section each."""
    sections: list[Section] = []
    parts: list[str] = []
    offset = 0
    for title, text in pieces:
        sections.append(Section(title, offset, offset + len(text)))
        parts.append(text)
        offset += len(text) + len(GAP)
    return Document(GAP.join(parts), tuple(sections), lost, torn)


def plain_newlines(text: str) -> str:
    """Return the text with `\\n` for every line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
