"""XML in which one element repeats, such as MedQuAD's: each is a row, and what is inside it are its fields.

    <QAPairs><QAPair pid="1"><Question qid="7">…</Question><Answer>…</Answer></QAPair> … </QAPairs>
    gives {"pid": "1", "Question.qid": "7", "Question": "…", "Answer": "…"}

No entity is taken from outside, and none that the file declares is replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.looks import is_html
from studio.data.openers._text import open_text
from studio.data.openers.base import Head, Opener
from studio.data.reading import LONGEST_ROW, RawRow, Reading

_CHUNK = 2**16
_DEEPEST = 100
_TAG = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")


def fits(path: Path, head: Head) -> bool:
    return _TAG.match(head.text) is not None and not is_html(head.text)


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows.

    Raises:
        InputError: no element is a row, or the file is no XML from some line on.
    """
    if reading.path:
        wanted = tuple(reading.path.strip("/").replace(".", "/").split("/"))
    else:
        wanted = _repeated(path, reading)
        reading.note(
            f"each <{wanted[-1]}> is a row (path: {'/'.join(wanted)})",
            f"每个 <{wanted[-1]}> 是一行（path: {'/'.join(wanted)}）",
        )
    return _rows(path, reading, wanted)


@dataclass
class _Element:
    """An element that is being read."""

    name: str
    line: int
    attributes: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    size: int = 0


def _rows(path: Path, reading: Reading, wanted: tuple[str, ...]) -> Iterator[RawRow]:
    place: list[str] = []
    inside: list[_Element] = []
    found: list[RawRow] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        place.append(name)
        _require_shallow(path, place, parser)
        if inside or tuple(place[-len(wanted) :]) == wanted:
            inside.append(_Element(name, parser.CurrentLineNumber, dict(attributes)))

    def text(data: str) -> None:
        if inside:
            inside[-1].text.append(data)
            inside[0].size += len(data)
            if inside[0].size > LONGEST_ROW:
                raise _broken(path, inside[0].line, "more than 64 million characters", "超过 6400 万个字符")

    def end(name: str) -> None:
        place.pop()
        if not inside:
            return
        element = inside.pop()
        if inside:
            _hold(inside[-1].values, element)
        else:
            found.append(RawRow(element.line, _whole(element)))

    parser = _parser(start, end)
    parser.CharacterDataHandler = text
    for _ in _fed(parser, path, reading):
        yield from found
        found.clear()
    yield from found


def _hold(values: dict[str, Any], element: _Element) -> None:
    """Put an element that has ended into the one around it; several of one name are a list."""
    value: dict[str, Any] | str = _whole(element)
    if not element.values:
        values.update({f"{element.name}.{key}": item for key, item in element.attributes.items()})
        value = "".join(element.text).strip()
    if element.name not in values:
        values[element.name] = value
    elif isinstance(values[element.name], list):
        values[element.name].append(value)
    else:
        values[element.name] = [values[element.name], value]


def _whole(element: _Element) -> dict[str, Any]:
    text = "".join(element.text).strip()
    return {**element.attributes, **element.values, **({"text": text} if text else {})}


def _repeated(path: Path, reading: Reading) -> tuple[str, ...]:
    """Return the path of the elements that are rows: the outermost that repeat and hold elements, or the innermost."""
    place: list[str] = []
    counted: Counter[tuple[str, ...]] = Counter()
    holding: set[tuple[str, ...]] = set()
    described: set[tuple[str, ...]] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if place:
            holding.add(tuple(place))
        place.append(name)
        _require_shallow(path, place, parser)
        if len(counted) < 10_000:
            counted[tuple(place)] += 1
            if attributes:
                described.add(tuple(place))

    def end(name: str) -> None:
        place.pop()

    parser = _parser(start, end)
    for _ in _fed(parser, path, reading):
        pass
    for rows in (holding, described):
        several = sorted((len(one), -counted[one], one) for one in rows if counted[one] > 1 and len(one) > 1)
        if several:
            return several[0][2]
    leaves = [one for one in holding if not any(other[: len(one)] == one and other != one for other in holding)]
    if not leaves:
        raise InputError(
            Text("no element of this XML holds a row's fields", "这个 XML 中没有元素能作为数据行"),
            Text(
                "A row is an element whose fields are elements inside it.", "数据行应是一个元素，其字段是里面的元素。"
            ),
            shown(path),
        )
    return max(leaves, key=len)


def _parser(start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    return parser


def _require_shallow(path: Path, place: list[str], parser: expat.XMLParserType) -> None:
    if len(place) > _DEEPEST:
        raise _broken(path, parser.CurrentLineNumber, "an element inside a hundred others", "元素嵌套超过一百层")


class _Entity(ValueError):
    """The file declares entities: such files can grow without end when they are read, or read other files."""


def _refuse(*declared: object) -> None:
    raise _Entity


def _fed(parser: expat.XMLParserType, path: Path, reading: Reading) -> Iterator[None]:
    """Feed a file to a parser, piece by piece. Raises InputError where it is no XML."""
    with open_text(path, reading.encoding) as stream:
        try:
            while part := stream.read(_CHUNK):
                parser.Parse(part.encode("utf-8", "replace"), False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            said = expat.errors.messages.get(error.code, "")
            raise _broken(path, error.lineno, f"no valid XML ({said})", "不是合法的 XML") from error
        except _Entity as error:
            raise _broken(
                path, parser.CurrentLineNumber, "entities of its own, which are not read", "自定义实体，不予读取"
            ) from error
    yield


def _broken(path: Path, line: int, en: str, zh: str) -> InputError:
    return InputError(
        Text(f"here stands {en}", f"此处{zh}"),
        Text("The file may be cut short, or be no XML; get it again.", "文件可能不完整，或不是 XML；请重新获取。"),
        f"{shown(path)} line {line}",
    )


OPENER = Opener(
    title=Text("XML", "XML"),
    suffixes=(".xml",),
    fits=fits,
    rows=rows,
    order=40,
)
