"""Asking how a model sees a row, from a process that holds no tokenizer: another is begun for it, and kept for a while."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, BinaryIO

from studio.core.errors import StudioError, UnavailableError, error_class
from studio.core.text import Text

_PROGRAM = "studio.training.token_worker"


class TokenService:
    """One worker process, begun with the first question.

    Args:
        idle_s: seconds without a question after which the process ends.
        patience_s: seconds that an answer may take.
    """

    def __init__(self, idle_s: float = 300.0, patience_s: float = 120.0) -> None:
        self._idle_s = idle_s
        self._patience_s = patience_s
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: BinaryIO | None = None
        self._end: Callable[[], object] = _nothing

    def view(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a training sees of a row; see `TokenWorker.answer`.

        Raises:
            InputError: the tokenizer cannot be loaded, or the row is none.
            UnavailableError: the worker does not answer.
        """
        line = json.dumps(asked).encode() + b"\n"
        with self._lock:
            # one that has been idle may end as it is asked
            said = self._said(line) or self._said(line)
            if not said:
                raise self._silent()
        answer: dict[str, Any] = json.loads(said)
        if "error" in answer:
            raise _error(answer["error"])
        view: dict[str, Any] = answer["view"]
        return view

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _said(self, line: bytes) -> bytes:
        """Return the worker's answer to a line; empty where it has ended, or has been too long about it."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        timer = Timer(self._patience_s, process.kill)
        timer.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline()
        except BrokenPipeError:
            return b""
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
            self._process = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, str(self._idle_s)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                env={**os.environ, "PYTHONUTF8": "1", "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""},
            )
            self._end = weakref.finalize(self, _ended, self._process, self._log)
        return self._process

    def _silent(self) -> UnavailableError:
        last = "-"
        if self._log is not None:
            self._log.seek(0)
            last = (self._log.read().decode("utf-8", "replace").strip().splitlines() or ["-"])[-1]
        return UnavailableError(
            Text(
                f"the process that loads the tokenizer does not answer: {last}",
                f"加载分词器的进程没有响应：{last}",
            ),
            Text("Try again; if it stays so, free some memory.", "请重试；如果仍然如此，请释放一些内存。"),
        )


def _nothing() -> None:
    """End nothing: no process has begun."""


def _ended(process: subprocess.Popen[bytes], log: BinaryIO) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout, log):
        if stream is not None:
            with suppress(OSError):  # what was not written yet
                stream.close()
    process.wait()


def _error(record: Mapping[str, Any]) -> StudioError:
    """Return an error as the worker raised it."""
    message, zh = str(record["message"]), record["zh"]
    hint = Text(str(record["hint"]), str(zh["hint"])) if record["hint"] else None
    return error_class(record)(Text(message, str(zh["message"])), hint)
