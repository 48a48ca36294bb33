"""What a model folder is and can do: one record, read from its small files and the headers of its weights.

Nothing is loaded, so that the page may ask as well; training, serving, evaluation and the listing of models read the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.modelcard import ADAPTER_CONFIG, is_adapter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models.conversation_template import Thinking, end_of_turn, takes_system, thinking
from studio.models.folder import base_of
from studio.models.quantization import Quantization
from studio.models.tensors import Tensor, tensors
from studio.models.tokenizer_files import TokenizerFiles, tokenizer_files

_CONTEXT = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length", "n_ctx")
_ANSWERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_NO_LAYER = ("embed", "wte", "wpe", "lm_head", "norm")
# what packed weights are kept with: scales, zero points, maps
_AIDS = ("scales", "qzeros", "g_idx", "SCB", "weight_format", "weight_scale", "weight_scale_inv", "weight_shape")
_PACKED = ("qweight", "weight_packed")
_DTYPES = {
    **{"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "F8_E4M3": "float8", "F8_E5M2": "float8"},
    **{"I8": "int8", "U8": "uint8", "I16": "int16", "I32": "int32", "I64": "int64"},
}  # fmt: skip


@dataclass(frozen=True)
class AdapterFacts:
    """What an adapter's own file says.

    Args:
        base: the model it is over, as the file calls it.
        targets: the layers it sits on, by the ends of their names.
        sides: of each layer that it sits on, by its name in the base: how many numbers go in and come out.
    """

    base: str
    rank: int
    alpha: int
    targets: tuple[str, ...]
    sides: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class ModelFacts:
    """What a model folder is and can do.

    Args:
        architecture: the class that its configuration names; empty of an adapter by itself.
        family: `model_type` of its configuration: `qwen2`, `llama`, ...
        parameters: how many weights it has, however they are packed; of an adapter by itself, the adapter's.
        bytes: of its weights on the disk.
        dtype: the number format of most of them: `bfloat16`, ...
        quantization: how they are packed; None where they are as they are.
        context: the tokens that it was made for; None where its configuration does not say.
        vocabulary: how many tokens it knows.
        layers: how many it has.
        hidden: numbers of a token between layers.
        heads: of its attention.
        kernels: the ways in which transformers may compute its attention.
        layers_by_name: the linear layers that adapters can sit on: numbers in and out of each, by its name.
        generation_ends: the ids at which its generation settings end an answer.
        tokenizer: what its tokenizer's files say.
        adapter: what it is over, if it is an adapter.
    """

    architecture: str
    family: str
    parameters: int
    bytes: int
    dtype: str
    quantization: Quantization | None
    context: int | None
    vocabulary: int | None
    layers: int
    hidden: int
    heads: int
    kernels: tuple[str, ...]
    layers_by_name: Mapping[str, tuple[int, int]]
    generation_ends: tuple[int, ...]
    tokenizer: TokenizerFiles
    adapter: AdapterFacts | None = None

    @property
    def template(self) -> str:
        """The chat template; empty for a base model, which has none."""
        return self.tokenizer.template

    @property
    def answers(self) -> bool:
        """Whether it is a model that continues a text; one that does not say what it is counts as such."""
        return not self.architecture or self.architecture.endswith(_ANSWERS)

    @cached_property
    def end(self) -> str:
        """The control token that its template writes behind an answer; empty where it writes none."""
        return end_of_turn(self.template, self.tokenizer.names, self.tokenizer.controls) if self.template else ""

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The ids that end an answer: the template's end of turn, those of its settings, its tokenizer's."""
        controls, names = self.tokenizer.controls, self.tokenizer.names
        named = (controls.get(text) for text in (self.end, names.get("eos_token", "")))
        template, tokenizer = named
        return tuple(dict.fromkeys(id for id in (template, *self.generation_ends, tokenizer) if id is not None))

    @cached_property
    def thinks(self) -> Thinking:
        """Whether it thinks before it answers."""
        return thinking(self.template, self.tokenizer.names) if self.template else "never"

    @cached_property
    def takes_system(self) -> bool:
        """Whether its template shows it a system prompt."""
        return bool(self.template) and takes_system(self.template, self.tokenizer.names)

    @property
    def targets(self) -> tuple[str, ...]:
        """The linear layers that adapters can sit on, by the ends of their names: `q_proj`, ..."""
        return tuple(dict.fromkeys(name.rpartition(".")[2] for name in self.layers_by_name))

    def adapter_parameters(self, rank: int) -> int:
        """Return how many weights adapters of a rank on all of them have."""
        return rank * sum(sum(sides) for sides in self.layers_by_name.values())


def facts_of(folder: Path) -> ModelFacts:
    """Return the facts of one folder by itself: a whole model, or an adapter without its base.

    Raises:
        InputError: its configuration cannot be read, or its weights are damaged.
    """
    told = sorted(
        (file.name, state.st_size, state.st_mtime_ns)
        for file in folder.iterdir()
        if file.suffix in (".json", ".jinja", ".safetensors") and (state := file.stat())
    )
    return _read(folder, tuple(told))


def whole_facts(workspace: Workspace, folder: Path) -> ModelFacts:
    """Return the facts of what a model's name stands for: of an adapter, its base's with the adapter over it.

    Raises:
        InputError: as `facts_of`, or the adapter's base is not here.
    """
    own = facts_of(folder)
    if own.adapter is None:
        return own
    base = facts_of(base_of(workspace, folder).path)
    tokenizer = own.tokenizer if own.tokenizer.present else base.tokenizer
    ends = own.generation_ends or base.generation_ends
    return replace(base, tokenizer=tokenizer, generation_ends=ends, adapter=own.adapter)


