"""The questions of an evaluation, with what each system answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.line_page import found, look_through, made, pulse, read
from studio.ui.lines import Lines
from studio.ui.listings.base import Asked, Column, Filter, Listing, Page, paged
from studio.ui.panel.labels import score_name
from studio.ui.record import cut, gold, question

_BRIEF = 240
_FACETS = ("question", "system", "outcome", "group", "form")
_OUTCOMES = {
    "right": Text("right", "答对"),
    "wrong": Text("wrong", "答错"),
    "unread": Text("could not be read", "无法读出答案"),
    "failed": Text("no answer", "没有回答"),
    "open": Text("not judged right or wrong", "不判对错"),
}
_SIGNS = {"right": "✓", "wrong": "✗", "unread": "?", "failed": "–", "open": "·"}
_AGREEMENTS = {
    "all": Text("all systems right", "全部答对"),
    "some": Text("some right, some not", "部分答对"),
    "none": Text("no system right", "全部未答对"),
}


@dataclass(frozen=True)
class Asking:
    """A question, and what each system made of it.

    Args:
        first: the details of the first system's answer, which hold the question too.
        outcomes: each system with what became of its answer, in the order in which they stand in the file.
    """

    id: str
    first: Mapping[str, Any]
    outcomes: tuple[tuple[str, str], ...]


def outcome(detail: Mapping[str, Any]) -> str:
    """Return what became of an answer: the first of its scorers that knows right from wrong decides."""
    if detail.get("finish_reason") in ("error", "cancelled"):
        return "failed"
    marks = detail.get("marks")
    if isinstance(marks, dict) and any(mark.get("unread") for mark in marks.values() if isinstance(mark, dict)):
        return "unread"
    correct = detail.get("correct")
    return "open" if correct is None else "right" if correct else "wrong"


def _facets(value: dict[str, Any] | None) -> Sequence[str]:
    detail = value or {}
    form = "choice" if detail.get("options") else "open"
    return str(detail.get("question", "")), str(detail.get("contestant", "")), outcome(detail), str(detail.get("group", "")), form  # fmt: skip


def _lines(context: Context, asked: Asked) -> Lines:
    _, folder = made(context, asked, "report")
    return look_through(context, folder / "details.jsonl", "questions", _facets, len(_FACETS))


def page(context: Context, asked: Asked) -> Page[Asking]:
    """Return questions whose answers fit: an outcome is that of the system that is chosen, or of any."""
    lines = _lines(context, asked)
    numbers, share = found(context, asked, lines)
    codes = [lines.codes(place) for place in range(len(_FACETS))]
    values = [lines.values(place) for place in range(len(_FACETS))]
    questions = len(values[0])
    words = {name: list(values[place]) for place, name in enumerate(_FACETS)}
    right = codes[2] == (words["outcome"].index("right") if "right" in words["outcome"] else -1)
    answers = np.bincount(codes[0], minlength=questions)
    rights = np.bincount(codes[0][right], minlength=questions)
    agreement = np.where(rights == answers, 0, np.where(rights == 0, 2, 1))[codes[0]]
    columns = {name: (codes[place], words[name]) for place, name in enumerate(_FACETS) if place}
    columns["agreement"] = (agreement, list(_AGREEMENTS))
    hit = np.zeros(len(lines), dtype=bool)
    hit[numbers] = True
    fits = {
        name: np.full(len(lines), True)
        if not (wanted := asked.filters.get(name, ""))
        else (each == known.index(wanted) if wanted in known else np.full(len(lines), False))
        for name, (each, known) in columns.items()
    }
    counts = {}
    for name, (each, known) in columns.items():
        left = np.logical_and.reduce([hit, *(fit for other, fit in fits.items() if other != name)])
        pairs = np.unique(codes[0][left].astype(np.int64) * len(known) + each[left])
        many = np.bincount(pairs % max(1, len(known)), minlength=len(known))
        counts[name] = {known[place]: int(many[place]) for place in np.argsort(-many, kind="stable") if many[place]}
    kept = np.unique(codes[0][np.logical_and.reduce([hit, *fits.values()])])
    if asked.sort.removeprefix("-") == "right":
        order = np.argsort(rights[kept], kind="stable")
        kept = kept[order[::-1] if asked.sort.startswith("-") else order]
    shown = paged(kept, asked.page)
    places = [np.flatnonzero(codes[0] == code) for code in shown]
    firsts = read(lines, [int(found[0]) for found in places])
    rows = [
        Asking(
            values[0][code],
            first.value or {},
            tuple((values[1][codes[1][place]], values[2][codes[2][place]]) for place in found),
        )
        for code, first, found in zip(shown, firsts, places, strict=True)
    ]
    return Page(rows, len(kept), questions, counts, share)


def _said(context: Context, asking: Asking) -> Markup:
    first = asking.first
    asks = str(first.get("stem", asking.id))
    return fill("<strong>{}</strong><small>{}</small>", asks[:_BRIEF], gold(first)[:_BRIEF])


def _signs(context: Context, asking: Asking) -> Markup:
    return fill('<span class="signs">{}</span>', join(_sign(context, *became) for became in asking.outcomes))


def _sign(context: Context, system: str, became: str) -> Markup:
    told = f"{system}: {context.text(_OUTCOMES[became])}"
    return fill('<i class="{}" title="{}"><span aria-hidden="true">{}</span><span class="unseen">{}</span></i>', became, told, _SIGNS[became], told)  # fmt: skip


def _rights(context: Context, asking: Asking) -> str:
    return f"{sum(became == 'right' for _, became in asking.outcomes)} / {len(asking.outcomes)}"


def heading(context: Context, asked: Asked) -> Markup:
    entry, _ = made(context, asked, "report")
    title = context.say(f"Evaluation {entry.name}: every question", f"评测 {entry.name}：逐题查看")
    return fill(
        '<h2>{}</h2><span class="next"><a href="#evaluate={}">{}</a>'
        '<a href="{}file/{}/report/report.html?lang={}" target="_blank" rel="noopener">{}</a></span>',
        title,
        entry.id,
        context.say("Its run", "对应的运行"),
        context.base,
        entry.id,
        context.language,
        context.say("Open the report", "打开报告"),
    )


def drawer(context: Context, asked: Asked) -> Markup:
    lines = _lines(context, asked)
    names = lines.values(0)
    if asked.chosen not in names:
        return Markup()
    numbers = np.flatnonzero(lines.codes(0) == names.index(asked.chosen))
    answers = [line.value or {} for line in read(lines, [int(number) for number in numbers])]
    first = answers[0]
    said = fill("<dt>{}</dt><dd><p>{}</p></dd>", context.say("Gold answer", "标准答案"), str(first.get("gold", "")))
    accepted = first.get("accepted")
    also = fill("<dt>{}</dt><dd><p>{}</p></dd>", context.say("Also accepted", "也算正确"), "；".join(map(str, accepted))) if accepted else Markup()  # fmt: skip
    told = join(_answer(context, detail) for detail in answers)
    return question(first) + fill('<dl class="fields-of">{}{}</dl>', said, also) + told


def _answer(context: Context, detail: Mapping[str, Any]) -> Markup:
    became = outcome(detail)
    marks = detail.get("marks")
    scores = " · ".join(
        f"{score_name(name, context.language)} {mark['score']:.2f}"
        for name, mark in (marks.items() if isinstance(marks, dict) else ())
        if isinstance(mark, dict) and isinstance(mark.get("score"), int | float)
    )
    took = str(detail.get("read", ""))
    told = context.say(f"read as {took}", f"读出：{took}") if took and detail.get("options") else ""
    cut_short = context.say("cut off", "被截断") if detail.get("finish_reason") == "length" else ""
    return fill(
        '<section class="answer-of {}"><h3>{} {}</h3><p>{}</p><small>{}</small>{}</section>',
        became,
        _sign(context, str(detail.get("contestant", "")), became),
        str(detail.get("contestant", "")),
        cut(str(detail.get("answer", ""))) or context.say("(empty)", "（空）"),
        " · ".join(filter(None, (context.text(_OUTCOMES[became]), told, cut_short, scores))),
        _seen(context, detail),
    )


def _seen(context: Context, detail: Mapping[str, Any]) -> Markup:
    """Return what the system was shown: its passages and its prompt, folded."""
    passages = [item for item in detail.get("passages") or () if isinstance(item, dict)]
    listed = join(
        fill(
            "<li><b>{}</b> {}</li>", str(item.get("title") or item.get("source", "")), cut(str(item.get("content", "")))
        )
        for item in passages
    )
    turns = [item for item in detail.get("prompt") or () if isinstance(item, dict)]
    prompt = join(fill("<pre>{}</pre>", cut(str(item.get("content", "")))) for item in turns)
    parts = [
        fill("<details><summary>{}</summary>{}</details>", title, inside)
        for title, inside in (
            (context.say(f"{len(passages)} passages", f"{len(passages)} 个段落"), fill("<ol>{}</ol>", listed) if listed else Markup()),
            (context.say("What it was asked", "实际的提问"), prompt),
        )
        if inside
    ]  # fmt: skip
    return join(parts)


def _word(words: Mapping[str, Text]) -> Any:
    return lambda context, value: context.text(words[value]) if value in words else value


LISTING = Listing[Asking](
    title=Text("Questions of an evaluation", "评测的题目"),
    columns={
        "said": Column(Text("Question and gold answer", "题目与标准答案"), _said, style="long pair"),
        "signs": Column(Text("Systems", "被测系统"), _signs),
        "right": Column(Text("Right", "答对"), _rights, sorts=True, style="number"),
        "group": Column(Text("Group", "分组"), lambda context, asking: str(asking.first.get("group", ""))),
    },
    filters={
        "agreement": Filter(Text("Agreement", "一致性"), _word(_AGREEMENTS)),
        "system": Filter(Text("System", "被测系统"), lambda context, system: system),
        "outcome": Filter(Text("Outcome", "结果"), _word(_OUTCOMES)),
        "group": Filter(Text("Group", "分组"), lambda context, group: group or context.say("none", "无")),
        "form": Filter(
            Text("Form", "题型"), _word({"choice": Text("Multiple choice", "选择题"), "open": Text("Open", "开放题")})
        ),
    },
    page=page,
    id=lambda asking: asking.id,
    version=lambda context, asked: pulse(context, asked, _lines(context, asked)),
    nothing=lambda context: empty(context.say("No answers in this report", "这份报告里没有回答")),
    heading=heading,
    drawer=drawer,
    inside=True,
)
