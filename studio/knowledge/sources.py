"""The files that a recipe's sources mean, each read by the reader that its name asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import require_file, shown
from studio.core.registry import Registry
from studio.core.text import Text
from studio.knowledge.document import Document
from studio.knowledge.readers.base import Reader

READERS: Registry[Reader] = Registry("studio.knowledge.readers", "READER", Text("file format", "文件格式"), Reader)


@dataclass(frozen=True)
class Source:
    """A file to read.

    Args:
        path: where it is.
        name: what passages cite it by: its name, or its path inside the folder that was given; no two alike.
        reader: what reads it.
    """

    path: Path
    name: str
    reader: Reader

    def read(self) -> Document:
        """Return its text. Raises InputError where it cannot be read, naming it."""
        return self.reader.read(self.path)


@dataclass(frozen=True)
class FoundSources:
    """What the sources mean.

    Args:
        sources: in the order given, folders in order of their names.
        passed_over: files in folders that no reader takes, and hidden ones.
        empty: files in folders that hold nothing.
        links: folders in folders that are links elsewhere.
    """

    sources: tuple[Source, ...]
    passed_over: tuple[str, ...]
    empty: tuple[str, ...]
    links: tuple[str, ...]


def find_sources(given: Sequence[Path]) -> FoundSources:
    """Return the files of sources that are files or folders, each file once.

    Raises:
        InputError: a file is missing, empty, a Git LFS pointer, or of no format that is read.
    """
    readers = {suffix: reader for reader in READERS.all().values() for suffix in reader.suffixes}
    chosen: dict[Path, tuple[Path, str]] = {}
    passed_over: list[str] = []
    empty: list[str] = []
    links: list[str] = []
    for place in given:
        if not place.is_dir():
            require_file(place)
            _require_reader(place, readers)
            chosen.setdefault(place.resolve(), (place, shown(Path(place.name))))
            continue
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(place)
            if path.is_dir():
                links += [shown(inside)] if path.is_symlink() else []  # not followed: it may lead round in a circle
            elif not path.is_file():
                continue
            elif path.suffix.lower() not in readers or any(part.startswith(".") for part in inside.parts):
                passed_over.append(shown(inside))
            elif path.stat().st_size == 0:
                empty.append(shown(inside))
            else:
                require_file(path)
                chosen.setdefault(path.resolve(), (path, shown(inside)))
    names = _distinct(list(chosen.values()))
    sources = tuple(
        Source(path, name, readers[path.suffix.lower()]) for name, (path, _) in zip(names, chosen.values(), strict=True)
    )
    return FoundSources(sources, tuple(passed_over), tuple(empty), tuple(links))


def _distinct(chosen: list[tuple[Path, str]]) -> list[str]:
    """Return the files' names; those that several share with their folder before them, and a number if need be."""
    given = Counter(name for _, name in chosen)
    names = [name if given[name] == 1 else shown(Path(path.absolute().parent.name, path.name)) for path, name in chosen]
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            names[index] = f"{name} ({seen[name]})"
    return names


def _require_reader(path: Path, readers: dict[str, Reader]) -> None:
    if path.suffix.lower() not in readers:
        accepted = ", ".join(sorted(readers))
        raise InputError(
            Text(
                f"no reader for '{path.suffix or path.name}'; accepted: {accepted}",
                f"无法读取“{path.suffix or path.name}”；可选：{accepted}",
            ),
            Text("Convert it to text or Markdown first.", "请先把它转换成文本或 Markdown。"),
            shown(path),
        )
