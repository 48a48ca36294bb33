"""What an embedding model is to this house, and how one is recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.text import Text
from studio.knowledge.chunkers._chunker import Span

Vectors = NDArray[np.float32]
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


class Embedder(Protocol):
    """A loaded embedding model. Not safe to share between threads: callers take turns."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text it reads, in tokens, its own special ones not counted; what is longer is cut off."""

    @property
    def batch_size(self) -> int:
        """Texts it takes at once."""

    @property
    def reads_han(self) -> bool:
        """Whether its vocabulary holds Chinese; an English model sees only unknown tokens there."""

    def offsets(self, text: str) -> list[Span]:
        """Return each token's (start, end) in the text, in order."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one normalised vector a text: float32, shape (texts, dimension)."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The same for queries, with the instruction that the model wants before them."""


@dataclass(frozen=True)
class Family:
    """A family of embedding models.

    Args:
        fits: how surely a folder is of this family; 0 is not at all. The surest family loads it.
        load: loads a folder; imports what is heavy itself.
    """

    fits: Callable[[Path], int]
    load: Callable[[Path], Embedder]


def require_safetensors(folder: Path) -> None:
    """Raise InputError unless the folder's weights are safetensors: pickled ones can run code when opened."""
    if any(folder.glob("*.safetensors")):
        return
    pickled = sorted(item.name for pattern in PICKLES for item in folder.glob(pattern))
    if pickled:
        raise InputError(
            Text(
                f"the weights are pickled ({pickled[0]}), which can run code when opened; accepted: safetensors",
                f"权重是 pickle 格式（{pickled[0]}），打开时可能执行任意代码；只接受 safetensors",
            ),
            Text(
                "Fetch a revision of the model that holds model.safetensors.",
                "请获取带有 model.safetensors 的版本。",
            ),
            str(folder),
        )
    raise InputError(
        Text("the model folder holds no weights (model.safetensors)", "模型文件夹里没有权重（model.safetensors）"),
        Text("Fetch the model again; the download may have broken off.", "请重新获取模型，可能下载中断了。"),
        str(folder),
    )
