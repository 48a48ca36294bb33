"""A folder an engine can load: adapters are merged into their base once, and kept by content."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

from studio.core.files import building, sha256_file
from studio.core.libraries import hush
from studio.core.locks import locked
from studio.core.modelcard import is_adapter
from studio.core.workspace import Workspace
from studio.models.folder import base_of, check_folder, copy_tokenizer


def servable(workspace: Workspace, path: Path) -> Path:
    """Return a whole model's folder: the given one, or the adapter merged into its base.

    An adapter over an adapter is merged into what that one makes of its own base. Merged models lie under `models/.merged/<sha256 of adapter and base weights>/`, written whole or not at all; two
    processes that want the same one merge it once.

    Raises:
        InputError: the folder cannot be loaded, or the adapter's base is not here.
    """
    check_folder(path)
    if not is_adapter(path):
        return path
    base = servable(workspace, base_of(workspace, path).path)  # which may be an adapter itself
    store = workspace.models / ".merged"
    store.mkdir(parents=True, exist_ok=True)
    target = store / _content(path, base)
    with locked(store / ".lock"):
        if not target.exists():
            with building(target) as scratch:
                _merge(path, base, scratch)
    return target


def _content(adapter: Path, base: Path) -> str:
    digest = hashlib.sha256()
    files = [*adapter.glob("adapter_*"), *base.glob("*.safetensors"), base / "config.json"]
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
    copy_tokenizer(base, target)
    copy_tokenizer(adapter, target)
