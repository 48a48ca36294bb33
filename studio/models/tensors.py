"""What the headers of safetensors files tell: names, types and shapes; the weights themselves stay on the disk."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.text import Text

_INDEX = "model.safetensors.index.json"
_MOST_HEADER = 100_000_000  # bytes, as the format has it
_AGAIN = Text(
    "Fetch the model again (`python -m studio models fetch ID`), or copy the file once more.",
    "请重新获取模型（`python -m studio models fetch ID`），或重新拷贝该文件。",
)


@dataclass(frozen=True)
class Tensor:
    """A tensor as its file's header describes it.

    Args:
        dtype: the format's own word: `BF16`, `F8_E4M3`, `I32`, ...
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        count = 1
        for side in self.shape:
            count *= side
        return count


def tensors(folder: Path, pattern: str = "*.safetensors") -> tuple[Tensor, ...]:
    """Return the tensors of a folder's safetensors files.

    Raises:
        InputError: a file is no safetensors or is cut short, or a part that the folder's index names is missing.
    """
    for part in _parts(folder):
        if not (folder / part).is_file():
            raise InputError(
                Text(f"a part of the weights is missing: {part}", f"权重缺少一个分片：{part}"), _AGAIN, str(folder)
            )
    files = sorted(folder.glob(pattern))
    return tuple(tensor for file in files for tensor in _of(file, file.stat().st_size, file.stat().st_mtime_ns))


def _parts(folder: Path) -> list[str]:
    named: Any = (read_json(folder / _INDEX) or {}).get("weight_map")
    return sorted(set(map(str, named.values()))) if isinstance(named, dict) else []


@lru_cache(maxsize=256)
def _of(file: Path, size: int, _mtime_ns: int) -> tuple[Tensor, ...]:
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header: Any = json.loads(stream.read(length)) if length <= min(size, _MOST_HEADER) else None
        found = tuple(
            Tensor(name, str(held["dtype"]), tuple(held["shape"]), held["data_offsets"][1] - held["data_offsets"][0])
            for name, held in header.items()
            if name != "__metadata__"
        )
    except (struct.error, ValueError, AttributeError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            Text("the file is damaged, or no safetensors", "文件已损坏，或不是 safetensors 格式"), _AGAIN, str(file)
        ) from error
    wanted = 8 + length + sum(tensor.bytes for tensor in found)
    if size < wanted:
        raise InputError(
            Text(
                f"the file is cut short: {size:,} of {wanted:,} bytes", f"文件不完整：共 {wanted:,} 字节，只有 {size:,}"
            ),
            _AGAIN,
            str(file),
        )
    return found
