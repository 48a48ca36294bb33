"""The runs that still need what is to be removed, named in the question that comes before."""

from __future__ import annotations

from collections.abc import Iterable

from studio.runs.removal import Need
from studio.ui.context import Context


def still_needed(context: Context, needs: Iterable[Need]) -> str:
    """Return a sentence that names them, to stand behind the question; empty where there are none."""
    words = [need.words for need in needs]
    if not words:
        return ""
    en, zh = "; ".join(word.en for word in words), "；".join(word.zh for word in words)
    return context.say(f" Still needed: {en}.", f"仍有运行需要它：{zh}。")
