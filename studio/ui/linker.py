"""The page's modules linked into one, so that one request brings them all.

A module becomes a generator. Up to its `yield` it gives its functions to the others, after it takes what it imports and
does its work; first all are brought to their `yield`, then each is brought to its end, in the order in which a browser would
evaluate them. So modules may import each other in circles, as ES modules may, as long as they call each other's functions
only once all have begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?function\*? (\w+)|class (\w+)|const (?:(\w+)|\{([^}]*)\}) =)", re.MULTILINE
)
_UNKNOWN = re.compile(r"^(?:import\b(?!\()|export\b|await\b).*", re.MULTILINE)


def link(sources: Mapping[str, str], main: str) -> str:
    """Return one module that does what `main` does.

    Args:
        sources: the text of each module by its name, without `.js`; all lie in one folder, and what they load later
            (`import()`, `import.meta.url`) is looked for there by the linked one too.
        main: the name of the one that imports the others.

    Raises:
        ValueError: a module imports or exports in another form than those above, what no other exports, or, from one that
            is evaluated after it, what is no `function`.
    """
    modules = {name: _Module(name, text) for name, text in sources.items()}
    order = list(_ordered(modules, main, set()))
    for place, name in enumerate(order):
        for other, wanted in modules[name].wanted:
            missing = wanted - modules[other].functions
            if order.index(other) < place:
                missing -= modules[other].values
            if missing:
                raise ValueError(f"{name}.js: {other}.js exports no function {', '.join(sorted(missing))}")
    began = ", ".join(f"{_gives(name)} = {{}}" for name in order)
    jobs = ", ".join(f"{_job(name)}()" for name in order)
    written = "\n".join(modules[name].written() for name in order)
    turns = "for (const job of jobs$) job.next();\n" * 2
    return f"const {began};\n{written}\nconst jobs$ = [{jobs}];\n{turns}"


class _Module:
    """One module: what it takes from which other, and what it gives."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.functions: set[str] = set()
        self.values: set[str] = set()
        self.wanted: list[tuple[str, set[str]]] = []
        taken: list[str] = []
        for whole, names, other in _IMPORT.findall(text):
            pairs = [part.strip().split(" as ") for part in names.split(",") if part.strip()]
            self.wanted.append((other, {pair[0] for pair in pairs}))
            taken.append(f"const {whole or '{ ' + ', '.join(map(': '.join, pairs)) + ' }'} = {_gives(other)};")
        for function, made, value, several in _EXPORT.findall(text):
            self.functions |= {function} - {""}
            self.values |= {made, value, *(part.strip() for part in several.split(","))} - {""}
        self._taken = "\n".join(taken)
        self._body = _EXPORT.sub("", _IMPORT.sub("", text)).strip()
        if left := _UNKNOWN.search(self._body):
            raise ValueError(f"{name}.js: cannot be linked: {left[0]}")

    def written(self) -> str:
        given, later = (", ".join(sorted(names)) for names in (self.functions, self.values))
        gives = _gives(self.name)
        return (
            f"function* {_job(self.name)}() {{\nObject.assign({gives}, {{ {given} }});\nyield;\n"
            f"{self._taken}\n{self._body}\nObject.assign({gives}, {{ {later} }});\n}}"
        )


def _ordered(modules: Mapping[str, _Module], name: str, met: set[str]) -> Iterator[str]:
    """Yield the modules in the order of their evaluation: each after those that it imports, circles left aside."""
    met.add(name)
    if name not in modules:
        raise ValueError(f"there is no module {name}.js")
    for other, _ in modules[name].wanted:
        if other not in met:
            yield from _ordered(modules, other, met)
    yield name


def _gives(name: str) -> str:
    return f"${name}"


def _job(name: str) -> str:
    return f"{name}$"
