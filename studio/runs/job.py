"""What a worker hands to a kind: its directory, its resolved inputs, and a way to say how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.meter import Ticker
from studio.core.named_input import NamedInput
from studio.core.reporter import Stopped
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.references import Reference


@dataclass(frozen=True)
class Outcome:
    """What a run made.

    Args:
        outputs: name to path relative to the run's directory.
        metrics: name to its last value.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Termination:
    """Whether the machine wants this process gone: what a handler of SIGTERM sets, and nothing else."""

    received: bool = False


@dataclass(frozen=True)
class Job:
    """One run at work; the `Reporter` of the work that is done in it."""

    run: Run
    workspace: Workspace
    references: Mapping[str, Reference]
    events: EventLog
    termination: Termination = field(default_factory=Termination)
    ticker: Ticker = field(default_factory=Ticker)

    @property
    def path(self) -> Path:
        """The run's directory, where outputs go."""
        return self.run.path

    def locate(self, field: str) -> Path:
        """Return the absolute path of the reference in a recipe field (`model`, `models.0`)."""
        return self.references[field].locate(self.workspace)

    def named(self, field: str) -> NamedInput:
        """Return the reference in a recipe field as work without a run takes it."""
        reference = self.references[field]
        return NamedInput(reference.given, reference.locate(self.workspace), reference.sha256)

    def stage(self, name: str, text: Text) -> None:
        """Say, in the events and the log, which part of the work begins."""
        print(f"== {text.en}", flush=True)
        self.events.stage(name, text)

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        """Say how far the stage is, and what of it would outlive a kill; see `Reporter.progress`."""
        self.events.progress(done, total, unit, saved)
        if due := self.ticker.line(done, total, unit):
            print(f"   {due.en}", flush=True)

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """Record measured values at a step."""
        self.events.metric(step, values)

    def notice(self, text: Text) -> None:
        """Tell the user something that is no error, in the events and the log."""
        print(text.en, flush=True)
        self.events.notice(text)

    def stopping(self) -> bool:
        """Tell whether somebody asked the run to stop, or removed its folder: then nobody waits for what it makes."""
        return self.leaving() or self.run.stop_asked() or not self.run.path.exists()

    def leaving(self) -> bool:
        """Tell whether the machine wants the process gone: there may be no time to finish a long step."""
        return self.termination.received

    def check_stop(self) -> None:
        """Raise Stopped where somebody asked the run to stop; called at every point where stopping loses nothing."""
        if self.stopping():
            raise Stopped
