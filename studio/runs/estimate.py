"""How long a recipe will take, from the newest finished run like it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.core import recipe as recipes
from studio.core.accelerators import hardware
from studio.core.errors import InputError
from studio.core.recipe import Recipe
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.events import read_events
from studio.runs.forecast import Pace
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.references import Resolved
from studio.runs.store import RunStore

_MOST = 30  # of a kind's finished runs that are looked at
_TELLING_S = 1.0


@dataclass(frozen=True)
class Estimate:
    """How long a run will take.

    Args:
        seconds: from its start to its end, waiting in the queue not counted.
        run: the name of the run by whose speed.
        rough: whether that run was of another model, method or machine.
    """

    seconds: float
    run: str
    rough: bool


@dataclass(frozen=True)
class _Speed:
    """How fast a finished run was: its units of work, the seconds that it took over them, and those beside."""

    done: float
    busy_s: float
    fixed_s: float


def estimate(recipe: Recipe, resolved: Resolved, work: float) -> Estimate | None:
    """Return how long a recipe will take that has so much work to do; None where no finished run of its kind tells.

    Args:
        resolved: what the recipe's names mean.
        work: of what the kind's pace counts.
    """
    pace = KINDS.load(recipe.kind).pace
    if pace is None or work <= 0:
        return None
    wanted = pace.alike(recipe, resolved)
    rough: Estimate | None = None
    for entry, before in _finished(resolved, recipe.kind):
        alike = _here(entry.path, entry.mtime_ns) and _alike(pace, before, entry, resolved) == wanted
        if rough is not None and not alike:
            continue
        seconds = _seconds(pace, entry, before, work)
        if seconds is not None and alike:
            return Estimate(seconds, entry.name, rough=False)
        if seconds is not None:
            rough = Estimate(seconds, entry.name, rough=True)
    return rough


def _seconds(pace: Pace, entry: Entry, recipe: Recipe, work: float) -> float | None:
    """Return how long so much work would have taken a finished run; None where it does not tell."""
    speed = _speed(entry.path, entry.mtime_ns, pace.unit)
    if speed is None:
        return None
    try:
        worth = pace.worth(recipe, entry.run)
    except InputError:
        return None
    ratio = work / (speed.done * worth) if worth > 0 else 0.0
    if not ratio or (speed.busy_s < _TELLING_S and ratio > 1):  # so short a run tells of no longer one
        return None
    return speed.fixed_s + speed.busy_s * ratio


def _finished(resolved: Resolved, kind: str) -> Iterator[tuple[Entry, Recipe]]:
    """Yield the newest finished runs of a kind with their recipes, newest first; those that this version cannot read are left out."""
    for number, entry in enumerate(RunStore(resolved.workspace).finished(kind)):
        if number == _MOST:
            return
        recipe = _recipe(entry.path, entry.mtime_ns)
        if recipe is not None:
            yield entry, recipe


def _alike(pace: Pace, recipe: Recipe, entry: Entry, resolved: Resolved) -> object:
    """Return what a finished run had that makes others as fast as it."""
    return pace.alike(recipe, Resolved(resolved.workspace, _references(entry.path, entry.mtime_ns)))


# A finished run does not change: each is read once a process, under the time of its last change.


@lru_cache(maxsize=512)
def _recipe(path: Path, mtime_ns: int) -> Recipe | None:
    try:
        document = recipes.read_file(Run(path).recipe_file)
        return recipes.validate(document, KINDS.load(document.kind).recipe)
    except InputError:
        return None


@lru_cache(maxsize=512)
def _references(path: Path, mtime_ns: int) -> dict[str, references.Reference]:
    return references.load(Run(path).inputs().get("references"))


@lru_cache(maxsize=512)
def _here(path: Path, mtime_ns: int) -> bool:
    """Tell whether a run was done by hardware like this machine's; by this very machine, of a run that does not say."""
    done_by = (Run(path).result() or {}).get("hardware")
    if done_by is not None:
        return bool(done_by == hardware())
    process = Run(path).process()
    return process is not None and process.here


@lru_cache(maxsize=512)
def _speed(path: Path, mtime_ns: int, unit: str) -> _Speed | None:
    """Return how fast a run was while its progress went by a unit; None where it did nothing of it.

    A run that was resumed is measured by its last stretch alone: that is what its start and end enclose.
    """
    run = Run(path)
    result = run.result() or {}
    started, ended = result.get("started"), result.get("ended")
    if not isinstance(started, int | float) or not isinstance(ended, int | float):
        return None
    done = busy = 0.0
    last: tuple[float, float] | None = None
    for event in read_events(run.events_file)[0]:
        if event["type"] != "progress" or event["unit"] != unit or event["time"] < started:
            continue
        now = (float(event["time"]), float(event["done"]))
        if last is not None and now[1] >= last[1]:  # less is the beginning of another part
            busy += now[0] - last[0]
            done += now[1] - last[1]
        last = now
    if done <= 0 or not 0 <= busy <= ended - started:
        return None
    return _Speed(done, busy, ended - started - busy)
