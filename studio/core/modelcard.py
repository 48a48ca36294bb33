"""The card that lies in a model's folder, and the folders under `models/`, told apart by it."""

from __future__ import annotations

import re
from pathlib import Path

from studio.core.files import is_name, read_json
from studio.core.workspace import Workspace

CARD = "studio.json"
"""A fetched model's hub id, purpose and source; a trained one's base."""

CONFIG = "config.json"
ADAPTER_CONFIG = "adapter_config.json"
"""PEFT's own file: an adapter has it, a whole model has not."""

_HEAD = 20_000  # characters of a README that its head is looked for in
_LICENCE = re.compile(r"^license(?:_name)?:\s*(\S.*)$", re.MULTILINE)


def fetched(workspace: Workspace) -> list[Path]:
    """Return the model folders under `models/`, by name; those of no plain name, which nothing could name, are left."""
    if not workspace.models.is_dir():
        return []
    folders = {path.parent for name in (CONFIG, ADAPTER_CONFIG) for path in workspace.models.glob(f"*/{name}")}
    return sorted(folder for folder in folders if is_name(folder.name))


def find_model_folder(workspace: Workspace, given: str) -> Path | None:
    """Return the folder under `models/` with that name, or fetched from that hub id."""
    if is_name(given) and any((workspace.models / given / name).exists() for name in (CONFIG, ADAPTER_CONFIG)):
        return workspace.models / given
    if "/" in given and workspace.models.is_dir():
        for card in sorted(workspace.models.glob(f"*/{CARD}")):
            if is_of(card.parent, given):
                return card.parent
    return None


def is_of(folder: Path, id: str) -> bool:
    """Tell whether a folder's card says that it is the model of that hub id; hubs do not ask for the letters' case."""
    return str((read_json(folder / CARD) or {}).get("id", "")).casefold() == id.casefold()


def is_adapter(folder: Path) -> bool:
    """Tell whether a folder holds an adapter, not a whole model."""
    return (folder / ADAPTER_CONFIG).exists()


def is_embedder(folder: Path) -> bool:
    """Tell whether a folder holds an embedding model (sentence-transformers keeps its modules there)."""
    card = read_json(folder / CARD) or {}
    return card.get("purpose") == "embedding" or (folder / "modules.json").exists()


def licence_of(folder: Path) -> str:
    """Return the licence that a folder's card names, or the head of its README; empty where none does."""
    card = read_json(folder / CARD) or {}
    if card.get("licence"):
        return str(card["licence"])
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return ""
    found = _LICENCE.search(head.partition("\n---")[0]) if head.startswith("---") else None
    return found[1].strip("'\" ") if found else ""
