"""The leaks of a report: a row and the test question that it gives away, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from markupsafe import Markup

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.dataset_folder import SPLITS
from studio.data.leaks.leak import ANSWER, CONTEXT, PLACES, SORTS
from studio.runs.kinds import KINDS
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.line_page import Line, look_through, made, one, page_of, pulse
from studio.ui.lines import Lines
from studio.ui.listings.base import Asked, Column, Deed, Filter, Listing, Page
from studio.ui.record import brief, cut, gold
from studio.ui.without_leaks import without_leaks

_BRIEF = 240
_FACETS = ("how", "place", "against")
_LEAST_SHARED = 4  # characters of a passage that is marked
_COMPARED = 4_000  # characters of a text that are compared
_MOST = 200


@dataclass(frozen=True)
class LeakLine:
    """A line of a report, and the run that made it."""

    run: str
    line: Line

    @property
    def id(self) -> str:
        return f"{self.run}:{self.line.number}"

    @property
    def leak(self) -> Mapping[str, Any]:
        return self.line.value or {}


def _facets(value: dict[str, Any] | None) -> Sequence[str]:
    leak = value or {}
    return str(leak.get("sort", "")), str(leak.get("place", "")), str(_side(leak, "test").get("dataset", ""))


def _lines(context: Context, asked: Asked) -> Lines:
    _, folder = made(context, asked, "leaks")
    return look_through(context, folder / "leaks.jsonl", "leaks", _facets, len(_FACETS))


def page(context: Context, asked: Asked) -> Page[LeakLine]:
    found = page_of(context, asked, _lines(context, asked), _FACETS)
    return Page([LeakLine(asked.of, line) for line in found.rows], found.total, found.all, found.counts, found.share)


def _side(leak: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    found = leak.get(side)
    return found if isinstance(found, dict) else {}


def _record(leak: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    found = _side(leak, side).get("record")
    return found if isinstance(found, dict) else {}


def _said(context: Context, row: LeakLine) -> Markup:
    asks = [brief(record)[0] if (record := _record(row.leak, side)) else "" for side in ("test", "row")]
    return fill("<strong>{}</strong><small>{}</small>", *(text[:_BRIEF] for text in asks))


def _where(context: Context, row: LeakLine, side: str) -> str:
    return _stands(context, _side(row.leak, side))


def _stands(context: Context, side: Mapping[str, Any]) -> str:
    split = str(side.get("split", ""))
    word = context.text(SPLITS[split]).lower() if split in SPLITS else split
    return f"{side.get('dataset', '')} {word}:{side.get('line', '')}"


def _score(leak: Mapping[str, Any]) -> str:
    score = leak.get("score")
    return f"{score:.2f}" if isinstance(score, int | float) else ""


def _sort_word(context: Context, sort: str) -> str:
    return context.text(SORTS[sort]) if sort in SORTS else sort


def heading(context: Context, asked: Asked) -> Markup:
    entry, folder = made(context, asked, "leaks")
    introduction = KINDS.load(entry.kind).introduction
    title = context.say(f"Leak check {entry.name}", f"泄漏检查 {entry.name}")
    return fill(
        '<h2>{}</h2><span class="next"><a href="#{}">{}</a>'
        '<a href="{}file/{}/{}/leaks.jsonl" download="{}-leaks.jsonl">{}</a></span>',
        title,
        f"{introduction.tab if introduction else 'runs'}={entry.id}",
        context.say("Its run", "对应的运行"),
        context.base,
        entry.id,
        folder.relative_to(entry.run.path).as_posix(),
        entry.name,
        context.say("Download", "下载"),
    )


def drawer(context: Context, asked: Asked) -> Markup:
    """Return both sides of a leak beside each other, what they share marked."""
    line = one(_lines(context, asked), asked.chosen.rpartition(":")[2])
    if line is None or line.value is None:
        return Markup()
    leak = line.value
    place = str(leak.get("place", ""))
    there, here = _question(_record(leak, "test")), _told(_record(leak, "row"), place)
    marked = _marked(there, here)
    told = " · ".join(
        filter(
            None,
            (
                _sort_word(context, str(leak.get("sort", ""))),
                _score(leak),
                context.text(PLACES[place]) if place in PLACES else "",
            ),
        )
    )
    sides = (
        (context.say("Test question", "测试题"), "test", marked[0]),
        (context.say("Row of the dataset", "数据集中的行"), "row", marked[1]),
    )
    drawn = join(_drawn(context, title, _side(leak, side), text) for title, side, text in sides)
    return fill('<p class="sort-of">{}</p><div class="beside-of">{}</div>', told, drawn)


def _drawn(context: Context, title: str, side: Mapping[str, Any], text: Markup) -> Markup:
    record = side.get("record") if isinstance(side.get("record"), dict) else {}
    assert isinstance(record, dict)
    options = record.get("options")
    listed = join(
        fill("<li><b>{}</b><span>{}</span></li>", letter, said)
        for letter, said in (options.items() if isinstance(options, dict) else ())
    )
    answer = gold(record) if "gold" in record else brief(record)[1]
    source = record.get("source")
    origin = f"{source.get('file', '')}:{source.get('line', '')}" if isinstance(source, dict) else ""
    return fill(
        '<section><h3>{}</h3><small>{}</small><p class="stem">{}</p>{}<p class="answer">{} {}</p></section>',
        title,
        " · ".join(filter(None, dict.fromkeys((_stands(context, side), str(record.get("id", "")), origin)))),
        text,
        fill('<ul class="options">{}</ul>', listed) if listed else Markup(),
        fill("<b>{}</b>", context.say("Answer", "答案")),
        cut(answer),
    )


def _question(record: Mapping[str, Any]) -> str:
    return brief(record)[0]


def _told(record: Mapping[str, Any], place: str) -> str:
    """Return the text of a row in which the question stands: what it asks, what comes with it, or what it answers."""
    asks, answers = brief(record)
    if place == CONTEXT:
        return "\n".join((asks, *map(str, record.get("contexts") or ())))
    if place == ANSWER:
        return "\n".join((asks, str(record.get("thought", "")), answers, str(record.get("explanation", "")))).strip()
    return asks


def _marked(first: str, second: str) -> tuple[Markup, Markup]:
    """Return two texts with what they share marked."""
    first, second = first[:_COMPARED], second[:_COMPARED]
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    shared = [block for block in blocks if block.size >= _LEAST_SHARED]
    return (
        join(_pieces(first, [(block.a, block.a + block.size) for block in shared])),
        join(_pieces(second, [(block.b, block.b + block.size) for block in shared])),
    )


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Markup]:
    done = 0
    for begin, end in spans:
        yield fill("{}", text[done:begin])
        yield fill("<mark>{}</mark>", text[begin:end])
        done = end
    yield fill("{}", text[done:])


def _remove(context: Context, ids: Sequence[str], said: str) -> str:
    """Start the dataset without the rows of the picked leaks; return where it can be followed."""
    runs = {id.rpartition(":")[0] for id in ids}
    numbers = [id.rpartition(":")[2] for id in ids]
    if len(runs) != 1 or not all(number.isdecimal() for number in numbers):
        raise InputError(Text("these leaks are of no one report", "这些泄漏不属于同一份报告"))
    run = without_leaks(context.workspace, runs.pop(), lines=sorted(map(int, numbers)))
    return f"#data={run.id}"


LISTING = Listing[LeakLine](
    title=Text("Leaks", "泄漏"),
    columns={
        "said": Column(Text("Test question, and the row below it", "测试题与数据集中的行"), _said, style="long pair"),
        "sort": Column(
            Text("Match", "匹配类型"), lambda context, row: _sort_word(context, str(row.leak.get("sort", "")))
        ),
        "score": Column(Text("Score", "得分"), lambda context, row: _score(row.leak), style="number"),
        "test": Column(Text("Test set", "测试集"), partial(_where, side="test"), style="where"),
        "row": Column(Text("Row", "数据行"), partial(_where, side="row"), style="where"),
    },
    filters={
        "how": Filter(Text("Match", "匹配类型"), _sort_word),
        "place": Filter(
            Text("Stands", "位置"), lambda context, place: context.text(PLACES[place]) if place in PLACES else place
        ),
        "against": Filter(Text("Test set", "测试集"), lambda context, name: name),
    },
    page=page,
    id=lambda row: row.id,
    version=lambda context, asked: pulse(context, asked, _lines(context, asked)),
    nothing=lambda context: empty(context.say("No test question was found", "没有查到测试题")),
    heading=heading,
    drawer=drawer,
    deeds={
        "remove": Deed(
            Text("Make the dataset without these", "生成去除这些行的数据集"),
            does=_remove,
            most=_MOST,
        )
    },
    inside=True,
)
