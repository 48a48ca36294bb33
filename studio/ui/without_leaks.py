"""Making a dataset again without the rows that a leak report found; the one that was looked at stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.core import recipe as recipes
from studio.core.errors import InputError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.dataset_folder import KEPT
from studio.data.leaks.leak import SORTS
from studio.runs import references
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.launch import start
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore

_SUFFIX = "-clean"
_LONGEST_NAME = 64


def without_leaks(workspace: Workspace, report: str, sorts: Sequence[str] = (), lines: Sequence[int] = ()) -> Run:
    """Start a run that makes the dataset of a leak report again, without all its leaks, some sorts, or those on some lines.

    Args:
        report: the run that made the report.

    Raises:
        InputError: the report, or the dataset it is about, is not here any more.
        RecipeError: the run cannot work; says why.
    """
    entry = RunStore(workspace).entry(report)
    folder = entry.output("leaks") if entry is not None else None
    given, place = _dataset(workspace, entry) if entry is not None else ("", None)
    if folder is None or place is None or not place.is_dir():
        raise InputError(
            Text(
                "the leak report, or the dataset it is about, is not here any more",
                "泄漏检查报告或对应的数据集已经不在了",
            ),
            Text("Check the dataset again.", "请重新检查数据集。"),
        )
    without: dict[str, Any] = {"leaks": workspace.relative(folder).as_posix()}
    without |= {"sorts": list(sorts)} if sorts else {}
    without |= {"lines": list(lines)} if lines else {}
    values = {
        "kind": "dataset",
        "name": given.rpartition("/")[2].removesuffix(_SUFFIX)[: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX,
        "sources": [{"file": workspace.relative(place).as_posix(), "split": KEPT}],
        "without": without,
    }
    checked = check_whole(workspace, recipes.RecipeDocument("dataset", values, {(): 1}))
    return start(workspace, checked.recipe, checked.resolved)


def _dataset(workspace: Workspace, entry: Entry) -> tuple[str, Path | None]:
    """Return the name and the place of the dataset that a run's leak report is about: its own, or the one it looked through."""
    own = entry.output("dataset")
    if own is not None:
        return entry.name, own
    named = references.load(entry.run.inputs().get("references")).get("dataset")
    return (named.given, named.locate(workspace)) if named is not None else ("", None)


def begin(workspace: Workspace, argument: str) -> Run:
    """Start it for `RUN/SORT`, or `RUN/all`."""
    report, _, sort = argument.partition("/")
    return without_leaks(workspace, report, [sort] if sort in SORTS else [])
