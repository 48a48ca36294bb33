"""TRL's trainer but for its validation loss."""

from __future__ import annotations

from typing import Any

from trl import SFTTrainer

from studio.models.chat_template import IGNORED
from studio.training.run_trainer import RunTrainer


class StudioSFTTrainer(RunTrainer, SFTTrainer):  # type: ignore[misc]  # TRL is not followed by mypy
    """Means its validation loss over tokens."""

    _nats: float = 0.0
    _tokens: int = 0

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        self._nats, self._tokens = 0.0, 0
        output = super().evaluation_loop(*args, **kwargs)
        # the loop means the batches' means, so that what it says would depend on which rows share a batch
        output.metrics["eval_loss"] = self._nats / max(1, self._tokens)
        return output

    def prediction_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        loss, logits, labels = super().prediction_step(model, inputs, *args, **kwargs)
        tokens = int((inputs["labels"][:, 1:] != IGNORED).sum())
        self._nats += loss.item() * tokens
        self._tokens += tokens
        return loss, logits, labels
