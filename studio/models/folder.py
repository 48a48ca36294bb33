"""What a model folder must hold before anything tries to load it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.modelcard import ADAPTER_CONFIG, CARD, find_model_folder, is_adapter
from studio.core.text import Text
from studio.core.weights import require_safetensors
from studio.core.workspace import Workspace
from studio.models.tensors import tensors

_CONVERSATION = (
    *("tokenizer", "chat_template", "vocab", "merges", "special_tokens", "added_tokens", "spiece", "tekken"),
    "generation_config",
)


@dataclass(frozen=True)
class Base:
    """The model an adapter was trained on."""

    given: str
    path: Path


def check_folder(path: Path) -> None:
    """Check that a folder can be loaded as a model or an adapter.

    Raises:
        InputError: no such folder, no configuration, no safetensors weights (pickled ones are refused, they can
            run code), weights that are the pointers Git LFS leaves behind, damaged, cut short or not all there.
    """
    if not path.is_dir():
        raise InputError(Text("there is no such model folder", "没有这个模型文件夹"), None, str(path))
    config, pattern = (ADAPTER_CONFIG, "adapter_model*") if is_adapter(path) else ("config.json", "*")
    if not (path / config).exists():
        raise InputError(
            Text("this folder is no model: config.json is missing", "这个文件夹不是模型：缺少 config.json"),
            Text(
                "Give the folder that holds config.json and *.safetensors.",
                "请填写包含 config.json 和 *.safetensors 的文件夹。",
            ),
            str(path),
        )
    require_safetensors(path, f"{pattern}.safetensors")
    tensors(path, f"{pattern}.safetensors")


def conversation_files(folder: Path) -> list[Path]:
    """Return the files that say how a model converses: its tokenizer, its chat template, where an answer ends."""
    return sorted(file for file in folder.iterdir() if file.is_file() and file.name.startswith(_CONVERSATION))


def copy_conversation(source: Path, target: Path) -> None:
    """Copy these files as they are: converting a tokenizer could change its template."""
    for file in conversation_files(source):
        shutil.copy2(file, target / file.name)


def tokenizer_folder(workspace: Workspace, path: Path) -> Path:
    """Return the folder that holds a model's tokenizer: an adapter's own, else its base's.

    Raises:
        InputError: the folder cannot be loaded, or the adapter's base is not here.
    """
    check_folder(path)
    if not is_adapter(path) or (path / "tokenizer_config.json").exists():
        return path
    return tokenizer_folder(workspace, base_of(workspace, path).path)


def base_of(workspace: Workspace, path: Path) -> Base:
    """Return the base model an adapter folder names, which may be an adapter over another one.

    Raises:
        InputError: the card is missing, or the base is not here any more, or the adapter names itself.
    """
    card = read_json(path / CARD) or {}
    named = card.get("base")
    given, where = "", ""
    if isinstance(named, dict):
        given, where = str(named.get("given", "")), str(named.get("path", ""))
    else:  # an adapter from elsewhere names its base in PEFT's own file
        config = read_json(path / ADAPTER_CONFIG) or {}
        given = str(config.get("base_model_name_or_path", ""))
        known = find_model_folder(workspace, given)
        where = str(known) if known is not None else given
    folder = workspace.path(where)
    if not where or not folder.is_dir() or folder.resolve() == path.resolve():
        raise InputError(
            Text(
                f"the base model of this adapter is not here: {given or '-'}",
                f"这个适配器的基础模型不在这里：{given or '-'}",
            ),
            Text(
                f"Fetch it on Home (or with `python -m studio models fetch {given}`)",
                f"请在首页获取它（或运行 `python -m studio models fetch {given}`）",
            ),
            str(path),
        )
    return Base(given, folder)


def base_folder(workspace: Workspace, path: Path) -> Path:
    """Return the folder of the weights that do a model's work: its own, or those of the base of an adapter.

    An adapter whose base is not here counts as itself.
    """
    if not is_adapter(path):
        return path.resolve()
    try:
        return base_folder(workspace, base_of(workspace, path).path)
    except InputError:
        return path.resolve()
