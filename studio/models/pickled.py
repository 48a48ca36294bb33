"""Pickled weights turned into safetensors: `python -m studio.models.pickled SOURCE TARGET`, folders both.

They are read with `weights_only`, so that nothing in them runs, in a process that knows no token.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from studio.models.conversion import index_of, run_as_child


def convert(source: Path, target: Path) -> None:
    """Write each `pytorch_model*.bin` and `adapter_model*.bin` of a folder as safetensors into another."""
    target.mkdir(parents=True, exist_ok=True)
    parts: dict[str, list[str]] = {}
    for file in sorted([*source.glob("pytorch_model*.bin"), *source.glob("adapter_model*.bin")]):
        name = file.name.replace("pytorch_model", "model").replace(".bin", ".safetensors")
        weights = _apart(torch.load(file, map_location="cpu", weights_only=True, mmap=_mappable(file)))
        save_file(weights, target / name, metadata={"format": "pt"})
        parts[name] = list(weights)
    if len(parts) > 1:
        index_of(target, parts)


def _apart(loaded: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Return the tensors, each with memory of its own: safetensors knows no shared one."""
    nested = loaded.get("state_dict")
    inside = nested if isinstance(nested, dict) else loaded
    seen: set[int] = set()
    found = {}
    for name, tensor in inside.items():
        if not isinstance(tensor, torch.Tensor):
            continue
        place = tensor.untyped_storage().data_ptr()
        found[name] = tensor.clone().contiguous() if place in seen else tensor.contiguous()
        seen.add(place)
    return found


def _mappable(file: Path) -> bool:
    """Tell whether a file is of the newer form, a zip, which need not be read into memory."""
    with file.open("rb") as stream:
        return stream.read(2) == b"PK"


if __name__ == "__main__":
    run_as_child(convert)
