"""What a training method is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Method:
    """A way to make a model learn.

    Args:
        prepare: loads the model in a folder and marks what learns in it. A PEFT model is saved as an adapter, any
            other one as a whole. Raises InputError where the folder cannot be loaded.
        autocast: whether the learning weights are float32, so that the matrices must be multiplied under autocast.
    """

    prepare: Callable[[Path, AdapterOptions], PreTrainedModel]
    autocast: bool = False
