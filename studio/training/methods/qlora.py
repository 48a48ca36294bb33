"""qlora: adapters learn over weights kept in 4 bits (Dettmers et al. 2023, arXiv:2305.14314)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio.core.option import called
from studio.core.text import Text
from studio.core.weights import device
from studio.models.folder import check_folder
from studio.training.methods.base import AdapterOptions, Method, adapters_learn

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from studio.training.recipe import TrainRecipe


def prepare(folder: Path, recipe: TrainRecipe, options: AdapterOptions) -> PreTrainedModel:
    """Load the weights as 4-bit NF4, doubly quantised, and put adapters on them.

    Raises:
        InputError: the folder cannot be loaded as 4 bits.
    """
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig
    from transformers.utils import logging

    from studio.models.facts import facts_of
    from studio.models.load import Loading, dtype
    from studio.training.adapters import attach

    check_folder(folder)
    logging.disable_progress_bar()
    quantised = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype(),
    )
    method = called(type(recipe), "method")
    mend = Text(f"Choose LoRA (lora) as {method.en}.", f"请把{method.zh}改为 LoRA（lora）。")
    with Loading(Text("the 4-bit model", "4 位模型"), folder, mend):
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype(),
            quantization_config=quantised,
            device_map={"": device()},
            trust_remote_code=False,
            local_files_only=True,
            use_safetensors=True,
        )
    return attach(cast("PreTrainedModel", model), options, facts_of(folder))


METHOD = Method(
    Text("QLoRA", "QLoRA"),
    Text("Loads the model in 4 bits and trains adapters.", "以 4 比特加载模型，再训练适配器。"),
    prepare,
    options=AdapterOptions,
    learns=adapters_learn,
)
