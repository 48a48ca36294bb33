"""Which of Gradio's own scripts and styles a page loads, read out of the chunks that its build tool (Vite) wrote.

Gradio's page finds them one layer after the other, each a round trip later, and asks for each of its small style sheets by
itself. Where its build is not as it was, nothing is found, and the page loads them as Gradio does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio

_FRONTEND = Path(gradio.__file__).parent / "templates" / "frontend"
_BEGINS = re.compile(r'(?:src|href)="\./assets/([^"]+\.(?:js|css))"')
_NAMES = re.compile(r"m\.f=\[([^\]]*)\]")  # the files of a chunk's lists, which hold their places
_LATER = r"import\(`\./(?P<file>[^`]+)`\)[^\[]*?__vite__mapDeps\(\[(?P<places>[\d,]*)\]\)"
_PART = re.compile(rf"\b(?P<part>\w+):\{{(?:(?!\}},\w+:\{{).)*?component:\(\)=>\w+\(\(\)=>{_LATER}")


@dataclass(frozen=True)
class GradioFiles:
    """Names of files in the folder `assets` beside a page, in the order of their need."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def css(self) -> str:
        """Return all the styles as one."""
        return "\n".join((_FRONTEND / "assets" / name).read_text(encoding="utf-8") for name in self.styles)

    def tags(self) -> str:
        """Return the tags that fetch the scripts at once, and have Gradio take the styles for loaded: they are in ours."""
        scripts = (f'<link rel="modulepreload" href="./assets/{name}">' for name in self.scripts)
        # Vite loads no sheet that a link names already; a browser fetches none that is disabled
        styles = (f'<link rel="stylesheet" disabled href="./assets/{name}">' for name in self.styles)
        return "".join((*scripts, *styles))


def needed(parts: Iterable[str]) -> GradioFiles:
    """Return what a page with these components loads; `parts` are their names as Gradio's configuration has them."""
    files = list(dict.fromkeys(_found(set(parts))))
    styles = tuple(name for name in files if name.endswith(".css") and "url(./" not in _read(f"assets/{name}"))
    return GradioFiles(tuple(name for name in files if name.endswith(".js")), styles)


def _found(parts: set[str]) -> Iterator[str]:
    begins = [name for name in _BEGINS.findall(_read("index.html"))]
    yield from begins
    for begin in begins:
        for file, needs in _later(begin):
            yield from (file, *needs)
            for part, others in _later(file):
                if part.startswith("Blocks-"):
                    yield from (part, *others)
            if file.startswith("core-"):
                yield from _components(file, parts)


def _later(chunk: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what a chunk imports when it is at work, each with what that needs."""
    text = _read(f"assets/{chunk}")
    names = _names(text)
    for found in re.finditer(_LATER, text):
        yield found["file"], _named(names, found["places"])


def _components(chunk: str, parts: set[str]) -> Iterator[str]:
    text = _read(f"assets/{chunk}")
    names = _names(text)
    for found in _PART.finditer(text):
        if found["part"] in parts:
            yield from (found["file"], *_named(names, found["places"]))


def _names(text: str) -> list[str]:
    listed = _NAMES.search(text)
    return re.findall(r'"\./([^"]+)"', listed[1]) if listed else []


def _named(names: Sequence[str], places: str) -> list[str]:
    return [names[int(place)] for place in places.split(",") if place and int(place) < len(names)]


def _read(name: str) -> str:
    path = _FRONTEND / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
