"""Writing what was trained: an adapter or a whole model, with the tokenizer and the chat template it was trained with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from peft import PeftModel
from transformers import PreTrainedModel

from studio.core.files import building, read_json, write_json
from studio.core.modelcard import CARD
from studio.core.named_input import NamedInput
from studio.core.workspace import Workspace
from studio.models.facts import ModelFacts, facts_of
from studio.models.folder import copy_conversation
from studio.models.load import kept_dtype
from studio.models.tokenizer_files import CONFIG, TEMPLATE, tokenizer_files

_GENERATION = "generation_config.json"
_KEPT = ("bos_token_id", "pad_token_id", "decoder_start_token_id")


@dataclass(frozen=True)
class Origin:
    """What a trained model comes from.

    Args:
        weights: folder of the whole model that it began as; the tokenizer is copied from it.
        named: how the recipe named that model, and what it named: a whole one, or an adapter, which then is the base of
            what was trained over it. What it was merged to for that is a cache, and nobody's base.
        workspace: paths inside it are written relative to it, so that a copied workspace still finds the base.
        template: the chat template that it is trained with; empty for the base's own.
    """

    weights: Path
    named: NamedInput
    workspace: Workspace
    template: str = ""


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
    copy_conversation(origin.weights, folder)
    _converse(folder, origin.weights, origin.template)
    named = origin.named
    where = origin.workspace.relative(named.path).as_posix()
    write_json(folder / CARD, {"base": {"given": named.given, "path": where, "sha256": named.sha256}})


def _converse(folder: Path, base: Path, template: str) -> None:
    """Write the chat template beside the tokenizer, and where an answer ends for whatever will serve the model."""
    if template:
        (folder / TEMPLATE).write_text(template, encoding="utf-8")
        (folder / "chat_template.json").unlink(missing_ok=True)
    facts = replace(facts_of(base), tokenizer=tokenizer_files(folder))
    for name in (CONFIG, "special_tokens_map.json"):
        _end_with(folder / name, facts)
    held = read_json(folder / _GENERATION)
    if held is None:
        config = read_json(base / "config.json") or {}
        held = {key: config[key] for key in _KEPT if config.get(key) is not None}
    ends = list(facts.ends)
    write_json(folder / _GENERATION, {**held, "eos_token_id": ends[0] if len(ends) == 1 else ends})


def _end_with(file: Path, facts: ModelFacts) -> None:
    """Name the end of turn as the tokenizer's end, which engines stop at that read no generation settings of adapters."""
    values = read_json(file)
    if values is None:
        return
    changed = {key: value for key, value in values.items() if key != "chat_template" or not facts.template}
    if facts.end and facts.end != facts.tokenizer.names.get("eos_token"):
        changed["eos_token"] = facts.end
    if changed != values:
        write_json(file, changed)
