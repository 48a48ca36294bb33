"""Removing a run, and who still needs what it made: named before it goes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.modelcard import CARD, fetched, is_adapter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.exclusive import hold
from studio.runs.index import Entry
from studio.runs.kinds import KINDS, kind_title, stays_up
from studio.runs.store import RunStore

_AT_WORK = ("queued", "running")


@dataclass(frozen=True)
class Need:
    """A run that something of another run is needed for.

    Args:
        reason: what for.
        at_work: whether it is being used at this very moment.
    """

    entry: Entry
    reason: Text
    at_work: bool = False

    @property
    def words(self) -> Text:
        title = kind_title(self.entry.kind)
        return Text(
            f"{title.en} '{self.entry.name}' {self.reason.en}", f"{title.zh}“{self.entry.name}”{self.reason.zh}"
        )


def needed_by(workspace: Workspace, id: str) -> list[Need]:
    """Return the runs that need what a run made: those at work with it, those that could not be resumed without it,
    and adapters that were trained over its model."""
    place = f"{workspace.runs.relative_to(workspace.root).as_posix()}/{id}/"
    base = f"{place}{KINDS.makers('model').get(Run(workspace.runs / id).kind)}"
    return _needing(workspace, place, base, id)


def model_needed_by(workspace: Workspace, name: str) -> list[Need]:
    """Return the runs that need a model under `models/`, for the same reasons."""
    base = f"{workspace.models.relative_to(workspace.root).as_posix()}/{name}"
    return _needing(workspace, f"{base}/", base)


def is_needed(workspace: Workspace, folder: Path) -> bool:
    """Tell whether a run needs something in a folder that another run has made: a checkpoint, say."""
    place = workspace.relative(folder).as_posix()
    return bool(_needing(workspace, f"{place}/", place))


def _needing(workspace: Workspace, place: str, base: str, but: str = "") -> list[Need]:
    store = RunStore(workspace)
    found = []
    for entry in store.entries():
        if entry.id == but or not any(f"{path}/".startswith(place) for path in entry.uses.values()):
            continue
        status = store.status(entry)
        if status in _AT_WORK:
            found.append(Need(entry, Text("is at work with it", "正在使用它"), at_work=True))
        elif status != "finished" and not stays_up(entry.kind):
            found.append(Need(entry, Text("could not be resumed without it", "没有它就无法继续")))
        elif any(_is_over(entry, entry.path / output, place, base) for output in entry.outputs.values()):
            found.append(Need(entry, Text("is an adapter over it", "是基于它的适配器")))
    return found


def _is_over(entry: Entry, output: Path, place: str, base: str) -> bool:
    """Tell whether what a run made is an adapter over a model at a place, or over a checkpoint there."""
    if not is_adapter(output):
        return False
    named = (read_json(output / CARD) or {}).get("base")
    path = str(named.get("path", "")) if isinstance(named, dict) else ""
    return base in entry.uses.values() or f"{path}/".startswith(place)


def remove(workspace: Workspace, run: Run, despite: Container[str] = ()) -> None:
    """Delete a run's folder; of one that is a link to a folder elsewhere, the link.

    Args:
        despite: ids of runs that could need it later, and whose loss of it is accepted.

    Raises:
        InputError: the run is still active, or needed; says by whom.
    """
    with hold(run.path) as held:
        if not held or run.active():
            raise InputError(
                Text(f"the run {run.id} is still {run.status()}", f"运行 {run.id} 还没有结束"),
                Text(f"Stop it first: `python -m studio stop {run.id}`", f"请先停止：`python -m studio stop {run.id}`"),
            )
        needs = [need for need in needed_by(workspace, run.id) if need.at_work or need.entry.id not in despite]
        if needs:
            raise _still_needed(Text(f"the run {run.id}", f"运行 {run.id} "), needs)
        if run.path.is_symlink():
            run.path.unlink()
        else:
            shutil.rmtree(run.path)


def remove_model(workspace: Workspace, name: str, despite: Container[str] = ()) -> None:
    """Delete a model's folder under `models/`; of one that is a link to a folder elsewhere, the link.

    Args:
        despite: ids of runs that could need it later, and whose loss of it is accepted.

    Raises:
        InputError: there is no such model, or it is needed; says by whom.
    """
    folder = next((folder for folder in fetched(workspace) if folder.name == name), None)
    if folder is None:
        raise InputError(Text(f"there is no model '{name}' under models/", f"models/ 下没有模型“{name}”"))
    needs = [need for need in model_needed_by(workspace, name) if need.at_work or need.entry.id not in despite]
    if needs:
        raise _still_needed(Text(f"the model {name}", f"模型 {name} "), needs)
    if folder.is_symlink():
        folder.unlink()
        return
    workspace.prepare()
    going = Path(tempfile.mkdtemp(dir=workspace.models, prefix=".removed-"))
    folder.rename(going / name)  # at once: nobody finds half a model
    shutil.rmtree(going)


def _still_needed(what: Text, needs: Sequence[Need]) -> InputError:
    return InputError(
        Text(
            f"{what.en} is still needed: {'; '.join(need.words.en for need in needs)}",
            f"{what.zh}仍被使用：{'；'.join(need.words.zh for need in needs)}",
        ),
        Text("Stop those first.", "请先停止这些运行。")
        if any(need.at_work for need in needs)
        else Text(
            "Remove it all the same with `--anyway`, or on the page once it names them.",
            "如仍要删除：命令行加 `--anyway`，或在页面提示中看到它们后再次确认。",
        ),
    )
