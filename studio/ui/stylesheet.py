"""The page's style sheet: one file a station, raised above the one that Gradio resets the page with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import tinycss2

_FOLDER = Path(__file__).parent / "assets" / "css"
FILES = (
    "base",
    "pieces",
    "home",
    "panel",
    "listing",
    "compare",
    "dialogs",
    "narrow",
    "form",
    "upload",
    "data",
    "tokens",
    "leaks",
    "checks",
    "chat",
)  # later rules win
# Gradio's rules begin with the class of its container, some with two or three; ours are to count for more than any.
_ABOVE = ":root:root:root "


@cache
def css() -> str:
    """Return the style sheet that the browser is given."""
    text = "".join((_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in FILES)
    return "\n".join(_raised(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)))


def _raised(rules: Iterable[Any]) -> Iterator[str]:
    for rule in rules:
        inside = tinycss2.serialize(rule.content or ()).strip()
        if rule.type == "qualified-rule":
            yield f"{','.join(_selectors(rule.prelude))}{{{inside}}}"
        elif rule.lower_at_keyword == "media":
            below = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield f"@media{tinycss2.serialize(rule.prelude)}{{{''.join(_raised(below))}}}"
        else:
            yield rule.serialize()


def _selectors(prelude: Iterable[Any]) -> Iterator[str]:
    """Yield each selector of a rule; a comma inside brackets parts none."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    for part in parts:
        selector = tinycss2.serialize(part).strip()
        yield selector if selector.startswith(":root") else f"{_ABOVE}{selector}"
