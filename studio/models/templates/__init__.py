"""Chat templates by name, for models that have none: one file a template, with a `TEMPLATE`; adding one touches no list."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.models.templates.base import NamedTemplate
from studio.models.tokenizer_files import TokenizerFiles

TEMPLATES: Registry[NamedTemplate] = Registry(__name__, "TEMPLATE", Text("chat template", "对话模板"), NamedTemplate)
OWN = "auto"
"""The word for the template that the model has itself."""


def fitting(tokenizer: TokenizerFiles) -> list[str]:
    """Return the templates whose control tokens a tokenizer has."""
    return [name for name, template in TEMPLATES.all().items() if not template.lacking(tokenizer)]
