"""Weights of another form become bf16 safetensors, in a process of its own that ends with its memory and can be stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.errors import InputError
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.hubs.accounts import accounts

_LOOK_S = 0.2


def convert(module: str, source: Path, target: Path, report: Reporter) -> None:
    """Have a module turn a file, or the files of a folder, into safetensors in another folder.

    Args:
        module: run as `python -m MODULE SOURCE TARGET`.

    Raises:
        InputError: the weights cannot be read; says what its reader said.
        Stopped: somebody asked.
    """
    secret = {account.variable for account in accounts().values()}
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(source.absolute()), str(target.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**environment, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"},
        )
        try:
            while process.poll() is None:
                report.check_stop()
                time.sleep(_LOOK_S)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        output.seek(0)
        said = output.read().decode("utf-8", "replace").strip().splitlines()
    if process.returncode != 0:
        reason = said[-1][:300] if said else f"exit code {process.returncode}"
        raise InputError(
            Text(
                f"the weights cannot be converted to safetensors ({reason})", f"权重无法转换为 safetensors（{reason}）"
            ),
            Text(
                "Check that the file is whole, and that there is memory for it; or take the model as safetensors.",
                "请检查文件是否完整、内存是否足够；也可改用 safetensors 格式的模型。",
            ),
            str(source),
        )


def run_as_child(work: Callable[[Path, Path], None]) -> None:
    """Convert what the command line names; what goes wrong is said in one line, the last of the output."""

    def say(kind: type[BaseException], error: BaseException, _: object) -> None:
        lines = str(error).strip().splitlines()
        print(f"{kind.__name__}: {lines[0] if lines else ''}", flush=True)

    sys.excepthook = say
    work(Path(sys.argv[1]), Path(sys.argv[2]))


def index_of(folder: Path, parts: dict[str, list[str]]) -> None:
    """Write the index of several safetensors files, by the names of the tensors in each."""
    sizes = sum((folder / name).stat().st_size for name in parts)
    weights = {tensor: name for name, tensors in parts.items() for tensor in tensors}
    index = {"metadata": {"total_size": sizes}, "weight_map": weights}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
