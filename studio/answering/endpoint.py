"""The endpoint that other programs use, as a subprocess of an evaluation: what its api and rag modes ask."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.errors import UnavailableError
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs import control
from studio.runs.process import Process
from studio.runs.store import RunStore

_SAYS = "endpoint: "
_START_S = 120.0
_IDLE_MINUTES = 2
_ENDPOINT_END_S = 3.0
_POLL_S = 0.2
_MARK = "STUDIO_EVALUATION"  # tells an engine that an evaluation's endpoint started from anybody else's


@dataclass(frozen=True)
class Endpoint:
    """Where it is: a URL that ends in `/v1`, and a key that only this process's endpoint knows."""

    url: str
    key: str


@contextmanager
def endpoint(workspace: Workspace, mark: str, log: Path, concurrency: int, report: Reporter) -> Iterator[Endpoint]:
    """Run an endpoint for the length of the block; it and the engines it started end with the block.

    Should this process be killed, the endpoint sees that its parent is gone and ends, and the engines end when idle.

    Args:
        workspace: whose models and knowledge bases it serves.
        mark: tells the engines that it starts from anybody else's; the same whenever an evaluation goes on.
        log: the file that it writes its output to.
        concurrency: requests that it takes at once, at least.
        report: asks to stop while it comes up.

    Raises:
        UnavailableError: it did not come up; with what it said last.
    """
    key = secrets.token_urlsafe(32)
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "STUDIO_WORKSPACE": str(workspace.root),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")])),
        _MARK: mark,
        "STUDIO_ENDPOINT_TOKEN": key,
        "STUDIO_IDLE_MINUTES": str(_IDLE_MINUTES),
        "STUDIO_MAX_REQUESTS": str(max(64, concurrency)),
    }
    command = [sys.executable, "-m", "studio", "endpoint", "--port", "0", "--parent", str(os.getpid())]
    with log.open("wb") as output:  # a file, not a pipe: nobody has to drain it
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Endpoint(_wait(log, process, report), key)
    finally:
        _end(workspace, mark, process, report)


def _wait(log: Path, process: subprocess.Popen[bytes], report: Reporter) -> str:
    deadline = time.monotonic() + _START_S
    while True:
        said = log.read_text(encoding="utf-8", errors="replace")
        url = next((line.removeprefix(_SAYS) for line in said.splitlines(keepends=True) if line.startswith(_SAYS)), "")
        if url.endswith("\n"):
            return url.strip()
        if process.poll() is not None or time.monotonic() > deadline:
            last = said.strip().splitlines()[-1:] or ["-"]
            raise UnavailableError(
                Text(f"the HTTP endpoint did not come up: {last[0]}", f"HTTP 接口没有启动：{last[0]}"),
                Text(f"Its output is in {log}.", f"它的输出在 {log}。"),
            )
        report.check_stop()
        time.sleep(0.1)


def _end(workspace: Workspace, mark: str, process: subprocess.Popen[bytes], report: Reporter) -> None:
    """End the endpoint, then the engines this evaluation's endpoints started: it would start anew what it finds gone.

    An engine that an endpoint of this very evaluation left behind when it was killed is one of them.
    """
    process.terminate()
    try:
        process.wait(_ENDPOINT_END_S)
    except subprocess.TimeoutExpired:  # it waits for an engine that comes up
        process.kill()
        process.wait()
    engines = []
    for run in RunStore(workspace).active("serve"):
        worker = run.process()
        if worker is not None and _started_by(worker, mark):
            run.ask_stop()
            engines.append(run)
    # One that still loads its model ends once it has. Whoever waits for this run waits for the memory it holds.
    while not control.wait(engines, _POLL_S):
        if report.leaving():
            return


def _started_by(worker: Process, mark: str) -> bool:
    try:
        return psutil.Process(worker.pid).environ().get(_MARK) == mark
    except psutil.Error:
        return False  # gone meanwhile, or another user's
