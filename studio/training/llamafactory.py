"""Recipes of LLaMA-Factory: what its keys are called here, and its files as train recipes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.choice import NAME
from studio.core.files import is_name
from studio.core.text import Text
from studio.models.templates import TEMPLATES
from studio.training.objectives import OBJECTIVES
from studio.training.trackers import TRACKERS

MARK = "model_name_or_path"
"""The key by which such a file is known."""

KEYS: Mapping[str, str] = {
    MARK: "model",
    "stage": "objective",
    "finetuning_type": "method",
    "output_dir": "name",
    "max_samples": "rows",
    "cutoff_len": "max_length",
    "enable_thinking": "thinking",
    "default_system": "objective.system",
    "lora_rank": "method.rank",
    "lora_alpha": "method.alpha",
    "lora_dropout": "method.dropout",
    "num_train_epochs": "epochs",
    "per_device_train_batch_size": "batch_size",
    "gradient_accumulation_steps": "accumulate",
    "warmup_ratio": "warmup",
    "save_steps": "checkpoint_every",
    "eval_steps": "evaluate_every",
    "gradient_checkpointing": "save_memory",
    "report_to": "trackers",
}
"""Its key, or Transformers', and our field of the same meaning."""

_PLAIN = {key: KEYS[key] for key in KEYS if key not in ("stage", "finetuning_type", "output_dir", "enable_thinking", "report_to", "gradient_checkpointing")}  # fmt: skip
_SAME = ("learning_rate", "max_steps", "seed")
# what it takes where its file says nothing, and we would take something else
_USUAL = {
    **{"cutoff_len": 2048, "learning_rate": 5e-5, "num_train_epochs": 3.0, "per_device_train_batch_size": 8},
    **{"warmup_ratio": 0.0, "lora_rank": 8},
}
_GENERIC = ("saves", "output", "outputs", "")
# what the studio settles by itself, and what changes nothing of what is learned
_SETTLED = (
    *("do_train", "do_eval", "overwrite_output_dir", "overwrite_cache", "plot_loss", "logging_steps", "bf16", "fp16"),
    *(
        "pure_bf16",
        "flash_attn",
        "preprocessing_num_workers",
        "dataloader_num_workers",
        "ddp_timeout",
        "save_only_model",
    ),
    *("per_device_eval_batch_size", "save_strategy", "eval_strategy", "evaluation_strategy", "resume_from_checkpoint"),
    *(
        "trust_remote_code",
        "dataset_dir",
        "template",
        "dataset",
        "quantization_bit",
        "quantization_method",
        "use_cache",
    ),
    *("disable_gradient_checkpointing", "include_num_input_tokens_seen", "adapter_name_or_path", "log_level"),
)
_HARMLESS: Mapping[str, object] = {
    **{"lora_target": "all", "lr_scheduler_type": "cosine", "optim": "adamw_torch", "packing": False, "val_size": 0},
    **{
        "gradient_checkpointing": None,
        "upcast_layernorm": False,
        "use_dora": False,
        "use_rslora": False,
        "weight_decay": 0,
    },
}
_DATASET = Text(
    "split off validation rows in the dataset's own recipe (`val: 0.1`)", "请在数据集的配方中划出验证集（`val: 0.1`）"
)
_REASONS: Mapping[str, Text] = {
    "val_size": _DATASET,
    "eval_dataset": _DATASET,
    "warmup_steps": Text(
        "give a share of the steps instead (`warmup: 0.03`)", "请改写为占总步数的比例（`warmup: 0.03`）"
    ),
    "deepspeed": Text("one card is used here", "这里使用单卡"),
    "lora_target": Text("adapters sit on all linear layers here", "这里的适配器加在所有线性层上"),
    "lr_scheduler_type": Text("the rate falls along a cosine here", "这里的学习率按余弦下降"),
}
_NONE = Text("nothing here does the same", "这里没有对应项")


@dataclass(frozen=True)
class ImportedRecipe:
    """A file of LLaMA-Factory as a train recipe.

    Args:
        values: the recipe's plain values.
        left: its keys without a counterpart, with their values, and what to do about each.
    """

    values: dict[str, Any]
    left: tuple[tuple[str, object, Text], ...]


