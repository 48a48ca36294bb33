"""What a training method is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from transformers import PreTrainedModel


class AdapterOptions(Protocol):
    """The size of the adapters, where a method trains adapters."""

    @property
    def rank(self) -> int: ...
    @property
    def alpha(self) -> int: ...
    @property
    def dropout(self) -> float: ...


Method = Callable[[Path, AdapterOptions], PreTrainedModel]
"""Loads the model in a folder and marks what learns in it, in float32; the rest may be of any type, since the trainer
multiplies under autocast. A PEFT model is saved as an adapter, any other one as a whole. Raises InputError where the
folder cannot be loaded."""
