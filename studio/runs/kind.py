"""What a kind of run is: everything that follows from it is said here, and nowhere else.

A kind is a file `PACKAGE/kinds/NAME.py` with a `KIND`; the file's name is what recipes call it. Its schema stands in
the package's `recipe.py`. The file is read whenever somebody asks which kinds there are, so it imports what is heavy
inside `run`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.errors import Fault
from studio.core.recipe import Recipe
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.forecast import Forecast, Pace, no_forecast
from studio.runs.job import Job, Outcome
from studio.runs.references import Resolved


def _no_faults(recipe: Recipe, resolved: Resolved) -> list[Fault]:
    return []


def _as_it_is(recipe: Recipe, resolved: Resolved) -> Recipe:
    return recipe


_STEP = Text("step", "步")


def _own_name(recipe: Recipe) -> Collection[str]:
    return [recipe.name]


@dataclass(frozen=True)
class Variant:
    """Something that a run holds beside what it made, as a checkpoint of the model that it trains.

    Args:
        path: where it lies.
        sha256: of its content, as its maker wrote it down.
    """

    path: Path
    sha256: str


def _none(run: Path) -> Mapping[str, Variant]:
    return {}


@dataclass(frozen=True)
class Product:
    """A sort of thing that runs of a kind make, and how other recipes find it.

    Args:
        sort: what it is; the name alone where another kind declares it.
        output: the key among the run's outputs under which it lies; empty where it lies outside the run, as a fetched
            model does.
        names: the names by which other recipes may call what a recipe makes; by default its own.
        variants: what a run's directory holds of the sort beside it, finished or not, by what a reference writes behind the
            name and a colon: `NAME:best`.
    """

    sort: Sort | str
    output: str = ""
    names: Callable[[Any], Collection[str]] = _own_name
    variants: Callable[[Path], Mapping[str, Variant]] = _none

    @property
    def refers(self) -> str:
        """What a field of another recipe refers to it by: `dataset`, `model`, `knowledge`, ..."""
        return self.sort if isinstance(self.sort, str) else self.sort.name


@dataclass(frozen=True)
class Measures:
    """What runs of a kind measure and count, in words; a name that has none is shown as it is written.

    Args:
        metrics: what each metric is called, by its name in the events.
        units: what each unit of progress is called, by its name in the events.
        along: what the plots go along: what a metric's step counts.
        together: groups of metrics that share a plot; the first group's plot is the large one.
        decisive: the metrics that one looks at first; the others are folded away. All where none is named.
        meanings: what a metric is, in a sentence, where its name does not say it.
        effort: those of the metrics that say what the run took (steps, time, memory) and nothing of what came of it;
            `seconds` among them is a length of time.
    """

    metrics: Mapping[str, Text] = field(default_factory=dict)
    units: Mapping[str, Text] = field(default_factory=dict)
    along: Text = _STEP
    together: tuple[tuple[str, ...], ...] = ()
    decisive: tuple[str, ...] = ()
    meanings: Mapping[str, Text] = field(default_factory=dict)
    effort: tuple[str, ...] = ()


@dataclass(frozen=True)
class Uploads:
    """The files that a form takes.

    Args:
        field: the recipe's list that they are added to.
        suffixes: the endings of the files it takes.
        preview: `preview(path, item)` says how a file begins; `item` is what the recipe says of it, None where it is
            in no recipe yet. Raises InputError where a run could not use the file.
    """

    field: str
    suffixes: Callable[[], Sequence[str]]
    preview: Callable[[Path, Any], Text]


@dataclass(frozen=True)
class Tile:
    """What Home shows of a kind: the names of what its runs made, and a link to its tab.

    Args:
        order: its place among the others.
        title: what its runs make, in the plural.
        make: the link's words.
    """

    order: int
    title: Text
    make: Text


@dataclass(frozen=True)
class Introduction:
    """How the page introduces a kind: with it, a kind has a tab with a form.

    Args:
        tab: the tab's name in the page's address.
        order: its place from the left.
        title: what stands on it.
        summary: what it does, in half a sentence for Home.
        intro: what goes in and what comes out, in a sentence above the form.
        offered: the values that a fresh form begins with beside the defaults (a name, the newest dataset).
        uploads: the files that the form takes, if any.
        tile: what Home shows of it, if anything.
        follows: what to do next with a thing of a sort, in words of a link that chooses it in this form.
        opened: what a link may name that stands for a whole recipe, by the word in front of it: `opened[word](workspace, text)`
            returns the values that its form begins with; none where nothing is meant.
        aside: whether it only looks at things, beside the way that leads from files to answers.
        beside: the tab of another kind from whose form a link leads here.
    """

    tab: str
    order: int
    title: Text
    summary: Text
    intro: Text
    offered: Callable[[Workspace], Mapping[str, Any]]
    uploads: Uploads | None = None
    tile: Tile | None = None
    follows: Mapping[str, Text] = field(default_factory=dict)
    opened: Mapping[str, Callable[[Workspace, str], Mapping[str, Any]]] = field(default_factory=dict)
    aside: bool = False
    beside: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    Args:
        recipe: the schema; its fields are the form, the YAML keys and the documentation.
        run: does the work, and wraps what came of it; the work itself knows no runs.
        title: what a user calls it.
        heavy: whether it needs the accelerator for itself.
        check: returns what keeps the recipe from working beside its form and its names, each fault with its dotted
            field as `where`; it is given what the names mean, found once.
        settled: returns the recipe with what it leaves to be found out written down as its check finds it, so that a run does
            what somebody could see; settled again, it stays as it is.
        forecast: says what the recipe will do before it is started: within milliseconds, from counts and samples alone. Its
            recipe may have faults that `check` would find.
        pace: how finished runs tell how long another will take; None where they do not.
        makes: what its runs make for other recipes to name.
        kept: inputs that a run needs no more, nor asks after, once a file of its own is there: `{"dataset": "plan/plan.json"}`.
        starts_runs: whether its runs start others, which the page shows below them.
        stays_up: whether its runs answer until they are stopped: such a run makes nothing, and is never done.
        idle_s: of a kind that stays up: `idle_s(run)` says for how many seconds a run has had nothing to do, None while it
            has, or where it is to stay all the same. One that is idle makes way for a run that needs its device.
        measures: what its runs measure, in words.
        back: `back(run, name)` has the run's next start go on from an earlier point of it, called as a variant of what it
            makes; raises InputError where it cannot. None where a run goes on from where it was alone.
        introduction: how the page introduces it; None where it has no tab.
    """

    recipe: type[Recipe]
    run: Callable[[Any, Job], Outcome]
    title: Text
    heavy: bool = True
    check: Callable[[Any, Resolved], list[Fault]] = _no_faults
    settled: Callable[[Any, Resolved], Recipe] = _as_it_is
    forecast: Callable[[Any, Resolved], Forecast] = no_forecast
    pace: Pace | None = None
    makes: tuple[Product, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    starts_runs: bool = False
    stays_up: bool = False
    idle_s: Callable[[Run], float | None] | None = None
    measures: Measures = Measures()
    back: Callable[[Run, str], None] | None = None
    introduction: Introduction | None = None

    def made(self, recipe: Recipe) -> set[tuple[str, str]]:
        """Return `(sort, name)` for everything that a recipe of this kind makes."""
        return {(product.refers, name) for product in self.makes for name in product.names(recipe)}
