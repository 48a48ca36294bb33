"""Choosing the next token, request by request, inside transformers' continuous batching.

The manager has one setting for a whole batch: it either draws every token (with one seed) or takes every likeliest
one, and its own per-request processors sort the vocabulary at every step even for greedy requests. So the manager is
started greedy, and this processor, put in the place of its list, rewrites only the rows of requests that draw: the
token drawn becomes the only possible one. Greedy rows cost nothing, and each request has its own seed.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from studio.core.records import Sampling

COLDEST = 1e-5
"""The lowest temperature that draws; below, float32 knows no difference to taking the likeliest token."""


def drawing(sampling: Sampling) -> dict[str, float]:
    """Return what a request that draws is added to the manager with; nothing for one that takes the likeliest."""
    if sampling.temperature < COLDEST:
        return {}
    seed = secrets.randbits(63) if sampling.seed is None else sampling.seed
    return {"temperature": float(sampling.temperature), "top_p": float(sampling.top_p), "seed": seed}


@dataclass(frozen=True)
class _Draw:
    row: int
    temperature: float
    top_p: float
    uniform: float


class Sampler:
    """Stands in for transformers' `ContinuousBatchingLogitsProcessorList` (5.23): same methods, duck-typed.

    A request that draws is added with what `drawing` returns as its `logit_processor_kwargs`. The
    random number of a token depends on the seed and its position alone, so that a request set back for want of
    cache draws the same again.
    """

    tensors_required = 0

    def __init__(self) -> None:
        self._draws: list[_Draw] = []

    @property
    def do_processing(self) -> bool:
        return bool(self._draws)

    def check_kwargs(self, kwargs: dict[str, Any]) -> None:
        """Accept what the engine gives."""

    def fill_defaults(self, int32_tensor: torch.Tensor) -> None:
        """Hold no tensors."""

    def prepare_tensor_args(self, requests_in_batch: Sequence[Any], arg_storage: torch.Tensor) -> torch.Tensor:
        """Note which rows of the coming scores draw; rows are the requests that get a token, in order."""
        states = [request.state for request in requests_in_batch if request.has_new_token]
        self._draws = [
            _Draw(row, given["temperature"], given["top_p"], _uniform(given["seed"], state.position_offset))
            for row, state in enumerate(states)
            if (given := state.logit_processor_kwargs)
        ]
        return arg_storage

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, arguments: torch.Tensor) -> torch.Tensor:
        """Return the scores, shape (rows, vocabulary), with one possible token left in the rows that draw."""
        rows = torch.tensor([draw.row for draw in self._draws], device=scores.device)
        tokens = draw(
            scores[rows],
            *(
                torch.tensor(column, dtype=torch.float32, device=scores.device).unsqueeze(-1)
                for column in zip(*((item.temperature, item.top_p, item.uniform) for item in self._draws), strict=True)
            ),
        )
        scores[rows] = float("-inf")
        scores[rows, tokens] = 0.0
        return scores


def draw(scores: torch.Tensor, temperature: torch.Tensor, top_p: torch.Tensor, uniform: torch.Tensor) -> torch.Tensor:
    """Draw a token for each row by inverting the cumulative probability.

    Args:
        scores: float32, shape (rows, vocabulary).
        temperature: shape (rows, 1), above 0.
        top_p: shape (rows, 1); nucleus sampling (Holtzman et al., 2020, arXiv:1904.09751): the smallest set of
            likeliest tokens whose probability reaches it.
        uniform: shape (rows, 1), in [0, 1).

    Returns:
        Token ids, shape (rows,).
    """
    # The best score is taken off before dividing: a very small temperature must not overflow into nan.
    probabilities = ((scores - scores.amax(-1, keepdim=True)) / temperature).softmax(-1)
    if bool((top_p >= 1).all()):
        order = None
    else:
        probabilities, order = probabilities.sort(-1, descending=True)
        before = probabilities.cumsum(-1) - probabilities
        keep = before < top_p
        keep[:, 0] = True
        probabilities = probabilities * keep
    reached = probabilities.cumsum(-1)
    place = torch.searchsorted(reached, uniform * reached[:, -1:], right=True)
    # Rounding may lead past the end; the last token with any probability is meant then.
    last = (probabilities > 0).cumsum(-1).argmax(-1, keepdim=True)
    place = torch.minimum(place, last)
    return (place if order is None else order.gather(-1, place)).squeeze(-1)


def _uniform(seed: int, position: int) -> float:
    return random.Random(f"{seed}:{position}").random()
