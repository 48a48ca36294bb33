"""The page's own scripts: ES modules, served under an address that changes with what is in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from studio.ui.stylesheet import css

ASSETS = Path(__file__).parent / "assets"
_MODULES = ASSETS / "js"


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
    for path in (*modules().values(), *vendored().values()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def tags(base: str) -> str:
    """Return the tags that load the style and the scripts, all at once; `base` is where the page's own routes lie, from the page."""
    place = f"{base}assets/{edition()}"
    preloads = "".join(f'<link rel="modulepreload" href="{place}/{name}">' for name in modules() if name != "main.js")
    # not given to Gradio, which would rewrite it and take selectors with commas in them apart
    style = f'<link rel="stylesheet" href="{place}/style.css">'
    return f'{style}{preloads}<script type="module" src="{place}/main.js"></script>'


def link(base: str) -> str:
    """Return the value of a `Link` header that lets a browser fetch the style and the modules before it meets the tags."""
    place = f"{base}assets/{edition()}"
    modules_of = ", ".join(f"<{place}/{name}>; rel=modulepreload" for name in modules())
    return f"<{place}/style.css>; rel=preload; as=style, {modules_of}"


def control_script(name: str, given: Mapping[str, object]) -> str:
    """Return the script of a control that gr.HTML draws, with what such scripts draw inputs with in front of it.

    What it is given stands in the script itself: on a tab or in a fold that is opened later, Gradio hands on a
    component's value and its script, but none of its other properties.
    """
    files = ((ASSETS / file).read_text(encoding="utf-8") for file in ("inputs.js", name))
    return "\n".join((f"const given = {json.dumps(given, ensure_ascii=False)};", *files))
