"""Files of recipes that lie elsewhere: `hf://OWNER/NAME` is fetched once into the workspace, and read from there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core.files import read_json, write_json
from studio.core.locks import attempting
from studio.core.registry import Registry
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace

_ADDRESS = re.compile(r"([a-z][a-z0-9]*)://(.*)", re.DOTALL)
_CARD = "source.json"
_FILES = "files"
LICENCE = "licence.json"
"""What a hub tells of a licence, beside the folder that the files are fetched into."""
_LOOK_S = 0.5


@dataclass(frozen=True)
class Remote:
    """Where files can be fetched from; its plug-in's name is the scheme of its addresses.

    Args:
        title: what a user calls it.
        place: the name of the folder that an address is fetched into: one folder name, however the address is written.
            Raises InputError where it is no address.
        fetch: `fetch(address, folder, report)` loads the files of an address (what stands behind `://`) into a folder,
            where those of a broken-off fetch may lie, and returns the revision that they are of. Raises UnavailableError
            or InputError.
    """

    title: Text
    place: Callable[[str], str]
    fetch: Callable[[str, Path, Reporter], str]


REMOTES: Registry[Remote] = Registry("studio.data.remotes", "REMOTE", Text("kind of address", "地址类型"), Remote)


def is_remote(given: str) -> bool:
    """Tell whether a text is an address and no path.

    >>> is_remote("hf://owner/name"), is_remote("uploads/a.jsonl")
    (True, False)
    """
    return _ADDRESS.match(given) is not None


def place_of(workspace: Workspace, given: str) -> Path:
    """Return where the files of an address lie, or will: the file where it is one, else their folder.

    Raises:
        InputError: there is no such kind of address, or it is none of its kind.
    """
    files = _home(workspace, given) / _FILES
    held = [path for path in files.rglob("*") if path.is_file()] if files.is_dir() else []
    return held[0] if len(held) == 1 else files


def revision_of(workspace: Workspace, given: str) -> str:
    """Return the revision that was fetched of an address; empty where it is not here."""
    return str((read_json(_home(workspace, given) / _CARD) or {}).get("revision", ""))


def said_of(file: Path) -> dict[str, str]:
    """Return what is known of a fetched file, or of a folder of them: its `address`, `revision`, and the `licence` that its
    hub tells; nothing for any other file."""
    for folder in (file, *file.parents):
        if folder.name == _FILES and (folder.parent / _CARD).is_file():
            said = (read_json(folder.parent / LICENCE) or {}) | (read_json(folder.parent / _CARD) or {})
            return {name: str(value) for name, value in said.items() if value}
    return {}


def bring(workspace: Workspace, given: str, report: Reporter) -> None:
    """Fetch the files of an address, whole or not at all; those that are here stay as they are.

    Raises:
        InputError: it names nothing.
        UnavailableError: it cannot be reached, or gives nothing now.
        Stopped: somebody asked.
    """
    scheme, address = _parts(given)
    home = _home(workspace, given)
    if (home / _CARD).exists():
        return
    partial = workspace.downloads / ".partial" / f"{scheme}-{home.name}"
    partial.mkdir(parents=True, exist_ok=True)
    with attempting(partial.with_name(f"{partial.name}.lock")) as taken:
        while not taken():  # another run is at it
            report.check_stop()
            time.sleep(_LOOK_S)
        if (home / _CARD).exists():
            return
        report.stage("download", Text(f"Fetching {given}", f"正在获取 {given}"))
        revision = REMOTES.load(scheme).fetch(address, partial / _FILES, report)
        fetched = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        write_json(partial / _CARD, {"address": given, "revision": revision, "fetched": fetched})
        home.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(home)


def _home(workspace: Workspace, given: str) -> Path:
    scheme, address = _parts(given)
    return workspace.downloads / scheme / REMOTES.load(scheme).place(address)


def _parts(given: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(given)
    assert found is not None
    return found[1], found[2]
