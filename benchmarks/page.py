"""How soon the page answers and how much memory it keeps, beside a bare Gradio page: `python -m benchmarks.page`."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from studio.core.workspace import REPOSITORY

ROUNDS = 5
# What Gradio's own documentation begins with, telemetry off.
_HELLO = (
    "import os, sys; os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'\n"
    "import gradio as gr\n"
    "gr.Interface(lambda name: 'Hello ' + name, 'text', 'text').launch(server_port=int(sys.argv[1]), quiet=True)\n"
)


@dataclass(frozen=True)
class Start:
    """One start of a page: seconds until its first answer to `GET /`, and resident memory then, in MB."""

    seconds: float
    megabytes: float


def alone() -> dict[str, float]:
    """Return how fast the page starts, for `benchmarks.turns`."""
    with tempfile.TemporaryDirectory() as workspace:
        start = started([sys.executable, "app.py", "--workspace", workspace, "--port"])
    return {"starts/s": 1 / start.seconds, "starts in 1 GB": 1024 / start.megabytes}


def main() -> int:
    """Start both pages in turn, and print the medians and their ratios."""
    studio, hello = [], []
    with tempfile.TemporaryDirectory() as workspace:
        for _ in range(ROUNDS):
            studio.append(started([sys.executable, "app.py", "--workspace", workspace, "--port"]))
            hello.append(started([sys.executable, "-c", _HELLO]))
    ours, bare = median(studio), median(hello)
    print(f"page: first answer {ours.seconds:.2f} s, {ours.megabytes:.0f} MB (limits: 3 s, 400 MB)")
    print(f"bare Gradio hello-world: first answer {bare.seconds:.2f} s, {bare.megabytes:.0f} MB")
    print(f"page/start: bare Gradio's seconds over ours: {bare.seconds / ours.seconds:.2f}x")
    print(f"page/memory: bare Gradio's MB over ours: {bare.megabytes / ours.megabytes:.2f}x")
    return 0


def started(command: Sequence[str]) -> Start:
    """Start a page on a free port, wait for its first answer, end it."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen([*command, str(port)], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        await_answer(process, port)
        seconds = time.perf_counter() - began
        return Start(seconds, psutil.Process(process.pid).memory_info().rss / 2**20)
    finally:
        process.kill()
        process.wait()


def await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the first whole answer to `GET /`. Raises SystemExit where the process ends before."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                answer.read()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise SystemExit(f"the page ended with code {process.returncode}")


def median(starts: Sequence[Start]) -> Start:
    """Return the median of the seconds and of the memory."""
    return Start(
        statistics.median(start.seconds for start in starts), statistics.median(start.megabytes for start in starts)
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
