"""A row of a dataset in full: what it says, what the model would learn from, and the line it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pydantic import ValidationError

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.records import Message
from studio.core.text import Text, both
from studio.data.dataset_folder import ABOUT, record_of
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.roles import ROLES, title_of
from studio.ui.context import Context
from studio.ui.html import fill, join, notice

_LONGEST = 20_000  # characters of one text
_DEEPEST = 8  # lists and objects inside each other
_ROLES = {
    "system": Text("System", "系统"),
    "user": Text("User", "用户"),
    "assistant": Text("Model", "模型"),
}
_LEARNT = Text("Model (learnt)", "模型（参与训练）")
_NOTHING: tuple[object, ...] = (None, "", [], {})
_LABELS = {
    "stem": Text("Question", "题干"),
    "gold": Text("Gold answer", "标准答案"),
    "accepted": Text("Also accepted", "也算正确"),
    "contexts": Text("Passages", "段落"),
    "explanation": Text("Explanation", "解析"),
    "group": Text("Group", "分组"),
    "messages": Text("Conversation", "对话"),
    "prompt": Text("Prompt", "提问"),
    "chosen": Text("Better answer", "较优回答"),
    "rejected": Text("Worse answer", "较差回答"),
    "answer": Text("Answer", "回答"),
    "good": Text("Judged", "评判"),
    "thought": Text("Chain of thought", "思维链"),
    "system": Text("System prompt", "系统提示词"),
    "criteria": Text("What an answer must have", "评分要点"),
    "labels": Text("Labels", "标签"),
    "family": Text("Case", "所属病例"),
    "id": Text("Id", "编号"),
}


def question(value: Mapping[str, Any]) -> Markup:
    """Return a question's stem and options, the right ones marked."""
    options = value.get("options")
    right = str(value.get("gold", ""))
    listed = join(
        fill(
            '<li class="{}"><b>{}</b><span>{}</span></li>',
            "right" if letter in right else "",
            letter,
            text,
        )
        for letter, text in (options.items() if isinstance(options, dict) else ())
    )
    stem = fill('<p class="stem">{}</p>', cut(str(value.get("stem", ""))))
    return stem + (fill('<ul class="options">{}</ul>', listed) if listed else Markup())


def gold(value: Mapping[str, Any]) -> str:
    """Return a question's gold answer as one line; of a choice, the options that are right."""
    said, options = str(value.get("gold", "")), value.get("options")
    if isinstance(options, dict) and options:
        return "；".join(f"{letter}. {text}" for letter, text in options.items() if letter in said)
    return said


