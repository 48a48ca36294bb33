"""The type to compute in, on cards that are not here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from studio.models.load import dtype


@pytest.mark.parametrize(
    ("major", "type_"), [(6, torch.float16), (7, torch.float16), (8, torch.bfloat16), (9, torch.bfloat16)]
)
def test_bfloat16_is_for_cards_that_have_it(monkeypatch: pytest.MonkeyPatch, major: int, type_: torch.dtype) -> None:
    """P100, V100 and T4 only emulate it, many times as slowly."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(major=major))
    assert dtype() is type_
