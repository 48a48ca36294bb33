"""A recipe describes a piece of work: YAML on one side, a validated model on the other."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from studio.core import timing, yamlfile
from studio.core.choice import NAME, Chosen, choice_of
from studio.core.errors import Fault, RecipeError
from studio.core.files import is_name, read_text
from studio.core.option import option
from studio.core.recipe_faults import dotted, fault_of, undotted
from studio.core.text import Text

R = TypeVar("R", bound="Recipe")


def _plain_name(value: str) -> str:
    if not is_name(value):
        raise PydanticCustomError("no_name", "no name")
    return value


def _moment(value: str) -> str:
    try:
        return value if not value or timing.moment(value, timing.local_now()) else ""
    except ValueError as error:
        raise PydanticCustomError("no_moment", "no moment") from error


def _cron(value: str) -> str:
    try:
        return value if not value or timing.next_of(value, timing.local_now()) else ""
    except ValueError as error:
        raise PydanticCustomError("no_cron", "no cron") from error


Name = Annotated[str, AfterValidator(_plain_name)]
Moment = Annotated[str, BeforeValidator(timing.as_written), AfterValidator(_moment)]
Cron = Annotated[str, AfterValidator(_cron)]

TIMING = ("at", "cron", "priority")
"""The fields that say when a run may begin, and nothing about what it does."""


class Recipe(BaseModel):
    """What every recipe has: a kind and a name, and when it is to run. Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", validate_default=True)

    renamed: ClassVar[Mapping[str, str]] = {}
    """What older recipes call a field, and its dotted place now: `{"rank": "method.rank"}`."""

    elsewhere: ClassVar[Mapping[str, str]] = {}
    """What other programs call a field, and its dotted place here: `{"num_train_epochs": "epochs"}`."""

    kind: str
    name: Name = option(
        ...,
        label=Text("Name", "名称"),
        help=Text(
            "What the result is called; other recipes refer to it by this name.",
            "结果的名称，其他配方用它来引用。",
        ),
    )
    at: Moment = option(
        "",
        label=Text("Start at", "开始时间"),
        help=Text(
            "Not before this time, by this machine's clock: 22:00, or 2026-12-01 22:00. Empty: as soon as it can.",
            "最早开始时间，按本机时钟：22:00，或 2026-12-01 22:00；留空表示尽快开始。",
        ),
        advanced=True,
    )
    cron: Cron = option(
        "",
        label=Text("Repeat", "定时重复"),
        help=Text(
            "Five fields of cron: minute, hour, day, month, weekday. `0 2 * * *` is every night at two. What names mean "
            "is looked up anew each time.",
            "cron 的五个字段：分、时、日、月、星期。例如 `0 2 * * *` 表示每天凌晨两点；每次执行时重新查找所引用的名称。",
        ),
        advanced=True,
    )
    priority: int = option(
        0,
        label=Text("Priority", "优先级"),
        help=Text(
            "Of the runs that wait for a device, the higher goes first; those of one priority in the order in which "
            "they came.",
            "等待设备时数值大的先运行；数值相同的按提交顺序。",
        ),
        ge=-1000,
        le=1000,
        advanced=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _today(cls, values: Any) -> Any:
        return cls.today(values) if isinstance(values, Mapping) else values

    @classmethod
    def today(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a recipe's plain values with the keys of older recipes at their places of today.

        A key stays where it stands if its place is taken: that is a fault, and not for this to decide.

        >>> from studio.training.recipe import TrainRecipe
        >>> TrainRecipe.today({"method": "lora", "rank": 8})
        {'method': {'name': 'lora', 'rank': 8}}
        """
        now = dict(values)
        for old, place in cls.renamed.items():
            field, _, key = place.partition(".")
            if old not in now:
                continue
            if not key:
                if field not in now:
                    now[field] = now.pop(old)
                continue
            held = now.get(field, cls.model_fields[field].default)
            held = dict(held) if isinstance(held, Mapping) else {NAME: held}
            if key not in held:
                now[field] = {**held, key: now.pop(old)}
        for name, info in cls.model_fields.items():
            held = now.get(name)
            if isinstance(held, Mapping) and NAME not in held and choice_of(info) is not None:
                now[name] = {NAME: info.default, **held}
        return now

    def dump(self) -> str:
        """Return the recipe as YAML with every default written out, when it is to run last."""
        values = self.model_dump(mode="json")
        return yamlfile.dump({**self.work(), **{name: values[name] for name in TIMING}})

    def work(self) -> dict[str, Any]:
        """Return its plain values but for when it is to run: two recipes of the same work ask for the same."""
        return {name: value for name, value in self.model_dump(mode="json").items() if name not in TIMING}

    def conflicts(self) -> list[Fault]:
        """Return what is wrong between fields that are right by themselves, each with the field to mend as `where`."""
        return []

    def all_conflicts(self) -> list[Fault]:
        """Return the same, and what is wrong between the options of each plug-in that it chose."""
        found = self.conflicts()
        for name in type(self).model_fields:
            held = getattr(self, name)
            for key, item in enumerate(held) if isinstance(held, list) else [("", held)]:
                if isinstance(item, Chosen):
                    place = f"{name}.{key}." if key != "" else f"{name}."
                    found += [replace(fault, where=place + fault.where) for fault in item.options.conflicts()]
        return found

    def require_consistent(self) -> None:
        """Begin work on a recipe that nobody may have checked. Raises RecipeError with every conflict."""
        if faults := self.all_conflicts():
            raise RecipeError(faults)


@dataclass(frozen=True)
class RecipeDocument:
    """A recipe as it was read: plain values, and where each stood."""

    name: str
    values: dict[str, Any]
    lines: dict[yamlfile.Path, int]

    @property
    def kind(self) -> str:
        """The recipe's kind.

        Raises:
            RecipeError: the document names none.
        """
        kind = self.values.get("kind")
        if not isinstance(kind, str) and "model_name_or_path" in self.values:
            raise RecipeError(
                [
                    Fault(
                        f"{self.name} line 1",
                        Text(
                            "this looks like a file of LLaMA-Factory: `studio import-recipe FILE` makes a recipe of it",
                            "这像是 LLaMA-Factory 的文件：可用 `studio import-recipe 文件` 转换为配方",
                        ),
                    )
                ]
            )
        if not isinstance(kind, str):
            raise RecipeError(
                [
                    Fault(
                        f"{self.name} line 1",
                        Text(
                            "'kind' is missing; a recipe begins with `kind: dataset` (or train, knowledge, ...)",
                            "缺少“kind”；配方以 `kind: dataset`（或 train、knowledge 等）开头",
                        ),
                    )
                ]
            )
        return kind

    def where(self, path: yamlfile.Path) -> str:
        """Return the file and line of a path, or of the nearest thing above it."""
        known = path
        while known not in self.lines:
            known = known[:-1]
        line = self.lines[known]
        return f"{self.name} line {line}" if line else f"--set {dotted(path)}"


def read(text: str, name: str) -> RecipeDocument:
    """Parse a recipe's text; `name` stands in messages.

    Raises:
        RecipeError: not YAML, or not a mapping of keys to values.
    """
    values, lines = yamlfile.parse(text, name)
    if not isinstance(values, dict):
        raise RecipeError([Fault(f"{name} line 1", Text("a recipe is `key: value` lines", "配方应由“键: 值”组成"))])
    return RecipeDocument(name, values, lines)


def read_file(path: Path) -> RecipeDocument:
    """Read a recipe file. Raises InputError for a missing or unreadable file, RecipeError for its faults."""
    return read(read_text(path)[0], str(path))


def override(document: RecipeDocument, settings: list[str]) -> RecipeDocument:
    """Return the document with `a.b=value` settings laid over it; values are read as YAML.

    Raises:
        RecipeError: a setting has no `=`, or leads through something that is no mapping or list.
    """
    values, lines = copy.deepcopy(document.values), dict(document.lines)
    for setting in settings:
        key, equals, raw = setting.partition("=")
        path = undotted(key.strip())
        if not equals or not key.strip():
            raise RecipeError([Fault(f"--set {setting}", Text("accepted: --set a.b=value", "应写作：--set a.b=值"))])
        value, _ = yamlfile.parse(raw, f"--set {key}")
        target: Any = values
        try:
            for part, inner in pairwise(path):
                if isinstance(target, dict):
                    target.setdefault(part, {})
                if isinstance(target[part], str) and isinstance(inner, str):
                    target[part] = {NAME: target[part]}  # an option of the plug-in that stands there by its name alone
                target = target[part]
            target[path[-1]] = value
        except (TypeError, IndexError, AttributeError) as error:
            raise RecipeError(
                [Fault(f"--set {setting}", Text(f"there is no '{key}' to set", f"没有可设置的“{key}”"))]
            ) from error
        # what stood there stands there no more: a fault in it is one of the setting
        lines = {other: line for other, line in lines.items() if other[: len(path)] != path}
        lines |= {path[:depth]: 0 for depth in range(1, len(path) + 1) if path[:depth] not in lines}
    return RecipeDocument(document.name, values, lines)


def validate(document: RecipeDocument, model: type[R]) -> R:
    """Return the recipe, or raise RecipeError with every fault at once, each with its line."""
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        today = model.today(document.values)
        faults = [fault_of(document, model, today, detail) for detail in error.errors()]
    raise RecipeError(sorted(faults, key=lambda fault: document_order(document, fault)))


def document_order(document: RecipeDocument, fault: Fault) -> int:
    """Return the line a fault points at, for sorting."""
    tail = fault.where.rpartition(" line ")[2].split(":")[0]
    return int(tail) if tail.isdigit() else 0