def imported(given: Mapping[str, Any]) -> ImportedRecipe:
    """Return the train recipe that does what a LLaMA-Factory file says, its own defaults written out."""
    asked = {**_USUAL, **given}
    left: list[tuple[str, object, Text]] = []
    values: dict[str, Any] = {"kind": "train", "name": _name(str(given.get("output_dir", "")))}
    datasets = [name.strip() for name in str(given.get("dataset", "")).split(",") if name.strip()]
    method, objective = _method(asked, left), str(given.get("stage", "sft"))
    for key, place in (*_PLAIN.items(), *((name, name) for name in _SAME)):
        field, _, option = place.partition(".")
        if asked.get(key) in (None, "") or (field == "method" and method[NAME] == "full"):
            continue
        if field == "method":
            method[option] = asked[key]
        elif not option:
            values[field] = asked[key]
    if values.get("max_steps", 1) < 1:
        del values["max_steps"]  # it writes -1 for none
    values["dataset"] = datasets[0] if datasets else ""
    if len(datasets) > 1:
        rest = Text("make one dataset of all of them first", "请先把它们合并制作成一个数据集")
        left.append(("dataset", ", ".join(datasets[1:]), rest))
    if method[NAME] != "full":
        method.setdefault("alpha", 2 * int(method["rank"]))  # as it does
    values |= {"method": method if len(method) > 1 else method[NAME], **_objective(objective, given, left)}
    values |= _conversing(given, left)
    if given.get("report_to") not in (None, "none"):
        values["trackers"] = _trackers(given["report_to"], left)
    if "no" in (given.get("eval_strategy"), given.get("evaluation_strategy")):
        values.pop("evaluate_every", None)
    known = {*KEYS, *_SAME, *_SETTLED}
    for key, value in given.items():
        if key not in known and not (key in _HARMLESS and _HARMLESS[key] in (value, None)):
            left.append((key, value, _REASONS.get(key, _NONE)))
    if given.get("adapter_name_or_path"):
        over = Text("name the trained model as `model`, to go on from it", "若要继续训练，请把已训练的模型填作 `model`")
        left.append(("adapter_name_or_path", given["adapter_name_or_path"], over))
    return ImportedRecipe(values, tuple(left))


def _name(folder: str) -> str:
    parts = [part for part in re.split(r"[\\/]", folder) if part not in (*_GENERIC, ".", "..")]
    name = re.sub(r"[^\w.-]+", "-", "-".join(parts))[-64:].strip("-.")
    return name if is_name(name) else "imported"


def _method(asked: Mapping[str, Any], left: list[tuple[str, object, Text]]) -> dict[str, Any]:
    kind, bits = str(asked.get("finetuning_type", "lora")), asked.get("quantization_bit")
    if kind == "full":
        return {NAME: "full"}
    if kind != "lora":
        left.append(("finetuning_type", kind, Text("lora is taken instead", "已改用 lora")))
    if bits not in (None, 4):
        left.append(("quantization_bit", bits, Text("4 bits are what qlora has here", "这里的 qlora 只有 4 位")))
    return {NAME: "lora" if bits is None else "qlora"}


def _objective(stage: str, given: Mapping[str, Any], left: list[tuple[str, object, Text]]) -> dict[str, Any]:
    if stage not in OBJECTIVES.names():
        others = ", ".join(OBJECTIVES.names())
        left.append(("stage", stage, Text(f"objectives here: {others}", f"这里的训练目标：{others}")))
        return {}
    system = given.get("default_system")
    return {"objective": {NAME: stage, "system": system} if system and stage == "sft" else stage}


def _conversing(given: Mapping[str, Any], left: list[tuple[str, object, Text]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    template = str(given.get("template", "default"))
    if template in TEMPLATES.names():
        found["template"] = template
    elif template != "default":
        left.append(("template", template, Text("the model's own is taken (`template: auto`)", "已改用模型自带的模板（`template: auto`）")))  # fmt: skip
    if isinstance(given.get("enable_thinking"), bool):
        found["thinking"] = "on" if given["enable_thinking"] else "off"
    return found


def _trackers(asked: object, left: list[tuple[str, object, Text]]) -> list[str]:
    names = [str(name) for name in asked] if isinstance(asked, list) else [str(asked)]
    unknown = [name for name in names if name not in TRACKERS.names()]
    if unknown:
        left.append(("report_to", ", ".join(unknown), _NONE))
    return [name for name in names if name in TRACKERS.names()]
