"""YAML with the line of every key, so that a fault in a recipe can be pointed at."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

from studio.core.errors import Fault, RecipeError
from studio.core.text import Text

Path = tuple[str | int, ...]

_DEEPEST = 50
_MOST = 100_000  # values in a recipe, aliases followed
_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"

# libyaml's reader of the same plain values: lists of runs read many recipes
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SIXTIES = re.compile(r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$")


class _Loader(_FAST):  # type: ignore[misc]
    """Reads `22:00` as it is written, where YAML 1.1 reads a number in base sixty."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(_TEXT, _SIXTIES), *resolvers] for first, resolvers in _FAST.yaml_implicit_resolvers.items()
    }


def parse(text: str, name: str) -> tuple[Any, dict[Path, int]]:
    """Return a document's plain values and the 1-based line of each path in it.

    >>> parse("kind: train\\nmodel: m", "r.yaml")
    ({'kind': 'train', 'model': 'm'}, {(): 1, ('kind',): 1, ('model',): 2})

    Raises:
        RecipeError: the text is not YAML, a key stands twice, a value is none (a 13th month), or it is nested deeper
            or, its aliases followed, larger than any recipe; with the line.
    """
    try:
        _check_depth(text, name)
        loader = _Loader(text)
    except UnicodeEncodeError as error:  # half a character, from a terminal that sends another encoding
        raise RecipeError([Fault(name, Text("this is not UTF-8 text", "这不是 UTF-8 文本"))]) from error
    except yaml.YAMLError as error:
        raise RecipeError([_syntax_fault(error, name)]) from error
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {(): 1}
        lines = _Walk(loader, name).document(node)
        return loader.construct_document(node), lines  # after the walk: it mixes merged keys (`<<`) into the nodes
    except yaml.YAMLError as error:
        raise RecipeError([_syntax_fault(error, name)]) from error
    finally:
        loader.dispose()


def dump(value: object) -> str:
    """Return YAML in the order the keys stand in, Chinese as it is."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def _check_depth(text: str, name: str) -> None:
    """Raise RecipeError where brackets or indents are nested too deeply to be read by functions that call themselves."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecipeError([Fault(_at(event, name), Text("nested too deeply", "嵌套太深"))])


class _Walk:
    """Notes the line of every path and finds what no recipe holds. Faults are collected; a runaway document ends it."""

    def __init__(self, loader: Any, name: str) -> None:
        self.lines: dict[Path, int] = {}
        self._loader = loader
        self._name = name
        self._faults: list[Fault] = []
        self._seen = 0

    def document(self, node: yaml.Node) -> dict[Path, int]:
        """Return the line of every path; raise RecipeError with every fault."""
        self._node(node, ())
        if self._faults:
            raise RecipeError(self._faults)
        return self.lines

    def _node(self, node: yaml.Node, path: Path) -> None:
        self.lines.setdefault(path, _line(node))
        self._seen += 1
        if len(path) > _DEEPEST or self._seen > _MOST:  # aliases that lead to themselves, or each to many others
            raise RecipeError(
                [*self._faults, Fault(_at(node, self._name), Text("its aliases do not end", "别名展开过多"))]
            )
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, child in enumerate(node.value):
                self._node(child, (*path, index))
        else:
            self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> None:
        own: dict[str, int] = {}
        merged: list[yaml.Node] = []
        for key, child in node.value:
            if key.tag == _MERGE:
                merged += child.value if isinstance(child, yaml.SequenceNode) else [child]
                continue
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, Text("a key is a word; write it in quotes", "键应是文字；请加上引号"))
                continue
            key.tag = _TEXT  # as it is written: YAML 1.1 takes `on` for true, and `1` for a number
            if key.value in own:
                first = own[key.value]
                self._fault(
                    key,
                    Text(
                        f"'{key.value}' is given twice (first on line {first})",
                        f"“{key.value}”写了两次（第一次在第 {first} 行）",
                    ),
                )
            own.setdefault(key.value, _line(key))
            self.lines.setdefault((*path, key.value), _line(key))
            self._node(child, (*path, key.value))
        for other in merged:  # after the keys that override theirs
            self._node(other, path)

    def _scalar(self, node: yaml.Node) -> None:
        try:
            self._loader.construct_object(node)
        except (
            ValueError,
            LookupError,
            AttributeError,
        ):  # what PyYAML makes of `2026-13-45`, `!!bool foo`, `!!timestamp x`
            given = node.value if len(node.value) <= 80 else f"{node.value[:77]}..."
            sort = node.tag.rpartition(":")[2]
            self._fault(
                node,
                Text(f"'{given}' is no {sort}; write a text in quotes", f"“{given}”不是有效的 {sort}；文字请加引号"),
            )

    def _fault(self, node: yaml.Node, message: Text) -> None:
        self._faults.append(Fault(_at(node, self._name), message))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _at(node: Any, name: str) -> str:
    return f"{name} line {_line(node)}"


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Fault(where, Text(f"not valid YAML: {problem}", f"不是合法的 YAML：{problem}"))
