"""How long the rows are that a form's recipe is about, below the field that cuts them."""

from __future__ import annotations

import json
from pathlib import Path

from markupsafe import Markup
from pydantic import ValidationError

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.runs.references import resolve
from studio.training.kinds.lengths import Measured, known, known_lengths, measured
from studio.training.recipe import LengthsRecipe
from studio.ui import token_section
from studio.ui.context import Context
from studio.ui.parts.base import Part, Query

_PART = "train"  # of the dataset: it is what a training learns


def version(context: Context, query: Query) -> str:
    asked = _asked(context, query)
    run = known(*asked) if asked else None
    grown = run.events_file.stat().st_size if run is not None and run.events_file.is_file() else 0
    return f"{query.get('recipe')}|{bool(asked)}|{run.id if run else ''}|{grown}|{run.status() if run else ''}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    asked = _asked(context, query)
    if asked is None:
        return {"lengths": Markup()}
    run = known(*asked)
    return {"lengths": token_section.lengths(context, _PART, run, known_lengths(*asked))}


def _asked(context: Context, query: Query) -> tuple[Workspace, Path, Path, Measured] | None:
    """Return what lengths are known by; None where the form does not say yet what is to be measured."""
    try:
        recipe = LengthsRecipe.model_validate({"name": "lengths", **json.loads(query.get("recipe", "{}"))})
        model, dataset = (
            resolve(context.workspace, sort, name).locate(context.workspace)
            for sort, name in (("model", recipe.model), ("dataset", recipe.dataset))
        )
    except (ValidationError, ValueError, InputError):
        return None
    return context.workspace, model, dataset, measured(recipe)


PART = Part(version, render)
