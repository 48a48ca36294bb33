"""What every tab and part of the page is built from."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.core.settings import Workspace
from studio.core.text import Language, Text
from studio.ui.stories import Stories


@dataclass(frozen=True)
class Context:
    """The workspace that is shown, the language it is shown in, and what was read of its runs so far."""

    workspace: Workspace
    language: Language
    stories: Stories = field(default_factory=Stories)

    @property
    def base(self) -> str:
        """Where the page's own routes lie, relative to the page."""
        return "studio/" if self.language == "zh" else "../studio/"

    def say(self, en: str, zh: str) -> str:
        """Return the wording in the page's language."""
        return zh if self.language == "zh" else en

    def text(self, text: Text) -> str:
        return text.to(self.language)
