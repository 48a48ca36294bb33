"""What all commands share: the terminal's words, the workspace, one JSON document on standard output."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from studio.core.text import Text, shell_language
from studio.core.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def say(text: Text | str, error: bool = False) -> None:
    """Print a line, in the terminal's language where there is a choice."""
    words = text.to(shell_language()) if isinstance(text, Text) else text
    print(words, file=sys.stderr if error else sys.stdout, flush=True)


def document(value: object) -> None:
    """Print one JSON document; in a terminal of another encoding than UTF-8, with escapes for all but ASCII."""
    print(json.dumps(_finite(value), ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=2))


def _finite(value: object) -> object:
    """Return a value with null for every number that JSON has no word for."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def here(context: typer.Context) -> Workspace:
    """Return the workspace that the options chose."""
    found = context.obj
    assert isinstance(found, Workspace)
    return found
