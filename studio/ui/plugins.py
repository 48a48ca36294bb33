"""The sorts of plug-ins there are, and those that cannot be loaded."""

from __future__ import annotations

from functools import cache
from typing import Any

from studio.answering.modes import MODES
from studio.api.verbs import VERBS
from studio.core import plugins
from studio.core.errors import BrokenPluginError
from studio.core.plugins import Stranger
from studio.core.registry import Registry
from studio.core.text import Text, both
from studio.data.checks import CHECKS
from studio.data.exporters import EXPORTERS
from studio.data.identifiers import IDENTIFIERS
from studio.data.layouts import LAYOUTS
from studio.data.openers import OPENERS
from studio.engines.backends import BACKENDS
from studio.hubs.base import HUBS
from studio.knowledge.chunkers import CHUNKERS
from studio.knowledge.embedding import FAMILIES
from studio.knowledge.sources import READERS
from studio.models.templates import TEMPLATES
from studio.runs.kinds import KINDS
from studio.runs.launchers import LAUNCHERS
from studio.scoring.scorers import SCORERS
from studio.training.methods import METHODS
from studio.training.objectives import OBJECTIVES
from studio.training.trackers import TRACKERS
from studio.ui.listings import LISTINGS
from studio.ui.outputs import OUTPUTS
from studio.ui.parts import PARTS
from studio.ui.tabs import TABS

REGISTRIES: tuple[Registry[Any], ...] = (
    KINDS,
    OPENERS,
    LAYOUTS,
    CHECKS,
    IDENTIFIERS,
    EXPORTERS,
    READERS,
    HUBS,
    CHUNKERS,
    FAMILIES,
    TEMPLATES,
    METHODS,
    OBJECTIVES,
    TRACKERS,
    LAUNCHERS,
    BACKENDS,
    SCORERS,
    MODES,
    VERBS,
    TABS,
    PARTS,
    LISTINGS,
    OUTPUTS,
)


_HINT = Text("See docs/plugins.md.", "见 docs/plugins.md。")


@plugins.remembered  # a file is loaded once; Home asks with every look
def broken() -> tuple[BrokenPluginError, ...]:
    """Return every plug-in that cannot be loaded, with the reason, as its file stood when this process first asked."""
    found = [error for registry in REGISTRIES for error in registry.broken()]
    return (*found, *(error for item in plugins.strangers() if (error := _unfit(item)) is not None))


def waiting() -> list[Stranger]:
    """Return the files that hold plug-ins and may not run yet."""
    return [item for item in plugins.strangers() if not item.runs and not item.reason]


def heavy() -> dict[str, str]:
    """Return the plug-ins that import a heavy library at their top, each with that library."""
    return {name: library for registry in REGISTRIES for name, library in registry.heavy().items()}


def have_changed() -> bool:
    """Tell whether files or permissions are other than when this process first asked: it must be started again."""
    return plugins.stamp() != _stamp()


@cache
def _stamp() -> object:
    return plugins.stamp()


def _unfit(item: Stranger) -> BrokenPluginError | None:
    """Return what is wrong with a stranger as far as it can be told without running it."""
    attributes = [registry.attribute for registry in REGISTRIES]
    if item.reason:
        reason = both(item.reason)
    elif not set(attributes) & set(item.holds):
        listed = ", ".join(attributes)
        reason = Text(f"it holds none of {listed}", f"其中没有 {listed} 中的任何一个")
    else:
        return None
    message = Text(f"the plug-in '{item.name}' cannot be used: {reason.en}", f"插件“{item.name}”无法使用：{reason.zh}")
    return BrokenPluginError(message, _HINT, item.origin)
