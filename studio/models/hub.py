"""A model's files from a hub, made ready beside their place: loaded, checked, and as safetensors."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.core.amounts import size
from studio.core.errors import InputError
from studio.core.files import building
from studio.core.reporter import Reporter
from studio.core.space import free_at, require_room
from studio.core.text import Text, counted
from studio.hubs.base import HUBS, HubListing, Repository
from studio.hubs.reach import find
from studio.hubs.transfer import load, missing_bytes
from studio.hubs.words import called
from studio.models.conversion import convert
from studio.models.parts import ModelParts, parts_of

_BF16_OF_GGUF = 4  # times the bytes of a four-bit file


@dataclass(frozen=True)
class Brought:
    """What came from a hub.

    Args:
        folder: that of the whole model.
        hub: it came from.
        licence: as the hub tells it; empty where it does not.
    """

    folder: Path
    hub: str
    revision: str
    licence: str = ""


def download(id: str, source: str, partial: Path, report: Reporter) -> Brought:
    """Load a model's files and return the folder of the whole model, somewhere below `partial`.

    What was loaded of a broken-off fetch is not loaded again, as long as the hub still has the same revision.

    Args:
        id: `OWNER/NAME`, or `OWNER/NAME:FILE.gguf`.
        source: `auto`, or the name of a hub.

    Raises:
        StudioError: no hub gives it, or there is no room.
        Stopped: somebody asked.
    """
    repository = Repository(id.partition(":")[0])
    report.stage("look", Text(f"Asking where {id} can be had", f"正在查找可以获取 {id} 的模型库"))
    hub, listing = find(repository, source, report)
    parts = _gguf(id, listing) if ":" in id else parts_of(id, listing.files)
    folder = partial / f"{partial_name(id)}@{listing.revision[:24]}"
    folder.mkdir(parents=True, exist_ok=True)
    at, left = called(HUBS.load(hub)), missing_bytes(parts.files, folder)
    require_room(folder, left + parts.extra, id)
    report.stage(
        "download",
        Text(
            f"Fetching {id} from {at.en}: {counted(len(parts.files), 'file')}, {size(parts.bytes)} ({size(free_at(folder))} free)",
            f"正在从 {at.zh} 获取 {id}：{len(parts.files)} 个文件，{size(parts.bytes)}（磁盘剩余 {size(free_at(folder))}）",
        ),
    )
    load(hub, repository, parts.files, folder, report)
    told = listing.card.get("license_name") or listing.card.get("license") or ""
    return Brought(_ready(id, folder, parts, report), hub, listing.revision, str(told))


def partial_name(id: str) -> str:
    """Return what the folder of what is loaded of a model begins with."""
    return id.replace("/", "--").replace(":", "--")


def _gguf(id: str, listing: HubListing) -> ModelParts:
    """Return the one file that is asked for. Raises InputError where it is not there; says which are."""
    repository, _, wanted = id.partition(":")
    file = next((item for item in listing.files if wanted in (item.path, PurePosixPath(item.path).name)), None)
    if file is None:
        there = ", ".join(item.path for item in listing.files if item.path.endswith(".gguf")) or "-"
        raise InputError(
            Text(
                f"{repository} has no file '{wanted}'; there are: {there}",
                f"{repository} 没有文件“{wanted}”；现有：{there}",
            )
        )
    return ModelParts((file,), extra=file.size * _BF16_OF_GGUF)


def _ready(id: str, folder: Path, parts: ModelParts, report: Reporter) -> Path:
    """Return the folder of the model as it is to be: pickles and GGUF become safetensors."""
    if ":" in id:
        made = folder / "model"
        say_converting(id, report)
        with building(made) as scratch:
            convert("studio.models.gguf", folder / parts.files[0].path, scratch, report)
        return made
    if parts.pickled:
        from_pickles(id, folder, report)
    return folder


def from_pickles(id: str, folder: Path, report: Reporter) -> None:
    """Replace the pickled weights in a folder by safetensors. Raises InputError where they cannot be read."""
    say_converting(id, report)
    with building(folder / "converted") as scratch:
        convert("studio.models.pickled", folder, scratch, report)
    for file in (folder / "converted").iterdir():
        file.replace(folder / file.name)
    shutil.rmtree(folder / "converted")
    for pickled in [*folder.glob("pytorch_model*"), *folder.glob("adapter_model*.bin")]:
        pickled.unlink()


def say_converting(id: str, report: Reporter) -> None:
    """Say that weights are being converted."""
    report.stage("convert", Text(f"Converting {id} to safetensors", f"把 {id} 转换为 safetensors"))
