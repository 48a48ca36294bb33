"""Plug-ins found by discovery: a plug-in's name is its file's name, so adding one touches no list."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from studio.core.errors import InputError
from studio.core.text import Text

T = TypeVar("T")


def is_plugin(name: str) -> bool:
    """Tell whether a file of that name is a plug-in: `base` says what one is, `_NAME` helps them."""
    return name != "base" and not name.startswith("_")


@dataclass(frozen=True)
class Registry(Generic[T]):
    """The plug-ins of one sort: every module of a package but `base` and `_NAME`, each with a named attribute.

    Args:
        package: dotted name of the package that holds one file a plug-in.
        attribute: the name under which each file keeps its plug-in.
        noun: what a user calls such a thing, for the message when a name is unknown.
    """

    package: str
    attribute: str
    noun: Text

    def modules(self) -> dict[str, str]:
        """Return the dotted module of each plug-in by its name, sorted; imports none of them."""
        path = importlib.import_module(self.package).__path__
        names = sorted(item.name for item in pkgutil.iter_modules(path) if is_plugin(item.name))
        return {name: f"{self.package}.{name}" for name in names}

    def names(self) -> list[str]:
        """Return the plug-ins' names, sorted; imports none of them."""
        return list(self.modules())

    def load(self, name: str) -> T:
        """Import one plug-in.

        Raises:
            InputError: there is none of that name; lists those there are.
        """
        modules = self.modules()
        if name not in modules:
            listed = ", ".join(modules)
            raise InputError(
                Text(
                    f"there is no {self.noun.en} '{name}'; accepted: {listed}",
                    f"没有名为“{name}”的{self.noun.zh}；可选：{listed}",
                )
            )
        return cast(T, getattr(importlib.import_module(modules[name]), self.attribute))

    def all(self) -> dict[str, T]:
        """Import every plug-in and return them by name."""
        return {name: self.load(name) for name in self.names()}
