"""A folder as a .zip that is made while it is sent: nothing of it is held in memory, or written down."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from studio.core.files import is_name
from studio.core.modelcard import fetched
from studio.core.workspace import Workspace
from studio.ui import outfiles

_CHUNK = 1 << 20  # bytes
# weights and images hardly shrink, and packing gigabytes takes minutes
_DENSE = frozenset({".safetensors", ".bin", ".gguf", ".pt", ".faiss", ".npy", ".zip", ".gz", ".png"})


class _Pipe(io.RawIOBase):
    """What was written since it was last taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def files_of(folder: Path) -> list[Path]:
    """Return the files below a folder in a steady order; what a link leads to is not of it."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def weight(folder: Path) -> int:
    """Return what they weigh, in bytes."""
    return sum(path.stat().st_size for path in files_of(folder))


def stream(folder: Path, name: str) -> Iterator[bytes]:
    """Yield a .zip of a folder piece by piece; all in it lies in a folder of that name."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for path in files_of(folder):
            entry = zipfile.ZipInfo.from_file(path, f"{name}/{path.relative_to(folder).as_posix()}")
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in _DENSE else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield pipe.take()
    yield pipe.take()


def router(workspace: Workspace) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.get("/zip/{run}/{output}")
    def archived(run: str, output: str) -> Response:
        """Return the folder of an output as a .zip, made while it is sent."""
        found = outfiles.find(workspace, run)
        target = outfiles.folder(found, output) if found else None
        if found is None or target is None:
            return PlainTextResponse("no such folder / 没有这个文件夹\n", 404)
        return _sent(target, found.name if is_name(found.name) else output)

    @routes.get("/model/{name}")
    def model(name: str) -> Response:
        """Return a model's folder under `models/` in the same way."""
        target = next((folder for folder in fetched(workspace) if folder.name == name), None)
        if target is None:
            return PlainTextResponse("no such model / 没有这个模型\n", 404)
        return _sent(target, name)

    return routes


def _sent(folder: Path, name: str) -> Response:
    # what is packed already is not packed once more on its way
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(name)}.zip",
        "Content-Encoding": "identity",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(stream(folder, name), media_type="application/zip", headers=headers)
