"""One run's directory: the names of its files, and what can be read off them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from studio.core import yamlfile
from studio.core.errors import InputError
from studio.core.files import read_json, read_text, write_atomic, write_json
from studio.core.text import Text
from studio.runs.process import Process

Status = Literal["queued", "running", "finished", "failed", "stopped", "crashed"]
_ID = re.compile(r"^(\d{8}-\d{6})-([a-z]+)-([\w.-]+)$")
_START_S = 60.0


@dataclass(frozen=True)
class Run:
    """A run directory. Nothing is kept in memory: every property reads the files as they are now."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def kind(self) -> str:
        match = _ID.match(self.id)
        return match.group(2) if match else ""

    @property
    def created(self) -> str:
        """Creation time as `2026-11-20T10:15:00`, local time, from the id."""
        stamp = time.strptime(self.id[:15], "%Y%m%d-%H%M%S")
        return time.strftime("%Y-%m-%dT%H:%M:%S", stamp)

    @property
    def name(self) -> str:
        """The name the recipe gives it."""
        return str(self.recipe_values().get("name", ""))

    @property
    def recipe_file(self) -> Path:
        return self.path / "recipe.yaml"

    @property
    def inputs_file(self) -> Path:
        return self.path / "inputs.json"

    @property
    def process_file(self) -> Path:
        return self.path / "process.json"

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def stop_file(self) -> Path:
        return self.path / "stop"

    @property
    def result_file(self) -> Path:
        return self.path / "result.json"

    def recipe_values(self) -> dict[str, Any]:
        """Return the recipe's plain values; empty where a foreign folder has none."""
        try:
            values, _ = yamlfile.parse(read_text(self.recipe_file)[0], str(self.recipe_file))
        except InputError:
            return {}
        return values if isinstance(values, dict) else {}

    def result(self) -> dict[str, Any] | None:
        """Return what the run ended with, or None while it has not."""
        return read_json(self.result_file)

    def inputs(self) -> dict[str, Any]:
        """Return the pinned references, package versions, revision and seed."""
        return read_json(self.inputs_file) or {}

    def process(self) -> Process | None:
        return Process.load(self.process_file)

    def status(self) -> Status:
        """Derive the status from the files and the process table; it is stored nowhere.

        A run whose worker never came up counts as crashed after a minute.
        """
        result = self.result()
        if result is not None:
            return _known(result.get("status"))
        process = self.process()
        if process is None:
            try:
                age = time.time() - self.path.stat().st_mtime
            except FileNotFoundError:
                return "crashed"
            return "queued" if age < _START_S else "crashed"
        if process.alive():
            return "running"
        result = self.result()  # it may have ended between the two looks
        return "crashed" if result is None else _known(result.get("status"))

    def active(self) -> bool:
        """Tell whether the run is queued or running."""
        return self.status() in ("queued", "running")

    def stop_asked(self) -> bool:
        return self.stop_file.exists()

    def ask_stop(self) -> None:
        """Ask the worker to stop; it sees the file at its next safe point."""
        write_atomic(self.stop_file, "")

    def output(self, name: str) -> Path | None:
        """Return the path of a named output of a finished run."""
        result = self.result()
        outputs = result.get("outputs", {}) if result else {}
        return self.path / str(outputs[name]) if name in outputs else None

    def write_result(self, status: Status, **fields: Any) -> None:
        """Write how the run ended, at once and whole."""
        write_json(self.result_file, {"status": status, "ended": round(time.time(), 3), **fields})


def is_run_id(text: str) -> bool:
    return _ID.match(text) is not None


def _known(value: object) -> Status:
    match value:
        case "finished" | "failed" | "stopped" | "crashed":
            return value
        case _:
            raise InputError(
                Text(f"a result.json holds no known status: {value!r}", f"result.json 里的状态不认识：{value!r}")
            )
