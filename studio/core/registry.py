"""Plug-ins found by discovery: a plug-in's name is its file's name, so adding one touches no list.

Each loads on its own: one whose file raises, or holds no such thing, is named, and nothing else suffers.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from studio.core.errors import BrokenPluginError, InputError
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
            BrokenPluginError: its file raises, or holds no such thing.
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
        found, reason = _load(modules[name], self.attribute)
        if reason:
            spec = importlib.util.find_spec(modules[name])
            raise BrokenPluginError(
                Text(
                    f"the {self.noun.en} '{name}' cannot be loaded: {reason}",
                    f"{self.noun.zh}“{name}”无法加载：{reason}",
                ),
                Text("Mend or remove its file, then start the studio again.", "请修好或移走这个文件，然后重新启动。"),
                str(spec.origin) if spec else "",
            )
        return cast(T, found)

    def find(self, name: str) -> T | None:
        """Return a plug-in, or None where there is none of that name, or a broken one."""
        module = self.modules().get(name)
        return _load(module, self.attribute)[0] if module else None

    def all(self) -> dict[str, T]:
        """Import every plug-in and return those that load by name; `broken` has the others."""
        found = {name: _load(module, self.attribute) for name, module in self.modules().items()}
        return {name: plugin for name, (plugin, reason) in found.items() if not reason}

    def broken(self) -> list[BrokenPluginError]:
        """Return why each of the plug-ins that do not load does not."""
        return [error for name in self.names() if (error := self._fault(name)) is not None]

    def _fault(self, name: str) -> BrokenPluginError | None:
        try:
            self.load(name)
        except BrokenPluginError as error:
            return error
        return None


def _load(module: str, attribute: str) -> tuple[Any, str]:
    """Return a module's attribute, or None and why there is none."""
    loaded, reason = _import(module)
    if loaded is not None and not hasattr(loaded, attribute):
        reason = f"it has no {attribute}"
    return getattr(loaded, attribute, None), reason


@cache  # a file that raises is not run again each time somebody asks what there is
def _import(module: str) -> tuple[ModuleType | None, str]:
    """Return a module, or None and why it cannot be imported."""
    try:
        return importlib.import_module(module), ""
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a stranger's file does at its top is its own fault
        return None, f"{type(error).__name__}: {error}"
