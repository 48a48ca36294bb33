"""Fields of a request: strict about those we know, silent about those we do not, and each refusal names its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from studio.core.text import Text, both
from studio.openai.errors import ApiError, fault

MISSING = Text("is missing", "缺少该字段")
_ACCEPTED = {
    "greater_than_equal": Text("at least {ge:g}", "应不小于 {ge:g}"),
    "less_than_equal": Text("at most {le:g}", "应不大于 {le:g}"),
    "less_than": Text("a 64-bit integer", "应为 64 位整数"),
    "too_short": Text("at least {min_length} item", "至少要有 {min_length} 项"),
    "list_type": Text("a list", "应为列表"),
    "string_type": Text("a string", "应为文字"),
    "bool_type": Text("true or false", "应为 true 或 false"),
    "int_type": Text("an integer", "应为整数"),
    "float_type": Text("a number", "应为数字"),
    "finite_number": Text("a finite number", "应为有限的数字"),
    "model_type": Text("a JSON object", "应为 JSON 对象"),
}


class Fields(BaseModel):
    """Unknown fields are passed over; known ones are taken as they are or refused, never converted."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


F = TypeVar("F", bound=Fields)


def read_fields(sort: type[F], values: Mapping[str, object]) -> F:
    """Return a request of a sort, or raise ApiError (400) that names the first field at fault and what is accepted."""
    try:
        return sort.model_validate(values)
    except ValidationError as error:
        raise _fault(error) from error


def refuse(en: str, zh: str) -> PydanticCustomError:
    """Return what a validator raises for a value it does not take, saying what it would."""
    return PydanticCustomError("refused", "{en}", {"en": en, "zh": zh})


def only_zero(value: float | None) -> float | None:
    """Refuse a number that would change the answer."""
    if value:
        raise refuse("only 0 is supported by these engines", "这里的引擎只支持 0")
    return value


def only_empty(value: object) -> object:
    """Refuse what no engine here can do."""
    if value:
        raise refuse("is not supported here; leave it out", "这里不支持，请去掉")
    return value


def _fault(error: ValidationError) -> ApiError:
    detail = error.errors(include_url=False, include_input=True)[0]
    param = ""
    for part in detail["loc"]:
        param += f"[{part}]" if isinstance(part, int) else f".{part}" if param else str(part)
    say, code = _SAID.get(detail["type"], (_unfit, "invalid_value"))
    return fault(param, say(detail), code)


def _refused(detail: ErrorDetails) -> Text:
    return Text(detail["ctx"]["en"], detail["ctx"]["zh"])


def _missing(detail: ErrorDetails) -> Text:
    return MISSING


def _unfit(detail: ErrorDetails) -> Text:
    given = repr(detail["input"])
    given = given if len(given) <= 60 else f"{given[:57]}..."
    accepted = _ACCEPTED.get(detail["type"], both(detail["msg"]))
    context: dict[str, Any] = detail.get("ctx", {})
    return Text(
        f"given {given}, accepted: {accepted.en.format(**context)}",
        f"现为 {given}，{accepted.zh.format(**context)}",
    )


# by pydantic's kinds of faults, and our own: what is said, and the code
_SAID: Mapping[str, tuple[Callable[[ErrorDetails], Text], str]] = {
    "refused": (_refused, "unsupported_value"),
    "missing": (_missing, "missing_required_parameter"),
}
