"""What is here, by the names that recipes use."""

from __future__ import annotations

from pathlib import Path

from studio.core.files import is_name
from studio.core.settings import Workspace
from studio.models.folder import is_embedder
from studio.runs.store import RunStore


def fetched(workspace: Workspace) -> list[Path]:
    """Return the model folders under `models/`, by name; those of no plain name, which nothing could name, are left."""
    if not workspace.models.is_dir():
        return []
    folders = (path.parent for path in workspace.models.glob("*/config.json"))
    return sorted(folder for folder in folders if is_name(folder.name))


def run_names(workspace: Workspace, kind: str) -> list[str]:
    """Return the names of the finished runs of a kind, newest first, each once."""
    entries = RunStore(workspace).entries(kind)
    return list(dict.fromkeys(entry.name for entry in entries if entry.ended_as == "finished"))


def model_names(workspace: Workspace) -> list[str]:
    """Return the chat models: trained ones newest first, then fetched ones."""
    folders = [folder.name for folder in fetched(workspace) if not is_embedder(folder)]
    return list(dict.fromkeys([*run_names(workspace, "train"), *folders]))


def embedder_names(workspace: Workspace) -> list[str]:
    """Return the embedding models that are here."""
    return [folder.name for folder in fetched(workspace) if is_embedder(folder)]


def knowledge_names(workspace: Workspace) -> list[str]:
    """Return the knowledge bases, newest first."""
    return run_names(workspace, "knowledge")


def dataset_names(workspace: Workspace) -> list[str]:
    """Return the datasets, newest first."""
    return run_names(workspace, "dataset")
