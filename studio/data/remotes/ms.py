"""Datasets on ModelScope: `ms://OWNER/NAME/split@revision`."""

from __future__ import annotations

from studio.core.remote import Remote
from studio.core.text import Text
from studio.data.remotes._hub import DatasetHub

_HUB = DatasetHub("ms", "modelscope")
REMOTE = Remote(Text("ModelScope", "魔搭 ModelScope"), _HUB.place, _HUB.fetch)
