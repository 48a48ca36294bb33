"""Asking a model how it goes on: with what, and how likely some other ways are."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from studio.core.records import Message

_MARK = "\u2042here\u2042"
_AT_ONCE = 64  # candidates: their logits over the whole vocabulary are what takes memory


class Asker:
    """A model that is given the beginning of a turn, not a question: it goes on with what it takes for the rest."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self._model, self._tokenizer = model, tokenizer

    @torch.inference_mode()
    def ask(
        self, before: Sequence[Message], role: str, begun: str, candidates: Sequence[str]
    ) -> tuple[bool, list[float]]:
        """Return whether the model goes on with the first candidate, greedily, and the log-likelihood of each of them."""
        text, blank = self._rendered(before, role, begun)
        prompt = self._ids(text)
        endings = [self._ids(blank + candidate) for candidate in candidates]
        fed = torch.tensor([prompt], device=self._model.device)
        out = self._model(fed, use_cache=True, logits_to_keep=1)
        likelihoods: list[float] = []
        completed = False
        for begin in range(0, len(endings), _AT_ONCE):
            batch = endings[begin : begin + _AT_ONCE]
            scores, greedy = self._score(out.past_key_values, out.logits[0, -1], batch, len(prompt))
            likelihoods += scores
            completed = completed or (begin == 0 and greedy)
        return completed, likelihoods

    def _score(
        self, cache: Any, first: torch.Tensor, batch: Sequence[list[int]], length: int
    ) -> tuple[list[float], bool]:
        """Return the log-likelihood of each ending, and whether the first one's words are all the most likely ones."""
        longest, device = max(map(len, batch)), self._model.device
        ids = torch.tensor([each + [0] * (longest - len(each)) for each in batch], device=device)
        told = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in batch], device=device)
        own = copy.deepcopy(cache)
        own.batch_repeat_interleave(len(batch))
        seen = torch.cat([torch.ones(len(batch), length, dtype=told.dtype, device=device), told], dim=1)
        logits = self._model(ids, past_key_values=own, attention_mask=seen, use_cache=True).logits
        before = torch.cat([first.expand(len(batch), 1, -1), logits[:, :-1]], dim=1).float()
        each = torch.log_softmax(before, dim=-1).gather(2, ids.unsqueeze(2)).squeeze(2)
        greedy = bool((before[0].argmax(dim=-1)[: len(batch[0])] == ids[0, : len(batch[0])]).all())
        return [float(score) for score in (each * told).sum(dim=1)], greedy

    def _rendered(self, before: Sequence[Message], role: str, begun: str) -> tuple[str, str]:
        """Return a conversation as the model reads it, cut off in its last turn, and the blank that belongs to the rest:
        words begin with theirs."""
        kept = begun.rstrip(" ")
        turns = [*before, Message(role="assistant" if role == "assistant" else "user", content=f"{kept}{_MARK}")]
        rendered = self._tokenizer.apply_chat_template([turn.model_dump() for turn in turns], tokenize=False)
        return str(rendered).rpartition(_MARK)[0], begun[len(kept) :]

    def _ids(self, text: str) -> list[int]:
        return [int(token) for token in self._tokenizer(text, add_special_tokens=False)["input_ids"]]
