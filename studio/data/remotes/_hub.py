"""Datasets of a hub as raw files: which are meant by an address, and loading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.core.files import write_json
from studio.core.remote import LICENCE
from studio.core.reporter import Reporter
from studio.core.space import require_room
from studio.data.remotes._address import chosen, parse
from studio.hubs.base import Repository
from studio.hubs.reach import ask
from studio.hubs.transfer import load, missing_bytes


@dataclass(frozen=True)
class DatasetHub:
    """A hub whose datasets have addresses.

    Args:
        scheme: of the addresses.
        name: of the hub, in `studio/hubs/places/`.
    """

    scheme: str
    name: str

    def place(self, text: str) -> str:
        """Return the name of the folder that an address is fetched into. Raises InputError where it is none."""
        return parse(text, self.scheme).folder

    def fetch(self, text: str, folder: Path, report: Reporter) -> str:
        """Load the files that an address means, and return their revision."""
        address = parse(text, self.scheme)
        repository = Repository(address.id, "datasets", address.revision)
        listing = ask(repository, self.name, report)
        sizes = {file.path: file.size for file in listing.files}
        wanted = set(chosen(address, sizes, _configs(listing.card), self.scheme))
        files = [file for file in listing.files if file.path in wanted]
        folder.mkdir(parents=True, exist_ok=True)
        require_room(folder, missing_bytes(files, folder), text)
        load(self.name, replace(repository, revision=listing.revision), files, folder, report)
        if licence := _licence(listing.card):
            write_json(folder.parent / LICENCE, {"licence": licence})
        return listing.revision


def _configs(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the configs that a dataset's card declares."""
    declared = card.get("configs")
    return [config for config in declared if isinstance(config, dict)] if isinstance(declared, list) else []


def _licence(card: Mapping[str, Any]) -> str:
    named = card.get("license_name") if card.get("license") == "other" else card.get("license")
    return ", ".join(map(str, named)) if isinstance(named, list) else str(named or "")
