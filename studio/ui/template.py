"""Pieces of the page that are more HTML than code: macros in files of their own; everything put into them is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _macros(name: str) -> Any:
    return _environment().get_template(f"{name}.html").module


def piece(template: str, macro: str, /, **values: object) -> Markup:
    """Return a macro of a template with values in it, the blanks around it left off."""
    return Markup(str(getattr(_macros(template), macro)(**values)).strip())
