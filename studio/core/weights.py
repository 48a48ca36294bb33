"""The weights of a model's folder, and the device they go to."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import require_file
from studio.core.text import Text

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_MISSING = Text("the model folder holds no weights (*.safetensors)", "模型文件夹里没有权重（*.safetensors）")
_MEND = Text(
    "Fetch it again on Home (or with `python -m studio models fetch ID`), in a revision that holds *.safetensors.",
    "请在首页重新获取（或运行 `python -m studio models fetch ID`），并选择带有 *.safetensors 的版本。",
)


def require_safetensors(folder: Path, pattern: str = "*.safetensors") -> None:
    """Raise InputError unless a folder holds weights as whole safetensors: pickled ones can run code when opened."""
    weights = sorted(folder.glob(pattern))
    if not weights:
        pickled = sorted(item.name for item in folder.iterdir() if item.suffix in _PICKLES)
        raise InputError(_pickled(pickled[0]) if pickled else _MISSING, _MEND, str(folder))
    for file in weights:
        require_file(file)


def device(mps: bool = False) -> str:
    """Return where to compute: `cuda` where there is such a card, `mps` on Apple's where that is offered, else `cpu`."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if mps and torch.backends.mps.is_available() else "cpu"


def _pickled(name: str) -> Text:
    return Text(
        f"the weights are pickled ({name}), which can run code when opened; accepted: safetensors",
        f"权重是 pickle 格式（{name}），打开时可能执行任意代码；只接受 safetensors",
    )
