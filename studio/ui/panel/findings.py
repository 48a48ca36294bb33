"""What an evaluation found, in the sentences that its report leads with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from studio.core.text import Text
from studio.evaluation.findings import findings as found_in
from studio.ui.context import Context
from studio.ui.html import fill, join


def findings(context: Context, metrics: Mapping[str, Any]) -> Markup:
    """Return the sentences, a list a question; of a report that an older studio wrote, made from its comparisons."""
    kept = metrics.get("findings")
    topics = kept if isinstance(kept, list) else [topic.dump() for topic in found_in(metrics)]
    shown = [_topic(context, topic) for topic in topics if isinstance(topic, dict)]
    return fill('<div class="findings">{}</div>', join(shown)) if any(shown) else Markup()


def _topic(context: Context, topic: Mapping[str, Any]) -> Markup:
    sentences = [item for item in topic.get("sentences") or [] if isinstance(item, dict)]
    lines = join(_sentence(context, item) for item in sentences)
    heading = context.text(Text.load(topic.get("heading", "")))
    return fill("<section><h3>{}</h3><ul>{}</ul></section>", heading, lines) if sentences else Markup()


def _sentence(context: Context, item: Mapping[str, Any]) -> Markup:
    tone = str(item.get("tone", "even"))
    claim, subject, figures, groups = (
        context.text(Text.load(item.get(name, ""))) for name in ("claim", "subject", "figures", "groups")
    )
    return fill(
        '<li class="{}" title="{}"><b>{}</b> <span>{}</span><small>{}</small></li>',
        tone if tone in ("up", "down") else "even",
        groups,
        claim,
        subject,
        figures,
    )
