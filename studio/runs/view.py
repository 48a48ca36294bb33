"""What a run looks like from outside: the one summary that the page and `show --json` share."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from studio.core.errors import InputError
from studio.core.reporter import STOPPING
from studio.core.text import Text, both
from studio.core.timing import shown
from studio.core.workspace import Workspace
from studio.runs import queue
from studio.runs.directory import Run, Status
from studio.runs.events import Event, read_events
from studio.runs.kinds import stays_up, unit_name
from studio.runs.stall import Silence, silence
from studio.runs.ticket import Ticket


@dataclass(frozen=True)
class Progress:
    """How far the current stage is.

    Args:
        eta_s: seconds left; None until a pace is known.
        saved: how much of `done` would outlive a kill; None where nothing would.
        rate: units a second since the stage began; None until a pace is known.
        saved_at: when it was last said that more is saved, in seconds since the epoch; None where it never was.
    """

    done: int = 0
    total: int = 0
    unit: str = ""
    eta_s: float | None = None
    saved: int | None = None
    rate: float | None = None
    saved_at: float | None = None


@dataclass(frozen=True)
class View:
    """A run at one moment. A running one that was asked to stop is at the stage `stopping`.

    Args:
        stalled: of a running one, how long it has been silent where that is out of its rhythm.
    """

    id: str
    kind: str
    name: str
    status: Status
    created: str
    stage: Text
    stage_name: str
    progress: Progress
    metrics: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    notices: tuple[Text, ...] = ()
    stalled: Silence | None = None

    @property
    def stopping(self) -> bool:
        """Whether it runs on only to end without loss."""
        return self.stage_name == STOPPING

    def dump(self) -> dict[str, Any]:
        """Return the document of `show --json`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "status": self.status,
            "created": self.created,
            "stage": {"name": self.stage_name, **self.stage.dump()},
            "progress": vars(self.progress),
            "metrics": self.metrics,
            "outputs": self.outputs,
            "error": self.error,
            "notices": [notice.dump() for notice in self.notices],
            "stalled": self.stalled.dump() if self.stalled else None,
        }


def local_time(seconds: float) -> str:
    """Return seconds since the epoch as this machine's local time with its zone, `2026-11-20T10:15:00+08:00`."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def view(run: Run) -> View:
    """Read a run's files into one summary."""
    events, _ = read_events(run.events_file)
    status = run.status()
    result = run.result() or {"metrics": {}, "outputs": {}, "error": None}
    name, stage = _stage(events, stopping=status == "running" and run.stop_asked())
    if status == "queued":
        name, stage = "queued", _queued(run)
    return View(
        id=run.id,
        kind=run.kind,
        name=run.name,
        status=status,
        created=local_time(run.ticket().created),
        stage=stage,
        stage_name=name,
        progress=progress_of(events, running=status == "running"),
        metrics=result["metrics"] or last_metrics(events),
        outputs=result["outputs"],
        error=result["error"] or (_crash(run) if status == "crashed" else None),
        notices=tuple(Text.load(event["text"]) for event in events if event["type"] == "notice"),
        stalled=silence(run) if status == "running" else None,
    )


def _stage(events: Iterable[Event], stopping: bool) -> tuple[str, Text]:
    """Return the newest stage's name and words; of a run that is stopping, what it still finishes."""
    stages = [event for event in events if event["type"] == "stage"]
    # a run that has ended, or was resumed, is no longer stopping, though it once said so
    newest = next((event for event in reversed(stages) if stopping or event.get("name") != STOPPING), None)
    name, words = (str(newest.get("name", "")), Text.load(newest["text"])) if newest else ("", both(""))
    if not stopping or name == STOPPING:
        return name, words
    return STOPPING, Text(
        f"Stopping; still under way: {words.en}" if words.en else "Stopping",
        f"正在停止，尚在进行：{words.zh}" if words.zh else "正在停止",
    )


def _queued(run: Run) -> Text:
    """Return what a run that has no process yet waits for, or why it has no place here."""
    problem = queue.astray(run)
    if problem is not None:
        return problem
    workspace = Workspace(run.path.parent.parent)
    return waits_for(workspace, run, run.ticket(), queue.position(workspace, run))


