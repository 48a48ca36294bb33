"""What a training method is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.training.recipe import TrainRecipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Method = Callable[[Path, TrainRecipe], "PreTrainedModel"]
"""Loads the model in a folder and marks what learns in it, in float32; the rest may be of any type, since the trainer
multiplies under autocast. A PEFT model is saved as an adapter, any other one as a whole. Raises InputError where the
folder cannot be loaded."""
