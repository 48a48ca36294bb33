"""YAML with the line of every key, so that a fault in a recipe can be pointed at."""

from __future__ import annotations

from typing import Any

import yaml

from studio.core.errors import Fault, RecipeError
from studio.core.text import Text

Path = tuple[str | int, ...]

# libyaml's reader of the same plain values: lists of runs read many recipes
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, name: str) -> tuple[Any, dict[Path, int]]:
    """Return a document's plain values and the 1-based line of each path in it.

    >>> parse("kind: train\\nmodel: m", "r.yaml")
    ({'kind': 'train', 'model': 'm'}, {(): 1, ('kind',): 1, ('model',): 2})

    Raises:
        RecipeError: the text is not YAML, or a key stands twice; with the line.
    """
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        raise RecipeError([_syntax_fault(error, name)]) from error
    finally:
        loader.dispose()
    lines: dict[Path, int] = {(): 1}
    faults: list[Fault] = []
    if node is not None:
        _walk(node, (), lines, faults, name)
    if faults:
        raise RecipeError(faults)
    return value, lines


def dump(value: object) -> str:
    """Return YAML in the order the keys stand in, Chinese as it is."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], faults: list[Fault], name: str) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            below = (*path, key.value)
            line = key.start_mark.line + 1
            if below in lines:
                faults.append(
                    Fault(
                        f"{name} line {line}",
                        Text(
                            f"'{key.value}' is given twice (first on line {lines[below]})",
                            f"“{key.value}”写了两次（第一次在第 {lines[below]} 行）",
                        ),
                    )
                )
            lines[below] = line
            _walk(child, below, lines, faults, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*path, index), lines, faults, name)


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Fault(where, Text(f"not valid YAML: {problem}", f"不是合法的 YAML：{problem}"))
