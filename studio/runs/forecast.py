"""What a recipe will do, as its kind foresees it before anything is started."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from studio.core.text import Text
from studio.runs.directory import Run
from studio.runs.references import Resolved


@dataclass(frozen=True)
class Amount:
    """How much of something.

    Args:
        count: how many.
        unit: of what, in the plural.
        sign: how it follows from the amount before it: `×`, `=`, `→`; empty where it does not.
    """

    count: float
    unit: Text
    sign: str = ""


@dataclass(frozen=True)
class Forecast:
    """What is known before the start; what cannot be known cheaply is left out.

    Args:
        amounts: in the order in which they are read.
        warnings: what will run, and yet not give what its user hopes for: no faults.
        work: how much there is to do, of what the kind's `Pace` counts; 0 where that is not known.
    """

    amounts: tuple[Amount, ...] = ()
    warnings: tuple[Text, ...] = ()
    work: float = 0.0


def _one(recipe: Any, run: Run) -> float:
    return 1.0


@dataclass(frozen=True)
class Pace:
    """How the finished runs of a kind tell how long another will take.

    Args:
        unit: the unit of progress, by its name in the events, that the time goes by.
        alike: `alike(recipe, resolved)` gives what two recipes must share for one to be as fast as the other.
        worth: `worth(recipe, run)` gives how much work a unit of a finished run was; raises InputError where that cannot be told.
    """

    unit: str
    alike: Callable[[Any, Resolved], Hashable]
    worth: Callable[[Any, Run], float] = _one


def no_forecast(recipe: Any, resolved: Resolved) -> Forecast:
    """Foresee nothing."""
    return Forecast()
