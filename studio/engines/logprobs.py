"""How likely a model finds given continuations of a prompt: the option-likelihood reading of multiple choice."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import DynamicCache, PreTrainedModel

_ROWS = 32


def log_likelihood(
    model: PreTrainedModel, prompt: Sequence[int], continuations: Sequence[Sequence[int]]
) -> list[tuple[float, int]]:
    """Return the summed natural log-probability of each continuation after the prompt, and its number of tokens.

    The prompt goes through the model once; its cache is shared by the continuations, which go through in batches.
    Sums are taken in float32, whatever the model's type.
    """
    device = model.device
    sums = [0.0] * len(continuations)
    with torch.inference_mode():
        cache = DynamicCache(config=model.config)
        ids = torch.tensor([list(prompt)], device=device)
        first = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1].float()
        opening = first.log_softmax(-1)[0]
        filled = [index for index, tokens in enumerate(continuations) if tokens]
        for index in filled:
            sums[index] = float(opening[continuations[index][0]])
        # Rows of like length share a batch, so that little is padded.
        longer = sorted(
            (index for index in filled if len(continuations[index]) > 1), key=lambda i: len(continuations[i])
        )
        for start in range(0, len(longer), _ROWS):
            rows = longer[start : start + _ROWS]
            for index, value in zip(
                rows, _tails(model, cache, len(prompt), [continuations[i] for i in rows]), strict=True
            ):
                sums[index] += value
    return [(value, len(tokens)) for value, tokens in zip(sums, continuations, strict=True)]


def _tails(model: PreTrainedModel, cache: DynamicCache, past: int, rows: Sequence[Sequence[int]]) -> list[float]:
    """Return each row's log-probability from its second token on; padding on the right cannot be seen from its left."""
    longest = max(len(row) for row in rows) - 1
    inputs = torch.zeros((len(rows), longest), dtype=torch.long)
    targets = torch.full((len(rows), longest), -1, dtype=torch.long)
    for index, row in enumerate(rows):
        inputs[index, : len(row) - 1] = torch.tensor(row[:-1])
        targets[index, : len(row) - 1] = torch.tensor(row[1:])
    inputs, targets = inputs.to(model.device), targets.to(model.device)
    shared = DynamicCache(
        [
            (layer.keys.expand(len(rows), -1, -1, -1), layer.values.expand(len(rows), -1, -1, -1))
            for layer in cache.layers
        ]
    )
    positions = torch.arange(past, past + longest, device=model.device).unsqueeze(0)
    logits = model(input_ids=inputs, past_key_values=shared, position_ids=positions, use_cache=True).logits.float()
    chosen = logits.gather(-1, targets.clamp_min(0).unsqueeze(-1)).squeeze(-1) - logits.logsumexp(-1)
    return [float(value) for value in (chosen * (targets >= 0)).sum(-1)]
