"""The libraries this stands on: which versions are installed, and keeping their chatter out of a user's log."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib import metadata


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each package that is installed, by its name on the package index."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def hush(*libraries: str) -> None:
    """Let libraries log errors only; always `bitsandbytes`, which deplores at every import what is not used here."""
    for name in ("bitsandbytes", *libraries):
        logging.getLogger(name).setLevel(logging.ERROR)
