"""A folder an engine can load: adapters are merged into their base once, and kept by content."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building, sha256_file
from studio.core.libraries import hush
from studio.core.locks import locked
from studio.core.modelcard import is_adapter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models.facts import facts_of
from studio.models.folder import base_of, check_folder, conversation_files, copy_conversation


def servable(workspace: Workspace, path: Path) -> Path:
    """Return a whole model's folder: the given one, or the adapter merged into its base.

    An adapter over an adapter is merged into what that one makes of its own base. Merged models lie under `models/.merged/<sha256 of adapter and base weights>/`, written whole or not at all; two
    processes that want the same one merge it once.

    Raises:
        InputError: the folder cannot be loaded, or the adapter's base is not here, or packed so that nothing merges into it.
    """
    check_folder(path)
    if not is_adapter(path):
        return path
    base = servable(workspace, base_of(workspace, path).path)  # which may be an adapter itself
    _require_mergeable(base, path)
    store = workspace.models / ".merged"
    store.mkdir(parents=True, exist_ok=True)
    target = store / _content(path, base)
    with locked(store / ".lock"):
        if not target.exists():
            with building(target) as scratch:
                _merge(path, base, scratch)
    return target


def _require_mergeable(base: Path, adapter: Path) -> None:
    packed = facts_of(base).quantization
    if packed is not None and not packed.scheme.merges:
        raise InputError(
            Text(
                f"the base's weights are quantized ({packed.words.en}): the adapter cannot be merged into them",
                f"基础模型的权重经过量化（{packed.words.zh}），适配器无法合并进去",
            ),
            Text(
                "Serve base and adapter with vLLM (`vllm serve BASE --enable-lora --lora-modules NAME=ADAPTER`), or train "
                "over the model that is not quantized.",
                "请用 vLLM 同时部署基础模型和适配器（`vllm serve BASE --enable-lora --lora-modules NAME=ADAPTER`），"
                "或在未量化的模型上训练。",
            ),
            str(adapter),
        )


def _content(adapter: Path, base: Path) -> str:
    digest = hashlib.sha256()
    files = [
        *adapter.glob("adapter_*"),
        *conversation_files(adapter),
        *base.glob("*.safetensors"),
        base / "config.json",
    ]
    for file in sorted(files):
        digest.update(f"{file.name}\0{sha256_file(file)}\n".encode())
    return digest.hexdigest()[:32]


def _merge(adapter: Path, base: Path, target: Path) -> None:
    hush()
    from peft import PeftModel

    from studio.models.load import load_causal

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT asks transformers for an old name
        model = PeftModel.from_pretrained(load_causal(base), str(adapter), local_files_only=True)
        model.merge_and_unload().save_pretrained(target, safe_serialization=True)
    copy_conversation(base, target)
    copy_conversation(adapter, target)