def waits_for(workspace: Workspace, run: Run, ticket: Ticket, place: int) -> Text:
    """Return what a run waits for that stands at a place in the queue (0: in none)."""
    if ticket.not_before > time.time():
        moment = shown(ticket.not_before)
        if ticket.repeats:
            cron = run.recipe_values().get("cron", "")
            return Text(f"Starts at {moment}, and again by {cron}", f"将于 {moment} 开始，此后按 {cron} 重复")
        return Text(f"Starts at {moment}", f"将于 {moment} 开始")
    with suppress(InputError):  # what waits in vain is about to fail
        awaited = queue.awaited(workspace, ticket)
        if awaited is not None:
            return Text(f"Waiting for {awaited} to finish", f"等待 {awaited} 完成")
    if not place or not ticket.device:
        return Text("Starting", "正在启动")
    return Text(f"Waiting for a free device, number {place} in line", f"等待空闲设备，排在第 {place} 位")


def lost(seen: View) -> Text:
    """Return what ending a run by force at this moment loses: words for before and after."""
    if stays_up(seen.kind):
        return Text("answers under way are cut off", "正在生成的回答会中断")
    progress, unit = seen.progress, unit_name(seen.kind, seen.progress.unit)
    done, saved = progress.done, progress.saved
    if not done:
        return Text("nothing is lost: nothing has been finished yet", "还没有完成任何部分，没有损失")
    if saved is None:
        return Text(
            f"all that was done is lost ({unit.en}: {done}); a resumed run begins anew",
            f"已完成的 {done} {unit.zh}全部丢失，继续时从头开始",
        )
    if saved >= done:
        return Text("nothing that was finished is lost", "已完成的部分都已保存，没有损失")
    return Text(
        f"{unit.en} lost: {done - saved}; a resumed run goes on after {saved} of {progress.total}",
        f"丢失 {done - saved} {unit.zh}；继续时从第 {saved} {unit.zh}之后开始（共 {progress.total} {unit.zh}）",
    )


def progress_of(events: Iterable[Event], running: bool) -> Progress:
    """Return the latest progress; the time left comes from the pace since the stage began."""
    first: Event | None = None
    last: Event | None = None
    saved: int | None = None
    saved_at: float | None = None
    for event in events:
        if event["type"] == "stage":
            first = None
        elif event["type"] == "progress":
            if last is not None and (event["unit"], event["total"]) != (last["unit"], last["total"]):
                saved = saved_at = None
            if event.get("saved", 0) > (saved or 0):
                saved_at = event["time"]
            saved = event.get("saved", saved)
            if first is None or event["done"] < first["done"] or event["total"] != first["total"]:
                first = event
            last = event
    if last is None:
        return Progress()
    eta = rate = None
    if running and first is not None and first["done"] < last["done"] <= last["total"]:
        pace = (last["time"] - first["time"]) / (last["done"] - first["done"])
        eta = round(pace * (last["total"] - last["done"]), 1)
        rate = round(1 / pace, 3) if pace > 0 else None
    return Progress(last["done"], last["total"], last["unit"], eta, saved, rate, saved_at)


def last_metrics(events: Iterable[Event]) -> dict[str, float]:
    """Return each metric's newest value."""
    values: dict[str, float] = {}
    for event in events:
        if event["type"] == "metric":
            values.update(event["values"])
    return values


def series(events: Iterable[Event]) -> dict[str, list[tuple[int, float]]]:
    """Return each metric's course as `(step, value)` pairs; a step measured again after a resume counts once."""
    courses: dict[str, dict[int, float]] = {}
    for event in events:
        if event["type"] == "metric":
            for name, value in event["values"].items():
                courses.setdefault(name, {})[event["step"]] = value
    return {name: sorted(course.items()) for name, course in courses.items()}


def _crash(run: Run) -> dict[str, Any]:
    return {
        "type": "Crashed",
        "message": "the worker process ended without a result (killed, out of memory, or the machine restarted)",
        "hint": f"Press Resume to go on (in a shell: `python -m studio resume {run.id}`); its log ends with what it said last.",
        "zh": {
            "message": "工作进程没有留下结果就结束了（被终止、内存不足或机器重启）",
            "hint": f"点“继续”即可接着运行（命令行：`python -m studio resume {run.id}`）；最后的输出在日志末尾。",
        },
    }
