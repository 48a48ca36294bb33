"""A field whose value is a plug-in, with that plug-in's own options: `method: lora`, `method: {name: lora, rank: 16}`.

What there is to choose is looked up when a recipe is validated and not when Python starts, so that a plug-in which
came later is accepted, and one that cannot be loaded is a fault of the recipes that name it and of no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from studio.core.errors import BrokenPluginError, Fault
from studio.core.registry import Registry
from studio.core.text import Text

NAME = "name"


class Options(BaseModel):
    """The options of a plug-in, each declared by `option`; a plug-in that has none uses this class itself."""

    model_config = ConfigDict(extra="forbid", validate_default=True, frozen=True)

    def conflicts(self) -> list[Fault]:
        """Return what is wrong between options that are right by themselves, each with the option as `where`."""
        return []


@dataclass(frozen=True)
class Chosen:
    """What a recipe chose: a plug-in's name and its validated options."""

    name: str
    options: Options = field(default_factory=Options)

    def dump(self) -> str | dict[str, Any]:
        """Return it as a recipe writes it, with every default written out."""
        options = self.options.model_dump(mode="json")
        return {NAME: self.name, **options} if options else self.name


@dataclass(frozen=True)
class Choice:
    """What makes an annotation a choice among plug-ins.

    `Annotated[Chosen, Choice(METHODS)]` takes a name or a mapping of a name and options; `Annotated[str,
    Choice(LAYOUTS, ("auto",))]` takes a name alone.

    Args:
        registry: the plug-ins to choose from.
        words: what is accepted beside their names.
        first: the plug-ins that are offered before the others, which follow by their names.
    """

    registry: Registry[Any]
    words: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Return what is accepted now."""
        found = self.registry.names()
        usual = [name for name in self.first if name in found]
        return [*self.words, *usual, *(name for name in found if name not in usual)]

    def options(self, name: object) -> type[Options] | None:
        """Return the schema of a plug-in's options; None where there is no such plug-in, or a broken one."""
        plugin = self.registry.find(name) if isinstance(name, str) else None
        return options_of(plugin) if plugin is not None else None

    def owners(self, option: str) -> list[str]:
        """Return the plug-ins that have an option of that name."""
        found = self.registry.all()
        return [name for name, plugin in found.items() if option in options_of(plugin).model_fields]

    def chosen(self, value: object) -> Chosen:
        """Return what a recipe's value means. Raises ValidationError with the place inside the value."""
        values = dict(value) if isinstance(value, Mapping) else {NAME: value}
        name = values.pop(NAME, None)
        self._require(name, (NAME,) if isinstance(value, Mapping) else ())
        return Chosen(str(name), options_of(self.registry.load(str(name))).model_validate(values))

    def name(self, value: object) -> str:
        """Return a plug-in's name. Raises ValidationError where it is none."""
        self._require(value, ())
        return str(value)

    def _require(self, name: object, place: tuple[str, ...]) -> None:
        accepted = self.names()
        if name not in accepted:
            waiting = self.registry.waiting(str(name))
            if waiting is not None:
                raise _fault(waiting, name, place)
            unknown = InitErrorDetails(type="literal_error", loc=place, input=name, ctx={"expected": _listed(accepted)})
            raise ValidationError.from_exception_data("choice", [unknown])
        try:
            if name not in self.words:
                self.registry.load(str(name))
        except BrokenPluginError as error:
            raise _fault(error.message, name, place) from error

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        if source is str:
            return core_schema.no_info_plain_validator_function(self.name)
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(Chosen.dump)
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        names: dict[str, Any] = {"enum": self.names()}
        if schema.get("serialization") is None:
            return names
        return {"anyOf": [names, *(_mapping(name, plugin) for name, plugin in self.registry.all().items())]}

    def _read(self, value: object) -> Chosen:
        return value if isinstance(value, Chosen) else self.chosen(value)


def options_of(plugin: object) -> type[Options]:
    """Return the schema of a plug-in's options."""
    options: type[Options] = getattr(plugin, "options", Options)
    return options


def choice_of(field: FieldInfo) -> Choice | None:
    """Return what a field, or each item of the list that it holds, chooses from; None where it chooses no plug-in."""
    inside = [item for argument in get_args(field.annotation) for item in getattr(argument, "__metadata__", ())]
    return next((item for item in (*field.metadata, *inside) if isinstance(item, Choice)), None)


def _fault(message: Text, given: object, place: tuple[str, ...]) -> ValidationError:
    """Return a fault in words of ours, as `recipe.validate` reads them."""
    told = PydanticCustomError("studio", "{en}", message.dump())
    return ValidationError.from_exception_data("choice", [InitErrorDetails(type=told, loc=place, input=given)])


def _mapping(name: str, plugin: object) -> dict[str, Any]:
    schema = options_of(plugin).model_json_schema()
    named = {NAME: {"const": name}, **schema.get("properties", {})}
    return {**schema, "title": name, "properties": named, "required": [NAME, *schema.get("required", [])]}


def _listed(words: list[str]) -> str:
    quoted = [f"'{word}'" for word in words]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
