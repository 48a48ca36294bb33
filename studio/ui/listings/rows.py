"""The rows of a dataset, and those that were rejected, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from studio.core.files import read_json
from studio.core.text import LANGUAGES, Text
from studio.data import ledger
from studio.data.dataset_folder import ABOUT, NEAR_FILE, SPLITS
from studio.data.records import RECORDS
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Rubric
from studio.ui.context import Context
from studio.ui.html import empty, fill, join, notice
from studio.ui.line_page import Line, look_through, made, one, page_of, pulse
from studio.ui.lines import Lines
from studio.ui.listings.base import Asked, Aspect, Column, Filter, Listing, Page
from studio.ui.record import brief, origin, plain, shown
from studio.ui.token_section import section
from studio.ui.wanted import again

_BRIEF = 240  # characters of a row in the table
_FACETS = ("form", "group", "outcome", "reason", "file")
_NEAR = Path(NEAR_FILE).stem
OUTCOMES = {"read": Text("Read", "读取"), **ledger.OUTCOMES}
"""What may have become of a row, as a dataset's account names it."""


def _facets(value: dict[str, Any] | None) -> Sequence[str]:
    if value is None:
        return "unreadable", "", "", "", ""
    if "near" in value:
        return "", "", "", "", ""
    if "reason" in value:
        why = reason_name(value.get("kind") or value["reason"])
        return "", "", str(value.get("outcome", "")), why, str(value.get("file", ""))
    source = value.get("source")
    file = str(source.get("file", "")) if isinstance(source, dict) else ""
    return _form(value), _group(value), "", "", file


def _form(value: Mapping[str, Any]) -> str:
    """Return the form of a row, or what it is where rows of its class have none."""
    if "messages" in value:
        said = [item for item in value["messages"] if isinstance(item, dict) and item.get("role") == "assistant"]
        return "several" if len(said) > 1 else "single"
    if "chosen" in value:
        return Preference.record
    if "good" in value:
        return "good" if value["good"] else "bad"
    if "stem" not in value:
        return Rubric.record
    return "choice" if value.get("options") else "open"


def _group(value: Mapping[str, Any]) -> str:
    """Return a row's group, else its department."""
    labels = value.get("labels")
    return str(value.get("group") or (labels.get("department", "") if isinstance(labels, dict) else ""))


def _file(context: Context, asked: Asked) -> tuple[Path, str]:
    _, folder = made(context, asked, "dataset")
    names = [view.name for view in views(context, asked)]
    view = asked.view if asked.view in names else next(iter(names), "train")
    return folder, view


def _lines(context: Context, asked: Asked) -> Lines:
    folder, view = _file(context, asked)
    return look_through(context, folder / f"{view}.jsonl", "rows", _facets, len(_FACETS))


def views(context: Context, asked: Asked) -> Sequence[Aspect]:
    """Return the parts that have rows, then those that were rejected, and the clusters of near duplicates."""
    _, folder = made(context, asked, "dataset")
    about = read_json(folder / ABOUT) or {}
    splits, rejected = about.get("splits"), about.get("rejected")
    found = [
        Aspect(str(name), context.text(SPLITS[name]) if name in SPLITS else str(name), int(count))
        for name, count in (splits.items() if isinstance(splits, dict) else ())
        if count
    ]
    if isinstance(rejected, int) and rejected:
        found.append(Aspect("rejected", context.say("Left out", "未采用"), rejected))
    split = about.get("split")
    near = split.get("near") if isinstance(split, dict) else None
    clusters = near.get("clusters") if isinstance(near, dict) else None
    if isinstance(clusters, int) and clusters:
        found.append(Aspect(_NEAR, context.say("Near duplicates", "近似重复"), clusters))
    return found


def page(context: Context, asked: Asked) -> Page[Line]:
    return page_of(context, asked, _lines(context, asked), _FACETS, length="length")


def version(context: Context, asked: Asked) -> str:
    return pulse(context, asked, _lines(context, asked))


def _said(context: Context, line: Line) -> Markup:
    """Return what a row asks, and below it what is answered; of one that was rejected, the reason."""
    value = line.value
    if value is None:
        return fill("<strong>{}</strong><small>{}</small>", context.say("Not a row", "不是有效的数据行"), line.raw[:_BRIEF].decode(errors="replace"))  # fmt: skip
    if "reason" in value:
        told = _reason(value["reason"], context.language)
        row = json.dumps(value.get("row", ""), ensure_ascii=False)
        return fill("<strong>{}</strong><small>{}</small>", told, row[:_BRIEF])
    if "near" in value:
        return _cluster(context, value)
    asks, answers = brief(value)
    return fill("<strong>{}</strong><small>{}</small>", asks[:_BRIEF], answers[:_BRIEF])


def _cluster(context: Context, value: Mapping[str, Any]) -> Markup:
    """Return what the first row of a cluster of near duplicates asks, and how many there are."""
    first = next(iter(_members(value)), {})
    count = value.get("texts")
    said = context.say(f"{count} questions in nearly the same words", f"{count} 道措辞几乎相同的题目")
    return fill("<strong>{}</strong><small>{}</small>", brief(first.get("row", {}))[0][:_BRIEF], said)


