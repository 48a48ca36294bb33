"""`kind: leaks`: which questions of test sets stand in what a model learns from."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from studio.core.errors import Fault
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.leaks.leak import LEAKS_ABOUT, SORTS
from studio.data.leaks.portion import EVERY, Portion
from studio.data.leaks.probes import no_questions
from studio.data.leaks.recipe import LeaksRecipe
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product
from studio.runs.names import dataset_names
from studio.runs.references import Resolved

LEAKS = Sort("leaks", Text("leak report", "泄漏检查报告"), (LEAKS_ABOUT,))


def run(recipe: LeaksRecipe, job: Job) -> Outcome:
    """Look for the test questions; writes `leaks/`."""
    from studio.data.leaks.report import write_leaks

    learned = Portion(recipe.dataset, job.locate("dataset"), recipe.split)
    tests = [
        Portion(name, job.locate(f"against.{number}"), recipe.against_split)
        for number, name in enumerate(recipe.against)
    ]
    metrics = write_leaks(learned, tests, recipe.near, recipe.overlap, job.path / "leaks", job)
    return Outcome({"leaks": "leaks"}, metrics)


def check(recipe: LeaksRecipe, resolved: Resolved) -> list[Fault]:
    """Return a fault for a test set that is the very data it is looked for in, and for one that holds no questions."""
    faults = []
    learned = resolved.references.get("dataset")
    for number, name in enumerate(recipe.against):
        field = f"against.{number}"
        test = resolved.references.get(field)
        if test is None or learned is None:
            continue
        if test.path == learned.path and _overlap(recipe.split, recipe.against_split):
            faults.append(Fault(field, _itself(name)))
        folder = resolved.ready(field)
        if folder is not None and (portion := Portion(name, folder, recipe.against_split)).count() == 0:
            faults.append(Fault(field, no_questions(portion)))
    return faults


def _overlap(split: str, other: str) -> bool:
    return split == other or EVERY in (split, other)


def _itself(name: str) -> Text:
    return Text(
        f"'{name}' is the data it would be looked for in: every question would be found. Choose another test set, or look "
        "in its Training split for the questions of its Test split",
        f"“{name}”就是要检查的数据本身，每道题都会被查到。请换一个测试集，或在它的训练集中查找它的测试集题目",
    )


def forecast(recipe: LeaksRecipe, resolved: Resolved) -> Forecast:
    """Foresee the rows and the questions."""
    learned = resolved.ready("dataset")
    if learned is None:
        return Forecast()
    rows = Portion(recipe.dataset, learned, recipe.split).count()
    tests = [resolved.ready(f"against.{number}") for number in range(len(recipe.against))]
    questions = sum(Portion("", test, recipe.against_split).count() for test in tests if test is not None)
    amounts = (
        Amount(questions, Text("test questions", "道测试题")),
        Amount(rows, Text("rows", "行数据"), "×"),
    )
    return Forecast(amounts, work=float(rows))


def _alike(recipe: LeaksRecipe, resolved: Resolved) -> Hashable:
    """Return nothing: the time goes by the rows that are looked through."""
    return ()


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    """Offer the newest dataset, and the one before it as the test set."""
    names = dataset_names(workspace)
    return {
        "name": "my-leaks",
        **({"dataset": names[0]} if names else {}),
        **({"against": names[1:2]} if len(names) > 1 else {}),
    }


KIND = Kind(
    LeaksRecipe,
    run,
    Text("Leak check", "泄漏检查"),
    heavy=False,
    check=check,
    forecast=forecast,
    pace=Pace("rows", _alike),
    makes=(Product(LEAKS, "leaks"),),
    measures=Measures(
        metrics={
            "rows": Text("rows looked through", "检查的行数"),
            "leaking": Text("rows that leak", "有泄漏的行"),
            "questions": Text("test questions", "测试题数"),
            "found": Text("test questions found", "被查到的测试题"),
            **SORTS,
        },
        units={"rows": Text("rows", "行")},
    ),
    introduction=Introduction(
        tab="leaks",
        order=25,
        aside=True,
        title=Text("Leaks", "泄漏检查"),
        summary=Text("find test questions in the training data", "查找训练数据里的测试题"),
        intro=Text(
            "Looks for the questions of test sets in a dataset: the same, contained, near-duplicate or sharing long passages. "
            "Both sides are shown, and what leaks can be removed.",
            "在数据集中查找测试集的题目：题目相同、互相包含、近似重复或有大段重叠。左右对照显示，并可一键去除。",
        ),
        offered=_offered,
        follows={"dataset": Text("Check for leaks", "检查泄漏")},
    ),
)
