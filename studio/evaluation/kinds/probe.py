"""`kind: probe`: a model is asked for the identifiers that it may have learned by heart."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.evaluation.recipe import ProbeRecipe
from studio.evaluation.secrets import choose_secrets, lines_of, secrets_of_texts
from studio.models.chat_model import check_chat_model
from studio.models.folder import base_folder
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Uploads
from studio.runs.names import dataset_names, made_names, model_names
from studio.runs.references import Resolved

PROBE = Sort("probe", Text("probe report", "探测报告"), ("probe.json",))


def run(recipe: ProbeRecipe, job: Job) -> Outcome:
    """Ask for each identifier; writes `probe/`."""
    from studio.evaluation.probe import probe

    dataset = job.locate("dataset") if recipe.dataset else None
    files = [job.locate(f"files.{number}") for number in range(len(recipe.files))]
    metrics = probe(recipe, job.locate("model"), dataset, files, job.path / "probe", job.workspace, job)
    return Outcome({"probe": "probe"}, metrics)


def check(recipe: ProbeRecipe, resolved: Resolved) -> list[Fault]:
    """Return faults for a model that cannot answer, for files that are no texts, and where there is nothing to ask for."""
    if resolved.faults:
        return []
    faults = resolved.check("model", partial(check_chat_model, workspace=resolved.workspace))
    for number in range(len(recipe.files)):
        faults += resolved.check(f"files.{number}", _require_text)
    if faults or recipe.dataset or not (recipe.texts or recipe.files):
        return faults
    files = [resolved.ready(f"files.{number}") for number in range(len(recipe.files))]
    try:
        choose_secrets(recipe, None, [file for file in files if file is not None])
    except InputError as error:
        hint = error.hint or Text("", "")
        return [Fault(error.where, Text(f"{error.message.en}\n{hint.en}", f"{error.message.zh}\n{hint.zh}"))]
    return []


def _require_text(path: Path) -> None:
    lines_of(path)


def _preview(path: Path, _: object) -> Text:
    """Return how many texts a file holds, and how many identifiers stand in them.

    Raises:
        InputError: it cannot be read, or is no text.
    """
    texts = lines_of(path)
    found = len({secret.value for secret in secrets_of_texts(texts)})
    return Text(f"texts: {len(texts):,}, identifiers: {found:,}", f"{len(texts):,} 条文本，{found:,} 项身份信息")


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    """Offer the newest model that was trained here, else any, and the newest dataset."""
    models = made_names(workspace, "model") or model_names(workspace)
    datasets = dataset_names(workspace)
    return {
        "name": "my-probe",
        **({"model": models[0]} if models else {}),
        **({"dataset": datasets[0]} if datasets else {}),
    }


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
    introduction=Introduction(
        tab="probe",
        order=55,
        aside=True,
        beside="evaluate",
        title=Text("Privacy", "隐私探测"),
        summary=Text("ask a model for identifiers it may have learned", "探测模型是否记住了身份信息"),
        intro=Text(
            "Has a model learned personal identifiers by heart? It is given what stands in front of each of them, and the report says how "
            "many it completes, and whether it ranks them above made-up ones of their form.",
            "模型是否背下了个人身份信息？给出每项信息前面的文字，让模型接着写，报告逐字补全了多少项，以及真实值是否排在同格式的随机值之前。",
        ),
        offered=_offered,
        uploads=Uploads("files", lambda: (".txt",), _preview),
        follows={"model": Text("Probe it for identifiers", "探测身份信息")},
    ),
)
