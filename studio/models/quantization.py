"""How a model's weights are packed, as its configuration says, and what loading them takes."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.text import Text


@dataclass(frozen=True)
class Scheme:
    """A way of packing weights.

    Args:
        title: what the field calls it.
        packages: the modules that load it.
        install: what brings them, as a command.
        trains: whether adapters can learn over such weights.
        merges: whether an adapter can be merged into them.
    """

    title: str
    packages: tuple[str, ...] = ()
    install: str = ""
    trains: bool = False
    merges: bool = False

    def missing(self) -> list[str]:
        """Return the modules that are wanted and not installed here."""
        return [name for name in self.packages if importlib.util.find_spec(name) is None]


_GPTQ = "pip install --no-build-isolation -r requirements-gptq.txt"
SCHEMES: Mapping[str, Scheme] = {
    "gptq": Scheme("GPTQ", ("gptqmodel", "optimum"), _GPTQ, trains=True),
    "awq": Scheme("AWQ", ("gptqmodel", "optimum"), _GPTQ, trains=True),
    "bitsandbytes": Scheme("bitsandbytes", ("bitsandbytes",), "pip install bitsandbytes", trains=True, merges=True),
    "fp8": Scheme("FP8"),
    "fbgemm_fp8": Scheme("FP8 (FBGEMM)", ("fbgemm_gpu",), "pip install fbgemm-gpu"),
    "compressed-tensors": Scheme("compressed-tensors", ("compressed_tensors",), "pip install compressed-tensors"),
}
"""By the word of `quantization_config.quant_method`; others are known by that word alone."""


@dataclass(frozen=True)
class Quantization:
    """How one model's weights are packed.

    Args:
        method: the word of its configuration: `gptq`, `awq`, `fp8`, `bitsandbytes`, ...
        bits: of a weight.
    """

    method: str
    bits: int

    @property
    def scheme(self) -> Scheme:
        return SCHEMES.get(self.method) or Scheme(self.method)

    @property
    def words(self) -> Text:
        """What a user calls it: `GPTQ, 4 bits`."""
        return Text(f"{self.scheme.title}, {self.bits} bits", f"{self.scheme.title}（{self.bits} 位）")

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Quantization | None:
        """Return what a model's `config.json` says, None where its weights are as they are."""
        held = config.get("quantization_config")
        if not isinstance(held, Mapping):
            return None
        method = str(held.get("quant_method") or "bitsandbytes")  # which alone writes flags instead, in older files
        return cls(method, _bits(held))


def _bits(held: Mapping[str, Any]) -> int:
    if isinstance(held.get("bits"), int):
        return int(held["bits"])
    if held.get("load_in_4bit") or held.get("_load_in_4bit"):
        return 4
    groups = held.get("config_groups")
    for group in groups.values() if isinstance(groups, Mapping) else ():
        weights = group.get("weights") if isinstance(group, Mapping) else None
        if isinstance(weights, Mapping) and isinstance(weights.get("num_bits"), int):
            return int(weights["num_bits"])
    return 8
