"""Settings of a training process that libraries read when they are imported."""

from __future__ import annotations

import logging
import os


def settle() -> None:
    """Choose one card, wait without spinning, and tell nobody outside; called before torch and TRL are imported."""
    cards = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    os.environ["CUDA_VISIBLE_DEVICES"] = cards.partition(",")[0]  # TRL refuses several cards in one process
    # Threads that spin at every barrier starve each other once a second process computes: beside a busy one, a step on
    # two cores took 6.9 s spinning and 0.9 s asleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it deplores, at every import, what we do not use
