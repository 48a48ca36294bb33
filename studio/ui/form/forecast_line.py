"""The line below a form's buttons: how much its recipe will be, how long that takes, and what to heed before the start."""

from __future__ import annotations

from markupsafe import Markup

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.runs.outlook import outlook
from studio.runs.recipes import understood
from studio.ui.context import Context
from studio.ui.html import fill, join


def forecast_line(context: Context, kind: str, text: str) -> str:
    """Return the line as HTML; empty for a recipe that has faults, names what is not here, or is of another kind.

    The empty line has no element: the form keeps its place.
    """
    try:
        document = recipes.read(text, "YAML")
    except RecipeError:
        return ""
    checked = understood(context.workspace, document) if document.kind == kind else None
    if checked is None:
        return ""
    before = outlook(checked)
    amounts = [
        fill("<span>{}</span>", context.text(text)) for text in (before.work, before.time, before.cost) if text.en
    ]
    line = fill('<div class="amounts">{}</div>', join(amounts, " · ")) if amounts else Markup()
    warnings = (fill('<div class="heed">{}</div>', context.plain(context.text(text))) for text in before.warnings)
    told = line + join(warnings)
    return str(fill('<div class="forecast" role="status">{}</div>', told)) if told else ""
