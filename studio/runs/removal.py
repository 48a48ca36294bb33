"""Removing a run, and who still needs what it made: named before it goes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from studio.core.errors import InputError
from studio.core.modelcard import is_adapter
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.kinds import stays_up
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
        return Text(
            f"{self.entry.kind} '{self.entry.name}' {self.reason.en}",
            f"{self.entry.kind}“{self.entry.name}”{self.reason.zh}",
        )


def needed_by(workspace: Workspace, id: str) -> list[Need]:
    """Return the runs that need what a run made: those at work with it, those that could not be resumed without it,
    and adapters that were trained over its model."""
    store = RunStore(workspace)
    place = f"{workspace.runs.relative_to(workspace.root).as_posix()}/{id}/"
    found = []
    for entry in store.entries():
        fields = [name for name, path in entry.uses.items() if path.startswith(place)]
        if not fields or entry.id == id:
            continue
        status = store.status(entry)
        model = entry.output("model")
        if status in _AT_WORK:
            found.append(Need(entry, Text("is at work with it", "正在使用它"), at_work=True))
        elif status != "finished" and not stays_up(entry.kind):
            found.append(Need(entry, Text("could not be resumed without it", "没有它就无法继续")))
        elif model is not None and "model" in fields and is_adapter(model):
            found.append(Need(entry, Text("is an adapter over it", "是基于它的适配器")))
    return found


def remove(workspace: Workspace, run: Run, anyway: bool = False) -> None:
    """Delete a run's folder; of one that is a link to a folder elsewhere, the link.

    Args:
        anyway: whether it goes although other runs could need it later.

    Raises:
        InputError: the run is still active, or needed; says by whom.
    """
    if run.active():
        raise InputError(
            Text(f"the run {run.id} is still {run.status()}", f"运行 {run.id} 还没有结束"),
            Text(f"Stop it first: `python -m studio stop {run.id}`", f"请先停止：`python -m studio stop {run.id}`"),
        )
    needs = [need for need in needed_by(workspace, run.id) if need.at_work or not anyway]
    if needs:
        raise InputError(
            Text(
                f"the run {run.id} is still needed: {'; '.join(need.words.en for need in needs)}",
                f"运行 {run.id} 还有用处：{'；'.join(need.words.zh for need in needs)}",
            ),
            Text("Stop those first.", "请先停止这些运行。")
            if any(need.at_work for need in needs)
            else Text("Remove it anyway with `--anyway`.", "如仍要删除，请加 `--anyway`。"),
        )
    if run.path.is_symlink():
        run.path.unlink()
    else:
        shutil.rmtree(run.path)
