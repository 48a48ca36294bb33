"""Settings of a training process that libraries read when they are imported."""

from __future__ import annotations

import os

from studio.core.libraries import hush


def prepare_process() -> None:
    """Choose one card, and tell nobody outside; called before torch and TRL are imported."""
    cards = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    os.environ["CUDA_VISIBLE_DEVICES"] = cards.partition(",")[0]  # TRL refuses several cards in one process
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    hush()
