"""How a model is asked: one file a mode, with a `MODE`."""

from __future__ import annotations

from studio.answering.modes.base import Mode
from studio.core.registry import Registry
from studio.core.text import Text

MODES: Registry[Mode] = Registry(__name__, "MODE", Text("mode", "提问方式"), Mode)


def ordered() -> dict[str, Mode]:
    """Return every mode by name, in the order in which reports compare them."""
    return dict(sorted(MODES.all().items(), key=lambda item: (item[1].order, item[0])))
