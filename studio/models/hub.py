"""Hubs: Hugging Face, or the mirror that HF_ENDPOINT names, and ModelScope. Broken-off loads go on where they ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from studio.core.errors import UnavailableError
from studio.core.reporter import Reporter
from studio.core.text import Text

_HUGGINGFACE = """
import sys
from huggingface_hub import HfApi, snapshot_download
HfApi().model_info(sys.argv[1], timeout=10)  # where the hub does not answer, the next line would be content with nothing
snapshot_download(sys.argv[1], local_dir=sys.argv[2], allow_patterns=sys.argv[3:], etag_timeout=10)
"""
_MODELSCOPE = """
import sys
from modelscope import snapshot_download
snapshot_download(sys.argv[1], local_dir=sys.argv[2], allow_patterns=sys.argv[3:])
"""
# safetensors only: pickled weights can run code
_WANTED = (
    "*.json",
    "*.safetensors",
    "*.model",
    "*.txt",
    "*.jinja",
    "*.md",
    "1_Pooling/*",
    "2_*/*",
    "sparse_linear.pt",
    "colbert_linear.pt",
)
_SOURCES = {"huggingface": _HUGGINGFACE, "modelscope": _MODELSCOPE}


def download(id: str, source: Literal["auto", "huggingface", "modelscope"], folder: Path, report: Reporter) -> str:
    """Load a model's files into a folder and return the hub they came from.

    Each hub's own client does it, in a process that can be ended at any moment; both keep finished parts.

    Raises:
        UnavailableError: none of the hubs gave it; says what each answered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = list(_SOURCES) if source == "auto" else [source]
    answers = []
    for name in names:
        report.stage("download", Text(f"Fetching {id} from {_label(name)}", f"正在从 {_label(name)} 获取 {id}"))
        problem = _load(_SOURCES[name], id, folder, report)
        if not problem:
            return name
        answers.append(f"{_label(name)}: {problem}")
    tried = "; ".join(answers)
    raise UnavailableError(
        Text(f"{id} could not be fetched ({tried})", f"{id} 获取失败（{tried}）"),
        Text(
            "Check the id and the network. In mainland China set HF_ENDPOINT to a mirror or choose ModelScope; on a "
            "machine without a hub, copy a model folder into models/.",
            "请检查 ID 和网络。在中国大陆可把 HF_ENDPOINT 设为镜像，或选择 ModelScope；"
            "连不上任何 Hub 的机器，可以把模型文件夹直接拷到 models/ 下。",
        ),
    )


def _load(program: str, id: str, folder: Path, report: Reporter) -> str:
    """Run a hub's client; return an empty text when it did its work, else the reason in one line."""
    log = folder.parent / f"{folder.name}.log"
    environment = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", program, id, str(folder), *_WANTED],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        try:
            while process.poll() is None:
                report.check_stop()
                report.progress(_megabytes(folder), 0, "MB")
                time.sleep(0.5)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    log.unlink()
    if process.returncode == 0:
        return ""
    return (lines[-1].rpartition("errors.")[2] if lines else f"exit code {process.returncode}")[:120]


def _label(name: str) -> str:
    if name == "huggingface":
        return os.environ.get("HF_ENDPOINT") or "Hugging Face"
    return "ModelScope"


def _megabytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1_000_000
