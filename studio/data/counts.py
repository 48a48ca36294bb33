"""How many rows a dataset has, and in which language they are, without reading all of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.sample import sampled_lines
from studio.core.scripts import language_of
from studio.core.text import Language
from studio.data.dataset_folder import ABOUT, record_of
from studio.data.raw import read_raw

_READ_BYTES = 1_000_000
_COUNTED_BYTES = 30_000_000
_LONGEST_LINE = 200_000


def rows_of(folder: Path, split: str) -> int | None:
    """Return the number of rows in a part of a dataset folder, as its maker wrote it down, else by its lines; None where
    there is no such part."""
    splits = (read_json(folder / ABOUT) or {}).get("splits")
    count = splits.get(split) if isinstance(splits, dict) else None
    return count if isinstance(count, int) else lines_of(folder / f"{split}.jsonl")


def lines_of(file: Path) -> int | None:
    """Return the number of lines in a file that hold something; None where it cannot be read."""
    try:
        state = file.stat()
        return _lines(file, state.st_mtime_ns, state.st_size)
    except OSError:
        return None


@lru_cache(maxsize=256)  # asked anew with every change of a form
def _lines(file: Path, mtime_ns: int, size: int) -> int:
    with file.open("rb") as stream:
        return sum(1 for line in stream if line.strip())


def raw_rows_of(file: Path) -> int | None:
    """Return the number of rows in a raw file; None where only reading all of a large one, or of a folder, would tell."""
    if file.is_dir():
        return None
    try:
        state = file.stat()
        return _raw_rows(file, state.st_mtime_ns, state.st_size)
    except (InputError, OSError):
        return None


@lru_cache(maxsize=256)
def _raw_rows(file: Path, mtime_ns: int, size: int) -> int | None:
    if size <= _READ_BYTES:
        return len(read_raw(file).rows)
    if size > _COUNTED_BYTES:
        return None
    with file.open("rb") as stream:
        first, second = stream.readline(_LONGEST_LINE).strip(), stream.readline(_LONGEST_LINE).strip()
    # an object a line; neither an array over several lines, nor a table whose cells may hold lines
    return lines_of(file) if all(line[:1] == b"{" and line[-1:] == b"}" for line in (first, second)) else None


def rows_language(folder: Path, split: str, answers: bool = False) -> Language | None:
    """Return the language of nearly all of a part's rows, by a sample; None where they are mixed, few, or in another one.

    Args:
        answers: whether what is learned counts as well, beside what is asked.

    Raises:
        InputError: it holds rows of a kind that is not known here.
    """
    record = record_of(folder)
    texts = []
    for line in sampled_lines(folder / f"{split}.jsonl"):
        try:
            row = record.model_validate_json(line)
        except ValidationError:
            continue
        texts.append(" ".join(row.asked))
        if answers:
            texts.append(" ".join(row.answered))
    return language_of(texts)
