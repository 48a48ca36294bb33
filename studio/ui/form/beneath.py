"""Below a field: the live part that shows what runs of another kind have told of its values, and can begin one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from studio.core.recipe import Recipe
from studio.runs.kinds import KINDS
from studio.ui.html import fill


def beneath(kind: str, said: Mapping[str, Any]) -> Markup:
    """Return the part of a kind, asked with what a form says in the fields that the two have in common."""
    own = KINDS.load(kind).recipe.model_fields.keys() - Recipe.model_fields.keys()
    recipe = json.dumps({name: value for name, value in sorted(said.items()) if name in own}, ensure_ascii=False)
    return fill('<div class="live" data-part="{}" data-q-recipe="{}"></div>', kind, recipe)
