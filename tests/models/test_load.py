"""The type to compute in, on cards that are not here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from studio.core.accelerators import cards
from studio.models.facts import facts_of
from studio.models.load import dtype, load_causal


@pytest.mark.parametrize(
    ("major", "type_"), [(6, torch.float16), (7, torch.float16), (8, torch.bfloat16), (9, torch.bfloat16)]
)
def test_bfloat16_is_for_cards_that_have_it(monkeypatch: pytest.MonkeyPatch, major: int, type_: torch.dtype) -> None:
    """P100, V100 and T4 only emulate it, many times as slowly, and torch says that they support it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_, **__: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda *_: (major, 5))
    assert dtype() is type_


def test_the_drivers_program_tells_a_cards_capability(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'Tesla T4, 15360, 15095, 7.5'\necho 'NVIDIA H100, 81559, [N/A], 9.0'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    [card] = cards()  # what a driver does not tell is not made up
    assert (card.name, card.memory_mib, card.free_mib, card.capability, card.bf16) == (
        "Tesla T4",
        15360,
        15095,
        (7, 5),
        False,
    )


def test_adapters_learn_under_float16_with_scaled_gradients(tiny_model: Path) -> None:
    """What a card without bfloat16 does, as far as a CPU can: Accelerate itself refuses float16 here, so its loop is ours."""
    from studio.training.adapters import attach
    from studio.training.methods.base import AdapterOptions

    torch.manual_seed(0)
    model = attach(load_causal(tiny_model, torch.float16), AdapterOptions(rank=8), facts_of(tiny_model))
    learning = [weights for weights in model.parameters() if weights.requires_grad]
    assert {weights.dtype for weights in learning} == {torch.float32}, "a gradient scaler unscales no float16 gradients"
    scaler, optimizer = torch.amp.GradScaler("cpu", init_scale=2.0**24), torch.optim.AdamW(learning, lr=1e-2)
    ids = torch.tensor([[5, 9, 13, 21, 34, 55]])
    losses = []
    for _ in range(20):
        with torch.autocast("cpu", dtype=torch.float16):
            loss = model(input_ids=ids, labels=ids).loss
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    assert scaler.get_scale() < 2.0**24, "the scale that overflows is halved, and the step left out"
    assert losses[-1] < losses[0] - 0.3
