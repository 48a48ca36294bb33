from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.models.load import load_causal
from studio.training import head


@pytest.mark.parametrize("tile", [4, 1024])
def test_it_says_what_the_models_own_loss_says(tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tile: int) -> None:
    monkeypatch.setattr(head, "_TILE", tile)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(3, 500, (3, 20), generator=generator)
    labels = ids.masked_fill(torch.rand(ids.shape, generator=generator) < 0.5, -100)
    gradients, values = [], []
    for fast in (False, True):
        model = load_causal(tiny_model, torch.float32)
        if fast:
            head.score_labels_only(model)
        loss = model(input_ids=ids, labels=labels, **({"fused_lm_head": True} if fast else {})).loss
        loss.backward()
        values.append(loss.item())
        gradients.append(model.model.layers[0].mlp.up_proj.weight.grad)
    assert values[0] == pytest.approx(values[1], rel=1e-5)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-6)


def test_a_batch_without_labels_weighs_nothing(tiny_model: Path) -> None:
    model = load_causal(tiny_model)
    head.score_labels_only(model)
    ids = torch.tensor([[5, 6, 7]])
    outputs = model(input_ids=ids, labels=torch.full_like(ids, -100), fused_lm_head=True)
    assert outputs.loss.item() == 0
    outputs.log_probs.sum().backward()


def test_without_the_flag_the_model_is_itself(tiny_model: Path) -> None:
    model = load_causal(tiny_model)
    head.score_labels_only(model)
    assert model(input_ids=torch.tensor([[5, 6, 7]])).logits.shape == (1, 3, 512)