@lru_cache(maxsize=128)
def _read(folder: Path, _told: tuple[tuple[str, int, int], ...]) -> ModelFacts:
    adapter = is_adapter(folder)
    config: Mapping[str, Any] = read_json(folder / "config.json") or {}
    if not config and not adapter:
        raise InputError(
            Text("config.json is missing or no JSON object", "缺少 config.json，或其内容不是 JSON 对象"),
            Text("Fetch the model again, or copy its folder once more.", "请重新获取模型，或重新拷贝模型文件夹。"),
            str(folder),
        )
    text: Mapping[str, Any] = config["text_config"] if isinstance(config.get("text_config"), Mapping) else config
    quantization = Quantization.of(config) or Quantization.of(text)
    found = tensors(folder, "adapter_model*.safetensors" if adapter else "*.safetensors")
    weights = [tensor for tensor in found if not _is_aid(tensor.name)]
    layers = {} if adapter else _linear(weights, quantization)
    named: list[Any] = [*(config.get("architectures") or ()), ""]
    return ModelFacts(
        architecture=str(named[0]),
        family=str(config.get("model_type", "")),
        parameters=sum(_numbers(tensor, quantization) for tensor in weights),
        bytes=sum(tensor.bytes for tensor in found),
        dtype=_usual(weights),
        quantization=quantization,
        context=next((int(text[key]) for key in _CONTEXT if isinstance(text.get(key), int)), None),
        vocabulary=_number(text, "vocab_size") or None,
        layers=_number(text, "num_hidden_layers", "n_layer"),
        hidden=_number(text, "hidden_size", "n_embd"),
        heads=_number(text, "num_attention_heads", "n_head"),
        kernels=("eager",) if text.get("attn_logit_softcapping") else ("eager", "sdpa"),
        layers_by_name=layers,
        generation_ends=_ends(folder, text),
        tokenizer=tokenizer_files(folder),
        adapter=_adapter(read_json(folder / ADAPTER_CONFIG) or {}, found) if adapter else None,
    )


def _number(values: Mapping[str, Any], *keys: str) -> int:
    return next((int(values[key]) for key in keys if isinstance(values.get(key), int)), 0)


def _ends(folder: Path, config: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the ids at which generation ends, as transformers reads them: its own file counts, where there is one."""
    generation = read_json(folder / "generation_config.json")
    named = (config if generation is None else generation).get("eos_token_id")
    ids: list[Any] = named if isinstance(named, list) else [named]
    return tuple(id for id in ids if isinstance(id, int))


def _is_aid(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last in _AIDS or ".quant_state." in name or last.endswith(("absmax", "quant_map"))


def _numbers(tensor: Tensor, quantization: Quantization | None) -> int:
    """Return how many weights a tensor holds: packed ones several in each of its numbers."""
    if quantization is None:
        return tensor.size
    if tensor.name.endswith(_PACKED):
        return tensor.size * 32 // quantization.bits
    packed = tensor.dtype == "U8" and quantization.bits == 4  # bitsandbytes
    return 2 * tensor.size if packed else tensor.size


def _usual(weights: Iterable[Tensor]) -> str:
    held: Counter[str] = Counter()
    for tensor in weights:
        held[tensor.dtype] += tensor.bytes
    return next((_DTYPES.get(word, word.lower()) for word, _ in held.most_common(1)), "")


def _linear(weights: Iterable[Tensor], quantization: Quantization | None) -> dict[str, tuple[int, int]]:
    """Return the linear layers by name, each with the numbers that go in and come out; none of packed ones that do not say."""
    found = {}
    for tensor in weights:
        layer, _, last = tensor.name.rpartition(".")
        if last not in ("weight", *_PACKED) or len(tensor.shape) != 2 or any(word in layer for word in _NO_LAYER):
            continue
        out, into = tensor.shape
        if quantization is not None and last in _PACKED:
            # GPTQ packs along what goes in, AWQ along what comes out; both lie the other way round
            if quantization.method == "gptq":
                into, out = tensor.shape[0] * 32 // quantization.bits, tensor.shape[1]
            elif quantization.method == "awq":
                into, out = tensor.shape[0], tensor.shape[1] * 32 // quantization.bits
            else:
                into = into * 32 // quantization.bits
        elif quantization is not None and tensor.dtype == "U8":
            continue
        found[layer] = (into, out)
    return found


def _adapter(config: Mapping[str, Any], found: Iterable[Tensor]) -> AdapterFacts:
    named = config.get("target_modules")
    layers: list[Any] = named if isinstance(named, list) else [named or ""]
    into, out = {}, {}
    for tensor in found:
        layer, _, kind = tensor.name.removeprefix("base_model.model.").removesuffix(".weight").rpartition(".")
        if kind == "lora_A":
            into[layer] = tensor.shape[-1]
        elif kind == "lora_B":
            out[layer] = tensor.shape[0]
    sides = {layer: (into[layer], out[layer]) for layer in into if layer in out}
    base = str(config.get("base_model_name_or_path", ""))
    targets = dict.fromkeys(sorted(str(layer).rpartition(".")[2] for layer in layers))
    return AdapterFacts(base, _number(config, "r"), _number(config, "lora_alpha"), tuple(targets), sides)
