"""One run's directory: the names of its files, and what can be read off them."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, cast

from studio.core import yamlfile
from studio.core.errors import InputError
from studio.core.files import read_json, read_text, write_json
from studio.core.text import Text
from studio.runs.events import read_events
from studio.runs.process import Process
from studio.runs.ticket import Ticket

Status = Literal["queued", "running", "finished", "failed", "stopped", "crashed"]
STATUSES: dict[Status, Text] = {
    "queued": Text("queued", "排队中"),
    "running": Text("running", "运行中"),
    "finished": Text("finished", "已完成"),
    "failed": Text("failed", "失败"),
    "stopped": Text("stopped", "已停止"),
    "crashed": Text("crashed", "异常退出"),
}
_ID = re.compile(r"^(\d{8}-\d{6})-([a-z]+)-([\w.-]+)$")
STAMP = "%Y%m%d-%H%M%S"
_ENDS: tuple[Status, ...] = ("finished", "failed", "stopped", "crashed")


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

    def ticket(self) -> Ticket:
        """Return the run's place in order; of one that an older studio made, the local time in its name alone."""
        return Ticket.load(self.path) or Ticket(0, time.mktime(time.strptime(self.id[:15], STAMP)))

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

    @property
    def server_file(self) -> Path:
        """Where a serve run answers, while it does."""
        return self.path / "server.json"

    @property
    def reserve_file(self) -> Path:
        """Room that a worker holds for the result, on a disk that fills meanwhile."""
        return self.path / ".reserve"

    def recipe_values(self) -> dict[str, Any]:
        """Return the recipe's plain values; empty where a foreign folder has none."""
        try:
            values, _ = yamlfile.parse(read_text(self.recipe_file)[0], str(self.recipe_file))
        except InputError:
            return {}
        return values if isinstance(values, dict) else {}

    def result(self) -> dict[str, Any] | None:
        """Return what the run ended with, or None while it has not; in its shape even where somebody wrote in it."""
        result = read_json(self.result_file)
        if result is None:
            return None
        status, error = result.get("status"), result.get("error")
        return {
            **result,
            "status": status if status in _ENDS else "crashed",
            "metrics": _those(result.get("metrics"), int | float),
            "outputs": _those(result.get("outputs"), str),
            "sha256": _those(result.get("sha256"), str),
            "error": error if isinstance(error, dict) else None,
        }

    def inputs(self) -> dict[str, Any]:
        """Return the pinned references, package versions, revision, the user who made the run, and the seed."""
        return read_json(self.inputs_file) or {}

    def process(self) -> Process | None:
        return Process.load(self.process_file)

    def status(self) -> Status:
        """Derive the status from the files and the process table; it is stored nowhere.

        Whoever starts a worker writes down its process at once: a run without one waits for somebody to start it.
        """
        result = self.result()
        if result is not None:
            return cast(Status, result["status"])
        process = self.process()
        if process is None:
            return "queued" if self.recipe_file.exists() else "crashed"
        if process.alive():
            return "running"
        result = self.result()  # it may have ended between the two looks
        return "crashed" if result is None else cast(Status, result["status"])

    def active(self) -> bool:
        """Tell whether the run is queued or running."""
        return self.status() in ("queued", "running")

    def children(self) -> dict[int, Run]:
        """Return the runs this one started for its steps, by step; of several for one step, the last."""
        found = {}
        for event in read_events(self.events_file)[0]:
            match event:
                case {"type": "child", "step": int(step), "run": str(run)} if is_run_id(run):
                    found[step] = Run(self.path.parent / run)
        return found

    def began(self) -> list[str]:
        """Return the ids of the runs this one started or took over, in their order, each once."""
        outputs = (self.result() or {}).get("outputs") or {}
        taken = [place.removeprefix("../") for place in outputs.values() if place.startswith("../")]
        started = [str(event.get("run", "")) for event in read_events(self.events_file)[0] if event["type"] == "child"]
        return [id for id in dict.fromkeys([*taken, *started]) if is_run_id(id)]

    def stop_asked(self) -> bool:
        return self.stop_file.exists()

    def ask_stop(self) -> None:
        """Ask the worker to stop; it sees the file at its next safe point."""
        self.stop_file.touch()
        self.announce()

    def output(self, name: str) -> Path | None:
        """Return the path of a named output of a finished run."""
        result = self.result()
        outputs = result["outputs"] if result else {}
        return self.path / str(outputs[name]) if name in outputs else None

    def write_result(self, status: Status, **fields: Any) -> None:
        """Write how the run ended, at once and whole."""
        write_json(self.result_file, {"status": status, "ended": round(time.time(), 3), **fields})
        self.announce()

    def announce(self) -> None:
        """Let whoever watches `runs/` see that something about this run has changed."""
        os.utime(self.path.parent)


def is_run_id(text: str) -> bool:
    """Tell whether a folder's name is a run's: its time, kind and name."""
    if _ID.match(text) is None:
        return False
    try:
        time.strptime(text[:15], STAMP)
    except ValueError:
        return False
    return True


def _those(value: object, sort: type | UnionType) -> dict[str, Any]:
    """Return the items of a mapping whose values are of a sort; none of what is no mapping."""
    return {key: item for key, item in value.items() if isinstance(item, sort)} if isinstance(value, dict) else {}
