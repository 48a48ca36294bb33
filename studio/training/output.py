"""Writing what was trained: an adapter or a whole model, with the tokenizer it was trained with."""

from __future__ import annotations

from pathlib import Path

from peft import PeftModel
from transformers import PreTrainedModel

from studio.core.files import building, write_json
from studio.core.modelcard import CARD
from studio.core.named_input import NamedInput
from studio.core.workspace import Workspace
from studio.models.folder import copy_tokenizer
from studio.models.load import kept_dtype


def write(
    model: PreTrainedModel | PeftModel, base: Path, named: NamedInput, target: Path, workspace: Workspace
) -> None:
    """Write a trained model as a folder, whole or not at all; safetensors only.

    Args:
        model: the trained model; a PEFT model is written as its adapter.
        base: folder of the model it began as; the tokenizer is copied from it.
        named: how the recipe named that model.
        target: the folder to write.
        workspace: paths inside it are written relative to it, so that a copied workspace still finds the base.
    """
    with building(target) as scratch:
        if isinstance(model, PeftModel):
            model.active_peft_config.base_model_name_or_path = named.given
            model.save_pretrained(str(scratch), safe_serialization=True, save_embedding_layers=False)
        else:
            model.to(kept_dtype()).save_pretrained(scratch)
        (scratch / "README.md").unlink(missing_ok=True)  # PEFT's empty form of a model card
        copy_tokenizer(base, scratch)
        where = workspace.relative(base).as_posix()
        write_json(scratch / CARD, {"base": {"given": named.given, "path": where, "sha256": named.sha256}})
