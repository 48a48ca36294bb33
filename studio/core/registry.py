"""Plug-ins found by discovery: a plug-in's name is its file's name, so adding one touches no list.

Ours are the files of a package; strangers' are found by `studio.core.plugins`. Where both have a name, ours counts.
Each loads on its own: one whose file raises, or holds no such thing, is named, and nothing else suffers.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from studio.core import plugins
from studio.core.errors import BrokenPluginError, InputError
from studio.core.plugins import Stranger
from studio.core.text import Text, both

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
        of: the class that each is an instance of, or its `module:name` where it cannot be imported yet.
    """

    package: str
    attribute: str
    noun: Text
    of: type | str = object

    def modules(self) -> dict[str, str]:
        """Return the dotted module of each plug-in by its name, sorted; imports none of them."""
        path = importlib.import_module(self.package).__path__
        names = sorted(item.name for item in pkgutil.iter_modules(path) if is_plugin(item.name))
        return {name: f"{self.package}.{name}" for name in names}

    def names(self) -> list[str]:
        """Return the plug-ins' names, sorted, with those of strangers that may run; imports none of them."""
        return sorted({*self.modules(), *self._strangers()})

    def load(self, name: str) -> T:
        """Import one plug-in.

        Raises:
            InputError: there is none of that name; lists those there are.
            BrokenPluginError: its file raises, or holds no such thing.
        """
        found = self._look(name)
        if found is None:
            listed = ", ".join(self.names())
            unknown = Text(
                f"there is no {self.noun.en} '{name}'; accepted: {listed}",
                f"没有名为“{name}”的{self.noun.zh}；可选：{listed}",
            )
            raise InputError(self.waiting(name) or unknown)
        if found.reason:
            raise self._broken(name, found.reason, found.origin)
        return cast(T, found.plugin)

    def find(self, name: str) -> T | None:
        """Return a plug-in, or None where there is none of that name, or a broken one."""
        found = self._look(name)
        return cast(T, found.plugin) if found is not None and not found.reason else None

    def all(self) -> dict[str, T]:
        """Import every plug-in and return those that load by name; `broken` has the others."""
        return {name: plugin for name in self.names() if (plugin := self.find(name)) is not None}

    def waiting(self, name: str) -> Text | None:
        """Return what to say of a name that a file in the workspace has which may not run yet; None where none has."""
        files = (item for item in plugins.strangers() if item.name == name and self.attribute in item.holds)
        stranger = next((item for item in files if not item.runs), None)
        if stranger is None:
            return None
        changed = stranger.state == "changed"
        return Text(
            f"the file of {self.noun.en} '{name}' "
            + ("has changed since it was allowed" if changed else "may not run yet")
            + f"; read it, then: python -m studio plugins allow {name}",
            f"{self.noun.zh}“{name}”的文件"
            + ("在允许之后有改动" if changed else "尚未获准运行")
            + f"；请先查看内容，再运行 python -m studio plugins allow {name}",
        )

    def broken(self) -> list[BrokenPluginError]:
        """Return why each of the plug-ins that do not load does not, and which are hidden by another of their name."""
        looked = [(name, self._look(name)) for name in self.names()]
        faults = [self._broken(name, found.reason, found.origin) for name, found in looked if found and found.reason]
        there = Text("there is another one of this name", "已有同名的插件")
        shown = {name: found.origin for name, found in looked if found}
        for item in plugins.strangers():
            if item.runs and self.attribute in item.holds and shown[item.name] != item.origin:
                faults.append(self._broken(item.name, there, item.origin))
        return faults

    def heavy(self) -> dict[str, str]:
        """Return the plug-ins that import a heavy library at their top, each with that library."""
        looked = {name: self._look(name) for name in self.names()}
        return {name: found.heavy for name, found in looked.items() if found is not None and found.heavy}

    def _strangers(self) -> dict[str, Stranger]:
        """Return those that may run, by name; the first of a name counts."""
        found = [item for item in plugins.strangers() if item.runs and self.attribute in item.holds]
        return {item.name: item for item in reversed(found)}

    def _look(self, name: str) -> _Looked | None:
        """Return a plug-in, or why it cannot be had; None where nothing has that name."""
        module = self.modules().get(name)
        if module is not None:
            imported, origin = plugins.import_module(module), ""
        else:
            stranger = self._strangers().get(name)
            if stranger is None:
                return None
            imported, origin = plugins.load(stranger), stranger.origin
        if imported.module is None:
            if module is not None:
                spec = importlib.util.find_spec(module)
                origin = str(spec.origin) if spec is not None else ""
            return _Looked(None, both(imported.reason), origin)
        plugin = getattr(imported.module, self.attribute, None)
        origin = origin or str(imported.module.__file__)
        if plugin is None:
            reason = Text(f"it has no {self.attribute}", f"其中没有 {self.attribute}")
            return _Looked(None, reason, origin)
        of = pkgutil.resolve_name(self.of) if isinstance(self.of, str) else self.of
        if not isinstance(plugin, of):
            is_a = type(plugin).__name__
            reason = Text(
                f"its {self.attribute} is a {is_a} and no {of.__name__}",
                f"其中的 {self.attribute} 是 {is_a}，而不是 {of.__name__}",
            )
            return _Looked(None, reason, origin)
        return _Looked(plugin, None, origin, imported.heavy)

    def _broken(self, name: str, reason: Text, origin: str) -> BrokenPluginError:
        return BrokenPluginError(
            Text(
                f"the {self.noun.en} '{name}' cannot be loaded: {reason.en}",
                f"{self.noun.zh}“{name}”无法加载：{reason.zh}",
            ),
            Text("Mend or remove its file, then start the studio again.", "请修好或移走这个文件，然后重新启动。"),
            origin,
        )


@dataclass(frozen=True)
class _Looked:
    plugin: Any
    reason: Text | None
    origin: str
    heavy: str = ""
