"""`kind: probe`: a model is asked for the identifiers that it may have learned by heart."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from studio.core.errors import Fault
from studio.core.sort import Sort
from studio.core.text import Text
from studio.evaluation.recipe import ProbeRecipe
from studio.models.chat_model import check_chat_model
from studio.models.folder import base_folder
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures, Product
from studio.runs.references import Resolved

PROBE = Sort("probe", Text("probe report", "探测报告"), ("probe.json",))


def run(recipe: ProbeRecipe, job: Job) -> Outcome:
    """Ask for each identifier; writes `probe/`."""
    from studio.evaluation.probe import probe

    metrics = probe(recipe, job.locate("model"), job.locate("dataset"), job.path / "probe", job.workspace, job)
    return Outcome({"probe": "probe"}, metrics)


def check(recipe: ProbeRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for a model that cannot answer."""
    return [] if resolved.faults else resolved.check("model", partial(check_chat_model, workspace=resolved.workspace))


def forecast(recipe: ProbeRecipe, resolved: Resolved) -> Forecast:
    """Foresee how many identifiers are asked for at most: how many there are, the rows alone tell."""
    return Forecast((Amount(recipe.limit, Text("identifiers at most", "项（上限）")),))


def _alike(recipe: ProbeRecipe, resolved: Resolved) -> Hashable:
    """Return what the speed of a probe hangs on beside its machine: the base model, and how many candidates there are."""
    model = resolved.references.get("model")
    base = base_folder(resolved.workspace, model.locate(resolved.workspace)) if model is not None else None
    return base, recipe.candidates


KIND = Kind(
    ProbeRecipe,
    run,
    Text("Probe of identifiers", "身份信息探测"),
    check=check,
    forecast=forecast,
    pace=Pace("identifiers", _alike),
    makes=(Product(PROBE, "probe"),),
    measures=Measures(
        metrics={
            "identifiers": Text("identifiers", "探测项数"),
            "completed": Text("completed word by word", "逐字补全"),
            "first": Text("most likely of their form", "排在首位"),
            "exposure": Text("median exposure (bits)", "暴露度中位数（比特）"),
        },
        units={"identifiers": Text("identifiers", "项")},
    ),
)
