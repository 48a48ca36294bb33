"""The page's own scripts: ES modules, linked into one, served under an address that changes with what is in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from studio.ui import linker
from studio.ui.stylesheet import css

ASSETS = Path(__file__).parent / "assets"
_MODULES = ASSETS / "js"
LINKED = "studio.js"


@cache
def modules() -> dict[str, Path]:
    """Return the modules by name."""
    return {path.name: path for path in sorted(_MODULES.glob("*.js"))}


@cache
def vendored() -> dict[str, Path]:
    """Return the files of other people's libraries, unchanged, by name; a module loads one when it is first needed."""
    return {path.name: path for path in sorted(_MODULES.glob("vendor/*")) if path.suffix in (".js", ".css")}


@cache
def edition() -> str:
    """Return what stands in the scripts' and the style's address, so that a browser may keep them for good."""
    digest = hashlib.sha256(css().encode())
    digest.update(linked().encode())
    for path in (*modules().values(), *vendored().values()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def linked() -> str:
    """Return the modules as the one that the page loads."""
    return linker.link({path.stem: path.read_text(encoding="utf-8") for path in modules().values()}, "main")


def tags(base: str) -> str:
    """Return the tags that load the style and the script; `base` is where the page's own routes lie, from the page."""
    place = f"{base}assets/{edition()}"
    # the style is not given to Gradio, which would rewrite it and take selectors with commas in them apart
    return f'<link rel="stylesheet" href="{place}/style.css"><script type="module" src="{place}/{LINKED}"></script>'


def control_script(name: str, given: Mapping[str, object]) -> str:
    """Return the script of a control that gr.HTML draws, with what such scripts draw inputs with in front of it.

    What it is given stands in the script itself: on a tab or in a fold that is opened later, Gradio hands on a
    component's value and its script, but none of its other properties.
    """
    files = ((ASSETS / file).read_text(encoding="utf-8") for file in ("inputs.js", name))
    return "\n".join((f"const given = {json.dumps(given, ensure_ascii=False)};", *files))
