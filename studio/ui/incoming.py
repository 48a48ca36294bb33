"""Files on their way in: what has arrived of each waits in `uploads/.incoming` until all of it is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.amounts import size
from studio.core.errors import InputError, UnavailableError
from studio.core.files import read_json, write_json
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.ui.form.uploads import is_id, new_id, safe_name

LARGEST = 10_000_000_000  # bytes of one file
LEFT_S = 86_400.0  # seconds after which what does not grow any more is removed
_SPARE = 100_000_000  # bytes of the disk that uploads leave free


@dataclass(frozen=True)
class Upload:
    """A file on its way in.

    Args:
        folder: where it lies, alone, under its own name; becomes the folder that it is kept in.
        length: how many bytes it will have.
    """

    folder: Path
    name: str
    length: int

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def offset(self) -> int:
        """How many bytes are here. The file itself says so, whatever was killed in the middle of a write."""
        with suppress(OSError):
            return self.path.stat().st_size
        return 0


class Incoming:
    """The uploads under way in a workspace: `ID/NAME`, and beside it `ID.json` with the length it will have."""

    def __init__(self, workspace: Workspace, largest: int = LARGEST) -> None:
        self._kept = workspace.uploads
        self._folder = workspace.uploads / ".incoming"
        self._largest = largest

    def create(self, name: str, length: int) -> Upload:
        """Begin an upload.

        Raises:
            InputError: the file is empty or too large.
            UnavailableError: the disk has no room for it, beside all that is under way.
        """
        self.sweep()
        if length <= 0:
            raise InputError(Text("the file is empty", "文件是空的"), None, name)
        if length > self._largest:
            raise InputError(
                Text(
                    f"the file has {size(length)}, accepted: up to {size(self._largest)}",
                    f"文件大小为 {size(length)}，上限是 {size(self._largest)}",
                ),
                Text("Split it, and upload the parts.", "请拆成几个文件再上传。"),
                name,
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        room = shutil.disk_usage(self._folder).free - _SPARE - sum(item.length - item.offset for item in self.all())
        if length > room:
            raise UnavailableError(
                Text(
                    f"the file has {size(length)}, and the server's disk has room for {size(max(0, room))} only",
                    f"文件大小为 {size(length)}，而服务器的磁盘只能再放 {size(max(0, room))}",
                ),
                Text("Free some space in the workspace, then try again.", "请先在工作区腾出空间，再重试。"),
                name,
            )
        upload = Upload(self._folder / new_id(), safe_name(name), length)
        upload.folder.mkdir()
        upload.path.touch()
        write_json(self._note(upload.id), {"name": upload.name, "length": length})
        return upload

    def find(self, identifier: str) -> Upload | None:
        """Return an upload under way by its id, which has no path in it."""
        note = read_json(self._note(identifier)) if is_id(identifier) else None
        name, length = (note or {}).get("name"), (note or {}).get("length")
        if not isinstance(name, str) or not isinstance(length, int):
            return None
        return Upload(self._folder / identifier, safe_name(name), length)

    def all(self) -> Iterator[Upload]:
        """Yield every upload under way."""
        for note in sorted(self._folder.glob("*.json")):
            found = self.find(note.stem)
            if found is not None:
                yield found

    def keep(self, upload: Upload) -> Path:
        """Move an upload to where it stays, under its id; return the file."""
        folder = upload.folder.rename(self._kept / upload.id)
        self._note(upload.id).unlink(missing_ok=True)
        return folder / upload.name

    def kept(self, identifier: str) -> Path | None:
        """Return the file of an upload that has been kept already."""
        folder = self._kept / identifier
        return next((path for path in folder.glob("*") if path.is_file()), None) if is_id(identifier) else None

    def forget(self, upload: Upload) -> None:
        """Remove what is here of an upload; nothing where it has been kept."""
        self._note(upload.id).unlink(missing_ok=True)
        shutil.rmtree(upload.folder, ignore_errors=True)

    def sweep(self, now: float | None = None) -> None:
        """Remove whatever has not changed for a day, also what other programs left here."""
        before = (time.time() if now is None else now) - LEFT_S
        for item in self._folder.glob("*"):
            with suppress(OSError):  # another look may have removed it just now
                if item.suffix != ".json" and _changed(item) < before:
                    shutil.rmtree(item) if item.is_dir() else item.unlink()
        for note in self._folder.glob("*.json"):
            if not (self._folder / note.stem).is_dir():
                note.unlink(missing_ok=True)

    def _note(self, identifier: str) -> Path:
        return self._folder / f"{identifier}.json"


def _changed(path: Path) -> float:
    """Return when a file, or anything in a folder, was changed last."""
    return max(item.lstat().st_mtime for item in (path, *path.rglob("*")))