def _members(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    near = value.get("near")
    return [item for item in near if isinstance(item, dict) and isinstance(item.get("row"), dict)] if isinstance(near, list) else []  # fmt: skip


def _side_by_side(context: Context, value: Mapping[str, Any]) -> Markup:
    """Return the rows of a cluster side by side, each with where it stands and what became of it."""
    members = _members(value)
    cells = []
    for item in members:
        row, became = item["row"], str(item.get("became", ""))
        title = context.text(SPLITS[became]) if became in SPLITS else _outcome_word(context, became)
        asks, answers = brief(row)
        source = row.get("source") or {}
        where = f"{source.get('file', '')}:{source.get('line', '')}" if source else ""
        cells.append(fill("<div><b>{}</b><p>{}</p><p>{}</p><small>{}</small></div>", title, asks, answers, where))
    rest = int(value.get("texts") or 0) - len(members)
    more = fill("<p>{}</p>", context.say(f"and {rest:,} more", f"另有 {rest:,} 道")) if rest > 0 else Markup()
    return fill('<div class="beside near">{}</div>{}', join(cells), more)


def reason_name(reason: Any) -> str:
    """Return what an address calls a reason: its words in both languages."""
    return "\t".join(_reason(reason, language) for language in LANGUAGES)


def _outcome_word(context: Context, outcome: str) -> str:
    return context.text(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome


def _reason_word(context: Context, name: str) -> str:
    words = name.split("\t")
    return dict(zip(LANGUAGES, words, strict=False)).get(context.language, words[0])


def _reason(reason: Any, language: str) -> str:
    return str(reason.get(language, "")) if isinstance(reason, dict) else str(reason)


def _where(context: Context, line: Line) -> str:
    value = line.value or {}
    source = value.get("source")
    place = source if isinstance(source, dict) else value
    file, number = place.get("file", ""), place.get("line")
    return f"{file}:{number}" if file else ""


def heading(context: Context, asked: Asked) -> Markup:
    entry, folder = made(context, asked, "dataset")
    name = asked.view or next((view.name for view in views(context, asked)), "train")
    link = fill(
        '<a href="{}file/{}/{}/{}.jsonl" download="{}-{}.jsonl">{}</a>',
        context.base, entry.id, folder.name, name, entry.name, name, context.say("Download", "下载"),
    )  # fmt: skip
    title = context.say(f"Dataset {entry.name}", f"数据集 {entry.name}")
    return fill('<h2>{}</h2><span class="next"><a href="#data={}">{}</a>{}</span>', title, entry.id, context.say("Its run", "对应的运行"), link)  # fmt: skip


def drawer(context: Context, asked: Asked) -> Markup:
    folder, view = _file(context, asked)
    line = one(_lines(context, asked), asked.chosen)
    if line is None:
        return Markup()
    if line.value is None:
        said = context.say("This line cannot be read as a row.", "这一行无法解析。")
        return notice(said) + fill("<pre>{}</pre>", line.raw[:4000].decode(errors="replace"))
    if "near" in line.value:
        return _side_by_side(context, line.value)
    if "reason" in line.value:
        row = line.value.get("row")
        told = notice(_reason(line.value["reason"], context.language)) + _put_back(context, asked, line)
        return told + (plain(context, row) if isinstance(row, dict) else fill("<pre>{}</pre>", str(row))) + origin(context, folder, line.value)  # fmt: skip
    learnt = RECORDS.get(str((read_json(folder / ABOUT) or {}).get("record", Question.record)))
    seen = section(context, asked.of, view, line.number) if learnt is not None and "sft" in learnt.serves else Markup()
    return shown(context, folder, line.value) + seen


def _put_back(context: Context, asked: Asked, line: Line) -> Markup:
    """Return the ways to the form on which a row that was left out is put back: alone, or with those of its reason."""
    value = line.value or {}
    if not value.get(
        "returns", value.get("outcome") in (ledger.MERGED, ledger.DROPPED)
    ):  # an older dataset does not say
        told = context.say(
            "It cannot be put back: mend it in the file and make the dataset again.",
            "这一行无法放回：请修正原文件后重新生成数据集。",
        )
        return fill("<p>{}</p>", told)
    entry, _ = made(context, asked, "dataset")
    why = value.get("kind") or value["reason"]
    one_row = again("data", entry.id, "restore", _where(context, line))
    all_rows = again("data", entry.id, "restore", str(_reason(why, context.language)))
    return fill(
        '<p class="next"><a class="act" href="{}">{}</a><a class="act" href="{}">{}</a></p>',
        one_row, context.say("Put back", "放回"),
        all_rows, context.say("Put back all rows of this reason", "放回该原因的所有行"),
    )  # fmt: skip


def _form_word(context: Context, form: str) -> str:
    forms = {name: words for record in RECORDS.values() for name, words in record.forms.items()}
    forms |= {name: record.noun for name, record in RECORDS.items() if not record.forms}
    forms["unreadable"] = Text("unreadable", "无法解析")
    return context.text(forms[form]) if form in forms else context.say("none", "无")


LISTING = Listing[Line](
    title=Text("Rows", "数据行"),
    columns={
        "number": Column(Text("No.", "行号"), lambda context, line: f"{line.number:,}", style="number"),
        "said": Column(Text("Question and answer", "问题与答案"), _said, style="long pair"),
        "length": Column(Text("Bytes", "字节"), lambda context, line: f"{len(line.raw):,}", sorts=True, style="number"),
        "source": Column(Text("Source line", "来源行"), _where, style="where"),
    },
    filters={
        "form": Filter(Text("Form", "题型"), _form_word),
        "group": Filter(Text("Group", "分组"), lambda context, group: group or context.say("none", "无")),
        "outcome": Filter(Text("What became of it", "去向"), _outcome_word),
        "reason": Filter(Text("Reason", "原因"), _reason_word),
        "file": Filter(Text("File", "文件"), lambda context, file: file or context.say("none", "无")),
    },
    page=page,
    id=lambda line: str(line.number),
    version=version,
    nothing=lambda context: empty(context.say("No rows in this split", "这个划分没有数据")),
    heading=heading,
    views=views,
    drawer=drawer,
    inside=True,
)
