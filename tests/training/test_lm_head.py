from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    CohereConfig,
    FalconH1Config,
    Gemma2Config,
    GraniteConfig,
    MixtralConfig,
    MixtralForCausalLM,
    PretrainedConfig,
)

from studio.models.load import load_causal
from studio.training import lm_head
from studio.training.lm_head import score_labels_only


@pytest.mark.parametrize("tile", [4, 1024])
def test_it_says_what_the_models_own_loss_says(tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tile: int) -> None:
    monkeypatch.setattr(lm_head, "_TILE", tile)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(3, 500, (3, 20), generator=generator)
    labels = ids.masked_fill(torch.rand(ids.shape, generator=generator) < 0.5, -100)
    gradients, values = [], []
    for fast in (False, True):
        model = load_causal(tiny_model, torch.float32)
        if fast:
            score_labels_only(model)
        loss = model(input_ids=ids, labels=labels, **({"fused_lm_head": True} if fast else {})).loss
        loss.backward()
        values.append(loss.item())
        gradients.append(model.model.layers[0].mlp.up_proj.weight.grad)
    assert values[0] == pytest.approx(values[1], rel=1e-5)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-6)


TINY = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "tie_word_embeddings": False,
}


@pytest.mark.parametrize(
    "config",
    [
        GraniteConfig(**TINY, logits_scaling=8.0),
        Gemma2Config(**TINY, head_dim=16, final_logit_softcapping=0.5),
        CohereConfig(**TINY, logit_scale=0.0625),
        FalconH1Config(
            **TINY, lm_head_multiplier=0.2, mamba_d_ssm=32, mamba_n_heads=2, mamba_d_head=16, mamba_d_state=8
        ),
    ],
    ids=lambda config: config.model_type,
)
def test_it_scales_and_caps_logits_as_the_model_does(config: PretrainedConfig) -> None:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).eval()
    weight = model.get_output_embeddings().weight
    weight.data.mul_(50)  # else the logits are so small that neither matters
    ids = torch.randint(3, 60, (2, 12))
    labels = ids.clone()
    labels[:, :4] = -100
    expected = model(input_ids=ids, labels=labels).loss
    expected.backward()
    gradient, weight.grad = weight.grad, None
    score_labels_only(model)
    loss = model(input_ids=ids, labels=labels, fused_lm_head=True).loss
    loss.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)
    torch.testing.assert_close(weight.grad, gradient, rtol=1e-3, atol=1e-5)


def test_a_mixture_of_experts_keeps_trls_head() -> None:
    model = MixtralForCausalLM(MixtralConfig(**TINY, num_local_experts=2))
    forward = model.forward
    score_labels_only(model)
    assert model.forward == forward


def test_a_batch_without_labels_weighs_nothing(tiny_model: Path) -> None:
    model = load_causal(tiny_model)
    score_labels_only(model)
    ids = torch.tensor([[5, 6, 7]])
    outputs = model(input_ids=ids, labels=torch.full_like(ids, -100), fused_lm_head=True)
    assert outputs.loss.item() == 0
    outputs.log_probs.sum().backward()


def test_without_the_flag_the_model_is_itself(tiny_model: Path) -> None:
    model = load_causal(tiny_model)
    score_labels_only(model)
    assert model(input_ids=torch.tensor([[5, 6, 7]])).logits.shape == (1, 3, 512)
