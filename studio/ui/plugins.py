"""The sorts of plug-ins there are, and those that cannot be loaded."""

from __future__ import annotations

from functools import cache
from typing import Any

from studio.api.verbs import VERBS
from studio.core.errors import BrokenPluginError
from studio.core.registry import Registry
from studio.data.layouts import LAYOUTS
from studio.engines.backends import BACKENDS
from studio.knowledge.chunkers import CHUNKERS
from studio.knowledge.embedding import FAMILIES
from studio.knowledge.sources import READERS
from studio.runs.kinds import KINDS
from studio.scoring.scorers import SCORERS
from studio.training.methods import METHODS
from studio.ui.outputs import OUTPUTS
from studio.ui.parts import PARTS
from studio.ui.tabs import TABS

REGISTRIES: tuple[Registry[Any], ...] = (
    KINDS,
    LAYOUTS,
    READERS,
    CHUNKERS,
    FAMILIES,
    METHODS,
    BACKENDS,
    SCORERS,
    VERBS,
    TABS,
    PARTS,
    OUTPUTS,
)


@cache  # a file is loaded once; Home asks with every look
def broken() -> tuple[BrokenPluginError, ...]:
    """Return every plug-in that cannot be loaded, with the reason, as its file stood when this process first asked."""
    return tuple(error for registry in REGISTRIES for error in registry.broken())
