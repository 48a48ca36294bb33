"""What people wrote to a run: tags to find it again by, and a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json, write_json
from studio.core.text import Text
from studio.runs.directory import Run

FILE = "remarks.json"
MOST_TAGS = 20
_LONGEST_TAG = 40
_LONGEST_NOTE = 4000
_BETWEEN = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True)
class Remarks:
    """A run's tags and its note."""

    tags: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def load(cls, path: Path) -> Remarks:
        """Read a run directory's; what is damaged is left out."""
        found = read_json(path / FILE) or {}
        tags, note = found.get("tags"), found.get("note")
        return cls(
            tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
            note if isinstance(note, str) else "",
        )

    def save(self, run: Run) -> None:
        write_json(run.path / FILE, {"tags": list(self.tags), "note": self.note})
        run.announce()


def tags_of(text: str) -> tuple[str, ...]:
    """Return the tags a user wrote, between commas of either script, each once.

    Raises:
        InputError: too many, or one too long.

    >>> tags_of("baseline，心内科, baseline")
    ('baseline', '心内科')
    """
    tags = tuple(dict.fromkeys(tag.strip() for tag in _BETWEEN.split(text) if tag.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        raise InputError(
            Text(
                f"at most {MOST_TAGS} tags of {_LONGEST_TAG} characters each",
                f"标签最多 {MOST_TAGS} 个，每个不超过 {_LONGEST_TAG} 个字符",
            )
        )
    return tags


def tag(runs: Sequence[Run], text: str) -> None:
    """Give runs these tags, in place of those they have."""
    tags = tags_of(text)
    for run in runs:
        Remarks(tags, Remarks.load(run.path).note).save(run)


def write_note(runs: Sequence[Run], text: str) -> None:
    """Give runs this note, in place of the one they have.

    Raises:
        InputError: it is too long.
    """
    if len(text) > _LONGEST_NOTE:
        raise InputError(Text(f"a note has at most {_LONGEST_NOTE:,} characters", f"备注最多 {_LONGEST_NOTE:,} 个字符"))
    for run in runs:
        Remarks(Remarks.load(run.path).tags, text.strip()).save(run)