def brief(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a row asks, and what is answered: the right options, the better answer, what an answer must have."""
    if "stem" in value:
        return str(value["stem"]), gold(value)
    turns = value.get("messages") or value.get("prompt") or []
    said = [item for item in turns if isinstance(item, dict)]
    asks = next((str(item.get("content", "")) for item in said if item.get("role") == "user"), "")
    for name in ("chosen", "answer"):
        if name in value:
            return asks, str(value[name])
    criteria = value.get("criteria")
    if isinstance(criteria, list):
        return asks, "；".join(str(item.get("text", "")) if isinstance(item, dict) else str(item) for item in criteria)
    return asks, next((str(item.get("content", "")) for item in said if item.get("role") == "assistant"), "")


def shown(context: Context, folder: Path, value: Mapping[str, Any]) -> Markup:
    """Return a row: questions as they are asked, everything else by field; then the turns that a model learns from."""
    try:
        row = record_of(folder).model_validate(value)
    except ValidationError:
        learnt = notice(context.say("This line is no row of this dataset.", "这一行不是该数据集的有效数据。"))
    except InputError as error:
        learnt = notice(context.text(error.message))
    else:
        learnt = _learnt(context, row)
    return _fields(context, value) + learnt + origin(context, folder, value.get("source"))


def made(context: Context, row: Row) -> Markup:
    """Return a row that is in no dataset yet, as one in a dataset is shown."""
    return _fields(context, row.model_dump(mode="json", exclude_defaults=True)) + _learnt(context, row)


def _fields(context: Context, value: Mapping[str, Any]) -> Markup:
    fields = {name: item for name, item in value.items() if name != "source"}
    top = Markup()
    if "stem" in fields:
        top = question(value)
        fields.pop("stem")
        if fields.pop("options", None):
            fields.pop("gold", None)
    first = join(_field(context, name, item) for name, item in fields.items() if name != "id")
    last = _field(context, "id", fields.get("id", ""))
    return top + fill('<dl class="fields-of">{}{}</dl>', first, last)


def _learnt(context: Context, row: Row) -> Markup:
    """Return the turns that a model learns from, folded; nothing where that is what the row shows anyhow, or where nothing is learnt."""
    if isinstance(row, Conversation) or "sft" not in row.serves:
        return Markup()
    return fill(
        '<details class="turns-of"><summary>{}</summary>{}</details>',
        context.say("What a model learns from it", "训练时模型看到的内容"),
        turns_shown(context, row.turns),
    )


def plain(context: Context, value: Mapping[str, Any]) -> Markup:
    """Return a record of anybody's making, field by field, by the names that it has there."""
    return _value({name: item for name, item in value.items() if item not in _NOTHING})


def origin(context: Context, folder: Path, source: object) -> Markup:
    """Return the file and line a row came from, and the line itself where the file still lies there."""
    if not isinstance(source, dict):
        return Markup()
    name, number = str(source.get("file", "")), source.get("line")
    line = _source_line(context, folder, name, number) if isinstance(number, int) else ""
    where = context.say(f"{name}, line {number}", f"{name} 第 {number} 行")
    return fill(
        '<div class="origin"><strong>{}</strong> <span>{}</span>{}</div>',
        context.say("Source", "来源"),
        where,
        fill("<pre>{}</pre>", cut(line)) if line else Markup(),
    )


def _source_line(context: Context, folder: Path, name: str, number: int) -> str:
    about = read_json(folder / ABOUT) or {}
    sources = about.get("sources")
    for source in sources if isinstance(sources, list) else ():
        if not isinstance(source, dict) or name not in (source.get("file"), Path(str(source.get("file", ""))).name):
            continue
        encoding = str(source.get("encoding", "utf-8"))
        if encoding.startswith("utf-16"):
            return ""
        try:
            path = context.workspace.path(str(source["file"]))
            context.workspace.require_open(path)
            if path.stat().st_mtime > (folder / ABOUT).stat().st_mtime:
                return context.say("(the file has changed since)", "（该文件此后已被修改）")
            with path.open("rb") as stream:
                found = next(islice(stream, number - 1, number), b"")
            return found.decode(encoding, errors="replace").rstrip("\r\n")
        except (OSError, InputError, LookupError):
            return ""
    return ""


def turns_shown(context: Context, turns: Iterable[Message], learnt: bool = True) -> Markup:
    """Return the turns of a conversation, each under who says it."""
    return join(_turn(context, turn.role, turn.content, learnt) for turn in turns)


def _turn(context: Context, role: str, content: str, learnt: bool) -> Markup:
    who = _LEARNT if learnt and role == "assistant" else _ROLES.get(role, both(role))
    return fill('<div class="turn-of {}"><b>{}</b><p>{}</p></div>', role, context.text(who), cut(content))


def _field(context: Context, name: str, value: Any) -> Markup:
    if value in _NOTHING:
        return Markup()
    label = context.text(_LABELS[name]) if name in _LABELS else name
    draw = _DRAWN.get(name)
    return fill("<dt>{}</dt><dd>{}</dd>", label, draw(context, value) if draw is not None else _value(value))


def _talk(context: Context, value: Any, learnt: bool = False) -> Markup:
    """Return turns as they are written in a row; what is none, as it stands there."""
    turns = value if isinstance(value, list) else []
    if not turns or not all(isinstance(turn, dict) and {"role", "content"} <= turn.keys() for turn in turns):
        return _value(value)
    return join(_turn(context, str(turn["role"]), str(turn["content"]), learnt) for turn in turns)


def _judged(context: Context, value: Any) -> Markup:
    known = Judged.forms["good" if value is True else "bad"] if isinstance(value, bool) else both(str(value))
    return fill("<p>{}</p>", context.text(known))


def _labels(context: Context, value: Any) -> Markup:
    named = value if isinstance(value, dict) else {}
    if not named:
        return _value(value)
    titles = {key: context.text(title_of(key)) if key in ROLES else key for key in named}
    colon = context.say(": ", "：")
    return join(fill("<p>{}{}{}</p>", titles[key], colon, cut(str(item))) for key, item in named.items())


def _criteria(context: Context, value: Any) -> Markup:
    """Return criteria as a list, each with its points where it has some."""
    several = value if isinstance(value, list) else [value]
    return fill("<ul>{}</ul>", join(fill("<li>{}</li>", _criterion(context, item)) for item in several))


def _criterion(context: Context, item: Any) -> Markup:
    if not isinstance(item, dict) or "text" not in item:
        return _value(item)
    points = item.get("points")
    said = context.say(f"{points:+g} points", f"{points:+g} 分") if isinstance(points, int | float) else str(points)
    return fill("<p><b>{}</b> {}</p>", said, cut(str(item["text"])))


_DRAWN: Mapping[str, Callable[[Context, Any], Markup]] = {
    "messages": partial(_talk, learnt=True),
    "prompt": _talk,
    "good": _judged,
    "labels": _labels,
    "criteria": _criteria,
}


def _value(value: Any, depth: int = 0) -> Markup:
    if depth > _DEEPEST and isinstance(value, dict | list):
        return fill("<p>…</p>")
    if isinstance(value, dict):
        inside = join(fill("<dt>{}</dt><dd>{}</dd>", key, _value(item, depth + 1)) for key, item in value.items())
        return fill('<dl class="fields-of">{}</dl>', inside)
    if isinstance(value, list):
        return fill("<ul>{}</ul>", join(fill("<li>{}</li>", _value(item, depth + 1)) for item in value))
    return fill("<p>{}</p>", cut(str(value).lower() if isinstance(value, bool) else str(value)))


def cut(text: str) -> str:
    """Return a text, or the beginning of one that would drown a browser."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… (+{len(text) - _LONGEST:,})"
