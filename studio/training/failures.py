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
from studio.training.methods.base import AdapterOptions
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
        UnavailableError: the disk is full; the checkpoint that did not fit is removed, and the one before it stays.
    """
    try:
        yield
    except (RuntimeError, OSError, MemoryError, SafetensorError) as error:
        if is_memory(error):
            raise no_memory() from error
        if getattr(error, "errno", None) == errno.ENOSPC or any(mark in str(error) for mark in _NO_ROOM):
            checkpoints.sweep(run)
            raise _no_room(run, again) from error
        raise


def is_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(mark in str(error) for mark in _NO_MEMORY)


def no_memory() -> StudioError:
    """Return what is said where neither the model nor a single row fits: batches have been cut to rows by then."""
    where = "GPU" if torch.cuda.is_available() else "machine"
    zh = "显存" if torch.cuda.is_available() else "内存"
    save, longest, method = (called(TrainRecipe, name) for name in ("save_memory", "max_length", "method"))
    rank = called(AdapterOptions, "rank")
    return StudioError(
        Text(
            f"the {where} has too little memory for this training, even with one row at a time",
            f"{zh}不足，即使每次只计算一行也无法进行这次训练",
        ),
        Text(
            f"Turn on {save.en}, lower {longest.en} or {rank.en}, choose QLoRA (qlora) as {method.en}, or a smaller model.",
            f"可打开{save.zh}，调低{longest.zh}或{rank.zh}，把{method.zh}改为 QLoRA（qlora），或换用更小的模型。",
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
