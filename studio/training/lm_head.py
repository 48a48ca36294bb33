"""Scoring only the tokens that are learned, for devices where TRL's fused head scores all of them.

TRL 1.16's SFTTrainer asks its model for log-probabilities (`fused_lm_head=True`). Its own answer to that is a Triton
kernel on a GPU; elsewhere it projects every position on the whole vocabulary in tiles, again in the backward pass,
and accumulates in float32, which takes 40 % of a step on a CPU. This is the same answer for a CPU, behind the same
protocol (`trl.trainer.utils.add_fused_lm_head`).
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers import PretrainedConfig, PreTrainedModel
from trl.trainer.utils import FusedCausalLMOutput

from studio.models.chat_template import IGNORED

_TILE = 1024  # positions whose logits are in memory at once


def score_labels_only(model: PreTrainedModel) -> None:
    """Let a causal language model answer `fused_lm_head=True` from its labelled positions alone.

    The batch must be padded on the right, as TRL's collator pads it. `entropy` and `is_top1` of the answer are zero:
    they only feed metrics that we do not keep, and cost a pass over the vocabulary. A mixture of experts keeps TRL's
    head, which adds the loss that balances its experts.
    """
    config = model.config.get_text_config()
    if hasattr(config, "output_router_logits"):
        return
    original = model.forward
    scale, cap = _scale(config), getattr(config, "final_logit_softcapping", None)

    @functools.wraps(type(model).forward)
    def forward(self: Any, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return original(*args, **kwargs)
        labels = kwargs.pop("labels")[:, 1:]
        kwargs.pop("num_items_in_batch", None)
        hidden = self.base_model(*args, **{**kwargs, "use_cache": False}).last_hidden_state[:, :-1]
        mask = labels != IGNORED
        project = functools.partial(_logits, self.get_output_embeddings(), scale=scale, cap=cap)
        scores = _log_probabilities(project, hidden[mask], labels[mask])
        spread = scores.new_zeros(mask.shape).masked_scatter(mask, scores)
        return FusedCausalLMOutput(
            loss=-scores.sum() / mask.sum().clamp(min=1),
            log_probs=spread,
            entropy=torch.zeros_like(spread),
            is_top1=torch.zeros_like(mask),
            label_mask=mask,
        )

    model.forward = types.MethodType(forward, model)


def _scale(config: PretrainedConfig) -> float:
    """Return what a model multiplies its logits by, under whichever name its family gave it."""
    for name in ("logit_scale", "output_multiplier", "lm_head_multiplier"):
        if getattr(config, name, None) is not None:
            return float(getattr(config, name))
    scaling = getattr(config, "logits_scaling", None)
    if scaling is None:
        return 1.0
    return float(scaling if config.model_type == "hyperclovax" else 1 / scaling)  # the others divide by it


def _logits(head: torch.nn.Module, hidden: torch.Tensor, scale: float, cap: float | None) -> torch.Tensor:
    """Return the logits that the model itself would make of `hidden`, in float32."""
    logits: torch.Tensor = head(hidden).float()
    if scale != 1.0:
        logits = logits * scale
    return logits if cap is None else cap * torch.tanh(logits / cap)


def _log_probabilities(
    project: Callable[[torch.Tensor], torch.Tensor], hidden: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """Return log p of each target [positions] under `project(hidden)` [positions, vocabulary], tile by tile."""

    def score(part: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return -functional.cross_entropy(project(part), wanted, reduction="none")

    if len(targets) <= _TILE:
        return score(hidden, targets)
    tiles = zip(torch.split(hidden, _TILE), torch.split(targets, _TILE), strict=True)
    return torch.cat([checkpoint(score, part, wanted, use_reentrant=False) for part, wanted in tiles])
