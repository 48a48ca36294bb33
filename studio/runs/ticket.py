"""A run's place in the order in which runs were made: by a counter, which no clock and no time zone moves."""

from __future__ import annotations

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
    """

    counter: int = 0
    created: float = 0.0

    @classmethod
    def load(cls, run: Path) -> Ticket | None:
        """Read a run directory's ticket; None where it has none that can be read."""
        value = read_json(run / FILE)
        counter, created = (value or {}).get("counter"), (value or {}).get("created")
        if not isinstance(counter, int) or not isinstance(created, int | float):
            return None
        return cls(counter, float(created))

    def save(self, run: Path) -> None:
        write_json(run / FILE, asdict(self))


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
    return Ticket(number, round(time.time(), 3))
