"""Memory that runs out and disks that fill, said in words a user can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError

from studio.core.errors import StudioError, UnavailableError
from studio.core.option import called
from studio.core.text import Text
from studio.training import checkpoints
from studio.training.recipe import TrainRecipe

_NO_MEMORY = ("can't allocate memory", "out of memory", "not enough memory")
_NO_ROOM = ("No space left on device", "os error 28", "PytorchStreamWriter failed writing", "file write failed")


@contextmanager
def explained(run: Path, again: Text) -> Iterator[None]:
    """Turn what torch and safetensors raise when memory or disk run out into errors with a hint.

    Args:
        run: the folder that holds the checkpoints.
        again: how a user goes on from the newest of them.

    Raises:
        StudioError: there was not enough memory.
        UnavailableError: the disk is full; the checkpoint that did not fit is removed.
    """
    try:
        yield
    except (RuntimeError, OSError, MemoryError, SafetensorError) as error:
        said = str(error)
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or any(mark in said for mark in _NO_MEMORY):
            raise _no_memory() from error
        if getattr(error, "errno", None) == errno.ENOSPC or any(mark in said for mark in _NO_ROOM):
            checkpoints.sweep(run)
            raise _no_room(run, again) from error
        raise


def _no_memory() -> StudioError:
    where = "GPU" if torch.cuda.is_available() else "machine"
    zh = "显存" if torch.cuda.is_available() else "内存"
    batch, more, save, longest, method = (
        called(TrainRecipe, name) for name in ("batch_size", "accumulate", "save_memory", "max_length", "method")
    )
    return StudioError(
        Text(f"the {where} has too little memory for this training", f"{zh}不足，无法进行这次训练"),
        Text(
            f"Halve {batch.en} and double {more.en} (the result stays the same), turn on {save.en}, lower {longest.en}, "
            f"or choose QLoRA (qlora) as {method.en}.",
            f"可把{batch.zh}减半并把{more.zh}加倍（结果不变），打开{save.zh}，调低{longest.zh}，"
            f"或把{method.zh}改为 QLoRA（qlora）。",
        ),
    )


def _no_room(run: Path, again: Text) -> UnavailableError:
    return UnavailableError(
        Text("the disk is full, a checkpoint or the model could not be written", "磁盘已满，检查点或模型无法写入"),
        Text(
            f"Free some space, then {again.en}.",
            f"请腾出空间，然后{again.zh}。",
        ),
        str(run),
    )
