"""`kind: fetch`: a model comes from a package index, a hub or another place on this machine into `models/`."""

from __future__ import annotations

from collections.abc import Hashable

from studio.core.errors import Fault, InputError
from studio.core.meter import BYTES
from studio.core.space import SPARE, free_at, no_room
from studio.core.text import Text
from studio.models.fetch import fetch, folder_of, megabytes_of, names_of, packaged_model
from studio.models.local import is_path, locate
from studio.models.recipe import FetchRecipe
from studio.models.sorts import EMBEDDER, MODEL
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures, Product
from studio.runs.references import Resolved

_MB = 10**6


def run(recipe: FetchRecipe, job: Job) -> Outcome:
    """Fetch into `models/`, whole or not at all."""
    folder = fetch(job.workspace, recipe.model, recipe.hub, job)
    job.notice(Text(f"{recipe.model} is here: models/{folder.name}", f"{recipe.model} 已就绪：models/{folder.name}"))
    return Outcome()


def check(recipe: FetchRecipe, resolved: Resolved) -> list[Fault]:
    """Accept every id that is one: whether a hub has it is known only there. A path is looked at."""
    try:
        folder_of(resolved.workspace, recipe.model)
        if is_path(recipe.model):
            locate(resolved.workspace, recipe.model)
    except InputError as error:
        return [Fault("model", error.message)]
    return []


def forecast(recipe: FetchRecipe, resolved: Resolved) -> Forecast:
    """Foresee what is downloaded, of models that are known by name, and the room there is; nothing of one that is here."""
    folder = folder_of(resolved.workspace, recipe.model)
    if folder.exists():
        return Forecast()
    free = free_at(folder)
    room = Amount(free // _MB, Text("MB free on its disk", "MB 磁盘剩余"))
    megabytes = megabytes_of(recipe.model)
    if megabytes is None:
        return Forecast((room,))
    needed = megabytes * _MB
    short = (no_room(recipe.model, needed + SPARE, free, folder),) if free < needed + SPARE else ()
    return Forecast((Amount(megabytes, Text("MB", "MB")), room), short, work=float(needed))


def _alike(recipe: FetchRecipe, resolved: Resolved) -> Hashable:
    return recipe.hub, packaged_model(recipe.model) is not None


def _names(recipe: FetchRecipe) -> set[str]:
    return names_of(recipe.model)


KIND = Kind(
    FetchRecipe,
    run,
    Text("Fetch a model", "获取模型"),
    heavy=False,
    check=check,
    forecast=forecast,
    pace=Pace(BYTES, _alike),
    makes=(Product(MODEL, names=_names), Product(EMBEDDER, names=_names)),  # which of them, the hub alone knows
    measures=Measures(units={BYTES: Text("bytes", "字节")}),
)
