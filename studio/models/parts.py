"""Which of a repository's files make a model, and in what form its weights come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

from studio.core.errors import InputError
from studio.core.text import Text
from studio.hubs.base import HubFile

_BESIDE = ("*.json", "*.model", "*.txt", "*.jinja", "*.tiktoken", "*.md", "LICENSE*", "NOTICE*")
_MODULE = re.compile(r"\d_\w+")  # sentence-transformers' folders
_PICKLED = ("pytorch_model*.bin", "adapter_model*.bin")
_OTHER_FORMS = ("consolidated*", "*.index.json")  # the same weights once more, and what lists the parts of one form
_SHOWN = 8


@dataclass(frozen=True)
class ModelParts:
    """What is loaded of a repository.

    Args:
        files: all of it.
        pickled: whether the weights come as pickles, which are converted.
        extra: bytes that are taken beside them while it is made ready.
    """

    files: tuple[HubFile, ...]
    pickled: bool = False
    extra: int = 0

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files)


def parts_of(id: str, files: Sequence[HubFile]) -> ModelParts:
    """Return the files of a model: what describes it, and its weights as safetensors, or as pickles where it has no others.

    Raises:
        InputError: it has neither; says what it has.
    """
    ours = [file for file in files if _is_beside(file.path)]
    safe = [file for file in files if _weights(file.path, ("*.safetensors",))]
    pickled = [file for file in files if _weights(file.path, _PICKLED)]
    top = [file for file in safe if "/" not in file.path]
    if top:
        named = [file for file in safe if not fnmatch(file.path, "consolidated*")]
        chosen = named if any("/" not in file.path for file in named) else safe
        index = [file for file in files if fnmatch(file.path, "*.safetensors.index.json")]
        return ModelParts((*ours, *index, *chosen))
    if pickled:
        return ModelParts((*ours, *pickled), True, sum(file.size for file in pickled))
    raise _no_weights(id, files)


def _weights(path: str, patterns: Sequence[str]) -> bool:
    place = PurePosixPath(path)
    inside = len(place.parts) == 1 or (len(place.parts) == 2 and _MODULE.fullmatch(place.parts[0]) is not None)
    return inside and any(fnmatch(place.name, pattern) for pattern in patterns)


def _is_beside(path: str) -> bool:
    return _weights(path, _BESIDE) and not any(fnmatch(path, pattern) for pattern in _OTHER_FORMS)


def _no_weights(id: str, files: Sequence[HubFile]) -> InputError:
    listed = [file.path for file in files if file.path.endswith(".gguf")]
    if listed:
        named = ", ".join(listed[:_SHOWN])
        return InputError(
            Text(
                f"{id} holds GGUF files alone; say which: {named}",
                f"{id} 只有 GGUF 文件，请指明用哪一个：{named}",
            ),
            Text(
                f"For example {id}:{PurePosixPath(listed[0]).name}; or take the repository that it was made from.",
                f"例如 {id}:{PurePosixPath(listed[0]).name}；也可改用它的原始仓库。",
            ),
        )
    there = ", ".join(sorted({PurePosixPath(file.path).suffix or file.path for file in files})[:_SHOWN]) or "-"
    return InputError(
        Text(
            f"{id} holds no weights that are read here; accepted: *.safetensors, pytorch_model*.bin, *.gguf; it has: {there}",
            f"{id} 里没有可读取的权重；接受 *.safetensors、pytorch_model*.bin、*.gguf；其中有：{there}",
        ),
        Text("Take the repository of the original model, or another format of it.", "请改用原始模型的仓库或其他格式。"),
    )
