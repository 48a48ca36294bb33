"""What is wrong with a recipe, in words: where it stands, what was given, what is accepted."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from studio.core import yamlfile
from studio.core.choice import NAME, Choice, choice_of
from studio.core.errors import Fault
from studio.core.option import model_of
from studio.core.text import Text, both

if TYPE_CHECKING:
    from studio.core.recipe import Recipe, RecipeDocument

_PLACE = re.compile(r"[0-9]{1,6}")
_SHOWN = 80


def dotted(path: yamlfile.Path) -> str:
    """Return a path as people write it: `steps.0.model`."""
    return ".".join(str(part) for part in path)


REQUIRED = Text("is missing and has no default", "必填，没有默认值")


def undotted(text: str) -> yamlfile.Path:
    """Return the path that people write as `steps.0.model`."""
    return tuple(int(part) if _PLACE.fullmatch(part) else part for part in text.split("."))


def fault_of(document: RecipeDocument, model: type[Recipe], today: Mapping[str, Any], detail: ErrorDetails) -> Fault:
    """Return one of pydantic's faults as ours.

    Args:
        today: the document's values, with the keys of older recipes at their places of today.
    """
    path: yamlfile.Path = tuple(detail["loc"])
    given = _quoted(detail["input"])
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        message = _unknown(model, today, path)
    elif detail["type"] == "missing":
        message = REQUIRED
    elif detail["type"] == "studio":
        message = Text.load(context)
    elif "expected" in context:
        listed = "、".join(re.findall(r"'([^']*)'", context["expected"])) or context["expected"]
        message = Text(f"given {given.en}, accepted: {context['expected']}", f"现为{given.zh}，可选：{listed}")
    else:
        words = _WORDS.get(detail["type"])
        said = Text(*(word.format(**context) for word in words)) if words else both(detail["msg"])
        message = Text(f"given {given.en}; {said.en}", f"现为{given.zh}，{said.zh}")
    return located(document, model, path, message)


def located(document: RecipeDocument, model: type[Recipe], path: yamlfile.Path, message: Text) -> Fault:
    """Return a fault at a path of today, with the file, the line and the name by which the document has it."""
    stands = path
    if path not in document.lines:  # older recipes have some keys elsewhere
        older = {undotted(place): (old,) for old, place in model.renamed.items()}
        stands = next((old for place, old in older.items() if path == place and old in document.lines), path)
    return Fault(f"{document.where(stands)}: {dotted(stands)}", message, path, document.lines.get(stands, 0))


def _quoted(given: object) -> Text:
    """Return a value as a message names it, in the words of YAML and not of Python; spaced as Chinese sets it."""
    if given is None:
        return Text("nothing", "空")
    if isinstance(given, str):
        return Text(f"'{_short(given)}'", f"“{_short(given)}”")
    shown = _short(json.dumps(given, ensure_ascii=False, default=str))
    return Text(shown, f" {shown}")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _unknown(model: type[Recipe], today: Mapping[str, Any], path: yamlfile.Path) -> Text:
    """Return what to say of a key that is not accepted where it stands."""
    key = str(path[-1])
    if len(path) == 1 and key in model.renamed:
        place = model.renamed[key]
        return Text(f"given twice: it is '{place}', which is there as well", f"重复：它就是“{place}”，而后者也写了")
    here: type[BaseModel] | None = model
    value: Any = today
    field: FieldInfo | None = None
    choice: Choice | None = None
    for part in path[:-1]:
        value = value[part]
        if here is not None and isinstance(part, str):
            field = here.model_fields[part]
        if field is not None and not isinstance(value, list):
            choice = choice_of(field)
            here = model_of(field, choice, value)
    own = list(here.model_fields) if here is not None else []
    meant = _meant(key, own, model if len(path) == 1 else None)
    if choice is None:
        accepted = ", ".join(own)
        return Text(f"unknown key{meant.en}; accepted here: {accepted}", f"没有这个键{meant.zh}；这里可用：{accepted}")
    accepted, owners = ", ".join([NAME, *own]), choice.owners(key)
    whose = (
        Text(f" (it is an option of {', '.join(owners)})", f"（它是 {'、'.join(owners)} 的选项）")
        if owners
        else both("")
    )
    return Text(
        f"{value[NAME]} has no such option{whose.en or meant.en}; accepted here: {accepted}",
        f"{value[NAME]} 没有这个选项{whose.zh or meant.zh}；这里可用：{accepted}",
    )


def _meant(key: str, own: list[str], model: type[Recipe] | None) -> Text:
    """Return which key may have been meant, as words in brackets; empty where none is near.

    Args:
        model: the recipe, where the key stands on its first level.
    """
    places = {**model.renamed, **model.elsewhere} if model is not None else {}
    near = difflib.get_close_matches(key, [*own, *places], n=1)
    place = places.get(key) or next(iter(near), "")
    place = places.get(place, place)
    return Text(f" (did you mean '{place}'?)", f"（是不是“{place}”？）") if place else both("")


# pydantic's kinds of faults, and our own, in our words; {limits} are filled in
_WORDS = {
    "no_name": Text(
        "a name is letters, digits, '_', '.', '-' (64 at most, 48 of rare characters), and begins with a letter or digit",
        "名称只能用文字、数字和 _ . -，以文字或数字开头，最长 64 个字符（生僻字 48 个）",
    ),
    "no_moment": Text(
        "accepted: 22:00, 2026-12-01 22:00, or with another zone 2026-12-01 22:00+08:00",
        "应写作 22:00、2026-12-01 22:00，或带时区的 2026-12-01 22:00+08:00",
    ),
    "no_cron": Text(
        "accepted: minute, hour, day, month, weekday (`0 2 * * *`: every night at two), with a day or a weekday, not both, "
        "that comes at all",
        "应写作分、时、日、月、星期（如 `0 2 * * *` 表示每天凌晨两点）；日与星期不能同时指定，且须存在这样的日期",
    ),
    "int_parsing": Text("accepted: a whole number", "应为整数"),
    "int_type": Text("accepted: a whole number", "应为整数"),
    "int_from_float": Text("accepted: a whole number", "应为整数"),
    "float_parsing": Text("accepted: a number", "应为数字"),
    "float_type": Text("accepted: a number", "应为数字"),
    "finite_number": Text("accepted: a number that is finite", "应为有限的数字"),
    "bool_parsing": Text("accepted: true or false", "应为 true 或 false"),
    "bool_type": Text("accepted: true or false", "应为 true 或 false"),
    "string_type": Text("accepted: a text", "应为文字"),
    "list_type": Text("accepted: a list", "应为列表"),
    "dict_type": Text("accepted: `key: value` lines", "应为“键: 值”"),
    "model_type": Text("accepted: `key: value` lines", "应为“键: 值”"),
    "greater_than": Text("accepted: more than {gt:g}", "应大于 {gt:g}"),
    "greater_than_equal": Text("accepted: {ge:g} or more", "应不小于 {ge:g}"),
    "less_than": Text("accepted: less than {lt:g}", "应小于 {lt:g}"),
    "less_than_equal": Text("accepted: {le:g} or less", "应不大于 {le:g}"),
    "too_short": Text("at least {min_length} wanted", "至少要有 {min_length} 项"),
    "string_too_short": Text("it must not be empty", "不能为空"),
}
