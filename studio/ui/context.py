"""What every tab and part of the page is built from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.ui.lines import LineCache
from studio.ui.machine import Gauge
from studio.ui.metrics_cache import MetricsCache

# where an upload is kept, also in what a workspace says that was copied from elsewhere
_UPLOAD = re.compile(r"(?:/[^\s“”'\":：,，]*/)?uploads/\d{8}-\d{6}-[0-9a-f]{6}/")
# how what was put together elsewhere is set in Chinese: `书.md: 坏了。 请…`
_COLON = re.compile(r": (?=[\u4e00-\u9fff“])")


@dataclass(frozen=True)
class Context:
    """The workspace that is shown, the language it is shown in, what was read of its runs so far, and what watches the GPUs."""

    workspace: Workspace
    language: Language
    metrics_cache: MetricsCache = field(default_factory=MetricsCache)
    line_cache: LineCache = field(default_factory=LineCache)
    gauge: Gauge = field(default_factory=Gauge)

    @property
    def base(self) -> str:
        """Where the page's own routes lie, relative to the page."""
        return "studio/" if self.language == "zh" else "../studio/"

    def say(self, en: str, zh: str) -> str:
        """Return the wording in the page's language."""
        return zh if self.language == "zh" else en

    def text(self, text: Text) -> str:
        return text.to(self.language)

    def plain(self, message: str) -> str:
        """Return a message as the page shows it: paths from the workspace on, uploads by name, in Chinese punctuation."""
        shown = _UPLOAD.sub("", message.replace(f"{self.workspace.root}/", ""))
        return _COLON.sub("：", shown).replace("。 ", "。") if self.language == "zh" else shown
