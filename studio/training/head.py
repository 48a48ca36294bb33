"""Scoring only the tokens that are learned, for devices where TRL's fused head scores all of them.

TRL 1.16's SFTTrainer asks its model for log-probabilities (`fused_lm_head=True`). Its own answer to that is a Triton
kernel on a GPU; elsewhere it projects every position on the whole vocabulary in tiles, again in the backward pass,
and accumulates in float32, which takes 40 % of a step on a CPU. This is the same answer for a CPU, behind the same
protocol (`trl.trainer.utils.add_fused_lm_head`).
"""

from __future__ import annotations

import functools
import types
from typing import Any

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel
from trl.trainer.utils import FusedCausalLMOutput

from studio.models.chat import IGNORED

_TILE = 1024  # positions whose logits are in memory at once


def score_labels_only(model: PreTrainedModel) -> None:
    """Let a causal language model answer `fused_lm_head=True` from its labelled positions alone.

    The batch must be padded on the right, as TRL's collator pads it. `entropy` and `is_top1` of the answer are zero:
    they only feed metrics that we do not keep, and cost a pass over the vocabulary.
    """
    original = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: Any, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return original(*args, **kwargs)
        labels = kwargs.pop("labels")[:, 1:]
        kwargs.pop("num_items_in_batch", None)
        hidden = self.base_model(*args, **{**kwargs, "use_cache": False}).last_hidden_state[:, :-1]
        mask = labels != IGNORED
        scores = _log_probabilities(self.get_output_embeddings(), hidden[mask], labels[mask])
        spread = scores.new_zeros(mask.shape).masked_scatter(mask, scores)
        return FusedCausalLMOutput(
            loss=-scores.sum() / mask.sum().clamp(min=1),
            log_probs=spread,
            entropy=torch.zeros_like(spread),
            is_top1=torch.zeros_like(mask),
            label_mask=mask,
        )

    model.forward = types.MethodType(forward, model)


def _log_probabilities(head: torch.nn.Module, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return log p of each target [positions] under `head(hidden)` [positions, vocabulary], tile by tile."""

    def score(part: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return -functional.cross_entropy(head(part).float(), wanted, reduction="none")

    if len(targets) <= _TILE:
        return score(hidden, targets)
    tiles = zip(torch.split(hidden, _TILE), torch.split(targets, _TILE), strict=True)
    return torch.cat([checkpoint(score, part, wanted, use_reentrant=False) for part, wanted in tiles])
