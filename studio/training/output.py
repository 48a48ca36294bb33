"""Writing what was trained: an adapter or a whole model, with the tokenizer it was trained with."""

from __future__ import annotations

import shutil
from pathlib import Path

from peft import PeftModel
from transformers import PreTrainedModel

from studio.core.files import building, write_json
from studio.core.named import Named
from studio.models.load import dtype

_TOKENIZER = ("tokenizer", "chat_template", "vocab", "merges", "special_tokens", "added_tokens")


def write(model: PreTrainedModel | PeftModel, base: Path, named: Named, target: Path, root: Path) -> None:
    """Write a trained model as a folder, whole or not at all; safetensors only.

    Args:
        model: the trained model; a PEFT model is written as its adapter.
        base: folder of the model it began as; the tokenizer is copied from it, as converting it could change the
            template.
        named: how the recipe named that model.
        target: the folder to write.
        root: paths inside it are written relative to it, so that a copied workspace still finds the base.
    """
    with building(target) as scratch:
        if isinstance(model, PeftModel):
            model.active_peft_config.base_model_name_or_path = named.given
            model.save_pretrained(str(scratch), safe_serialization=True, save_embedding_layers=False)
        else:
            model.to(dtype()).save_pretrained(scratch)
        (scratch / "README.md").unlink(missing_ok=True)  # PEFT's empty form of a model card
        for file in base.iterdir():
            if file.name.startswith(_TOKENIZER):
                shutil.copy2(file, scratch / file.name)
        write_json(
            scratch / "studio.json",
            {"base": {"given": named.given, "path": _relative(base, root), "sha256": named.sha256}},
        )


def _relative(path: Path, root: Path) -> str:
    inside = path.is_relative_to(root)  # not resolved: models/ may be a link to another volume
    return path.relative_to(root).as_posix() if inside else str(path)
