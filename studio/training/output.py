"""Writing what was trained: an adapter or a whole model, with the tokenizer it was trained with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from peft import PeftModel
from transformers import PreTrainedModel

from studio.core.files import building, write_json
from studio.core.modelcard import CARD
from studio.core.named_input import NamedInput
from studio.core.workspace import Workspace
from studio.models.folder import copy_tokenizer
from studio.models.load import kept_dtype


@dataclass(frozen=True)
class Origin:
    """What a trained model comes from.

    Args:
        weights: folder of the whole model that it began as; the tokenizer is copied from it.
        named: how the recipe named that model, and what it named: a whole one, or an adapter, which then is the base of
            what was trained over it. What it was merged to for that is a cache, and nobody's base.
        workspace: paths inside it are written relative to it, so that a copied workspace still finds the base.
    """

    weights: Path
    named: NamedInput
    workspace: Workspace


def write(model: PreTrainedModel | PeftModel, origin: Origin, target: Path) -> None:
    """Write a trained model as a folder, whole or not at all; a whole model in the type that such are kept in."""
    with building(target) as scratch:
        fill(model if isinstance(model, PeftModel) else model.to(kept_dtype()), origin, scratch)


def fill(model: PreTrainedModel | PeftModel, origin: Origin, folder: Path) -> None:
    """Write a trained model to a folder as it is, safetensors only; a PEFT model as its adapter."""
    if isinstance(model, PeftModel):
        model.active_peft_config.base_model_name_or_path = origin.named.given
        model.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)
    else:
        model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's empty form of a model card
    copy_tokenizer(origin.weights, folder)
    named = origin.named
    where = origin.workspace.relative(named.path).as_posix()
    write_json(folder / CARD, {"base": {"given": named.given, "path": where, "sha256": named.sha256}})
