"""A run's place in the order in which runs were made, and in the queue: by numbers that no clock and no time zone moves."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.core.files import read_json, write_json
from studio.core.locks import locked

FILE = "ticket.json"


@dataclass(frozen=True)
class Ticket:
    """What a run is given when it is made.

    Args:
        counter: higher than that of every run made before it in the workspace; 0 where an older studio made the run.
        created: seconds since the epoch.
        place: where it stands in the queue: the lower the sooner. Its counter at first; somebody may move it, and a run
            that another one starts stands where that one stood.
        folder: the run's directory when it was queued, and `machine` the machine: a workspace that was copied, or moved,
            does not go through its queue a second time.
        waits: whether it needs a device before it can begin; said once, when it is submitted.
    """

    counter: int = 0
    created: float = 0.0
    place: float = 0.0
    folder: str = ""
    machine: str = ""
    waits: bool = False

    @classmethod
    def load(cls, run: Path) -> Ticket | None:
        """Read a run directory's ticket; None where it has none that can be read."""
        value = read_json(run / FILE)
        counter, created = (value or {}).get("counter"), (value or {}).get("created")
        if not isinstance(counter, int) or not isinstance(created, int | float):
            return None
        place, folder, machine = (value or {}).get("place"), (value or {}).get("folder"), (value or {}).get("machine")
        return cls(
            counter,
            float(created),
            float(place) if isinstance(place, int | float) else float(counter),
            folder if isinstance(folder, str) else "",
            machine if isinstance(machine, str) else "",
            (value or {}).get("waits") is True,
        )

    def save(self, run: Path) -> None:
        """Write it down as that of a run which waits here."""
        write_json(run / FILE, {**asdict(self), **_here(run)})

    def is_here(self, run: Path) -> bool:
        """Tell whether the run was queued in this very place."""
        return {"folder": self.folder, "machine": self.machine} == _here(run)


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
