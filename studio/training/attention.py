"""Which kernel computes attention in a training on a CPU."""

from __future__ import annotations

from transformers import PreTrainedModel

_BYTES_A_PAIR = 8  # of an attention map: float32 as computed, bfloat16 as used, and its gradient
_MAPS = 2**30


def choose_attention(model: PreTrainedModel, pairs: int, spare: bool) -> None:
    """Choose, on a CPU, between attention maps written out and the fused kernel.

    For short rows the fused kernel takes half as long again for a whole step; written-out maps grow with the square
    of the length, so they are used up to 1 GiB only.

    Args:
        model: the model to set.
        pairs: positions times positions of the largest batch.
        spare: whether memory is to be spared.
    """
    config = model.config.get_text_config()
    maps = pairs * config.num_attention_heads * config.num_hidden_layers * _BYTES_A_PAIR
    if maps <= _MAPS and not spare:
        model.set_attn_implementation("eager")
