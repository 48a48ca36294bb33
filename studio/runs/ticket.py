"""A run's place in the order in which runs were made, and in the queue: by numbers that no clock and no time zone moves."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from studio.core.files import read_json, write_json
from studio.core.locks import locked

FILE = "ticket.json"
_MOST = 2.5e11  # seconds of nearly the last year that has a date


@dataclass(frozen=True)
class Ticket:
    """What a run is given when it is made.

    Args:
        counter: higher than that of every run made before it in the workspace; 0 where an older studio made the run.
        created: seconds since the epoch.
        place: where it stands in the queue among those of its priority: the lower the sooner. Its counter at first;
            somebody may move it, and a run that another one starts stands where that one stood.
        priority: the higher the sooner.
        folder: the run's directory when it was queued, and `machine` the machine: a workspace that was copied, or moved,
            does not go through its queue a second time.
        waits: whether it goes through the queue, instead of beginning at once; said when it is submitted, as all below.
        device: whether it needs a device before it can begin.
        not_before: the moment before which it does not begin, in seconds since the epoch; 0: none.
        needs: the ids of the runs that must have finished before it begins.
        repeats: whether it is to be followed by the next one of its `cron` once it begins.
        renews: whether what its names mean is looked up once more before it begins.
        follows: the id of the run that it follows.
    """

    counter: int = 0
    created: float = 0.0
    place: float = 0.0
    priority: int = 0
    folder: str = ""
    machine: str = ""
    waits: bool = False
    device: bool = False
    not_before: float = 0.0
    needs: tuple[str, ...] = ()
    repeats: bool = False
    renews: bool = False
    follows: str = ""

    @property
    def order(self) -> tuple[int, float, int]:
        """What to sort by, the next first."""
        return -self.priority, self.place, self.counter

    @classmethod
    def load(cls, run: Path) -> Ticket | None:
        """Read a run directory's ticket; None where it has none that can be read. What is damaged in it is left out."""
        value = read_json(run / FILE) or {}
        counter = value.get("counter")
        if type(counter) is not int or _as(0.0, counter) is None or _as(0.0, value.get("created")) is None:
            return None
        known = {field.name: value[field.name] for field in fields(cls) if field.name in value}
        told = {name: _as(getattr(cls, name), item) for name, item in known.items()}
        return cls(**{"place": float(counter), **{name: item for name, item in told.items() if item is not None}})

    def save(self, run: Path) -> None:
        """Write it down as that of a run which waits here."""
        write_json(run / FILE, {**asdict(self), **_here(run)})

    def is_here(self, run: Path) -> bool:
        """Tell whether the run was queued in this very place."""
        return {"folder": self.folder, "machine": self.machine} == _here(run)


def _as(default: object, given: object) -> Any:
    """Return a value that is read from a file as that of the default's type; None where it is none."""
    if isinstance(default, tuple):
        return tuple(item for item in given if isinstance(item, str)) if isinstance(given, list) else None
    if isinstance(default, float):
        known = isinstance(given, int | float) and abs(given) < _MOST
        return float(given) if known else None  # type: ignore[arg-type]
    return given if type(given) is type(default) else None


def _here(run: Path) -> dict[str, str]:
    return {"folder": str(run.resolve()), "machine": platform.node()}


def draw(runs: Path, newest: int) -> Ticket:
    """Return the next ticket of a workspace; of two studios that draw at once each gets its own.

    Args:
        runs: the workspace's `runs/`, whose `.counter` holds the last number that was drawn.
        newest: the highest number that a run here has: the file may be missing, or older than runs that were copied in.
    """
    place = runs / ".counter"
    with locked(place):
        said = place.read_text(encoding="ascii", errors="replace").strip()
        number = max(int(said) if said.isdecimal() else 0, newest) + 1
        place.write_text(f"{number}\n", encoding="ascii")
    return Ticket(number, round(time.time(), 3), float(number))
