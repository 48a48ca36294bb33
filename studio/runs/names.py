"""What is here, by the names that recipes use."""

from __future__ import annotations

from studio.core.workspace import Workspace
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore


def names_of(workspace: Workspace, sort: str) -> list[str]:
    """Return what is here of a sort: what runs made, newest first, then what lies on its shelf."""
    known = KINDS.sorts().get(sort)
    lying = known.shelf.names(workspace) if known and known.shelf else []
    return list(dict.fromkeys([*made_names(workspace, sort), *lying]))


def made_names(workspace: Workspace, sort: str) -> list[str]:
    """Return the names of what runs made of a sort, newest first, each once."""
    return run_names(workspace, *KINDS.makers(sort))


def made(workspace: Workspace, sort: str, name: str) -> list[Entry]:
    """Return the finished runs of a name that made a thing of a sort, newest first: the first is what the name means."""
    return [entry for entry in RunStore(workspace).finished(*KINDS.makers(sort)) if entry.name == name]


def run_names(workspace: Workspace, *kinds: str) -> list[str]:
    """Return the names of the finished runs of some kinds, newest first, each once."""
    return list(dict.fromkeys(entry.name for entry in RunStore(workspace).finished(*kinds)))


def model_names(workspace: Workspace) -> list[str]:
    """Return the chat models: trained ones newest first, then fetched ones."""
    return names_of(workspace, "model")


def embedder_names(workspace: Workspace) -> list[str]:
    """Return the embedding models that are here."""
    return names_of(workspace, "embedder")


def knowledge_names(workspace: Workspace) -> list[str]:
    """Return the knowledge bases, newest first."""
    return names_of(workspace, "knowledge")


def dataset_names(workspace: Workspace) -> list[str]:
    """Return the datasets, newest first."""
    return names_of(workspace, "dataset")
