"""The runs of a workspace: making, listing, finding and removing them."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.errors import InputError, UnavailableError
from studio.core.files import write_atomic, write_json
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import STAMP, Run, Status
from studio.runs.index import Entry, Index, index_of
from studio.runs.ticket import Ticket, draw

LEAST_FREE_BYTES = 20 * 2**20
_PLAIN = Ticket()


@dataclass(frozen=True)
class RunStore:
    """All run directories under a workspace's `runs/`."""

    workspace: Workspace

    def create(self, recipe: Recipe, inputs: dict[str, object], asked: Ticket = _PLAIN) -> Run:
        """Make a run's directory with its recipe and pinned inputs; a name taken this second gets a number.

        Args:
            asked: what its ticket is to say beside its number; without a place it stands where its number says.

        Raises:
            UnavailableError: the disk is full or cannot be written; nothing is left behind.
        """
        self.workspace.prepare()
        free = shutil.disk_usage(self.workspace.runs).free
        if free < LEAST_FREE_BYTES:
            raise UnavailableError(
                Text(
                    f"the disk is nearly full: {free / 2**20:.0f} MB left, a run needs {LEAST_FREE_BYTES / 2**20:.0f}",
                    f"磁盘快满了：只剩 {free / 2**20:.0f} MB，开始一次运行至少要 {LEAST_FREE_BYTES / 2**20:.0f} MB",
                ),
                Text(
                    "Remove old runs (on the Runs tab, or `python -m studio remove RUN`), or move the workspace to a larger "
                    "volume.",
                    "请删除旧的运行（在“运行”页，或 `python -m studio remove RUN`），或把工作区放到更大的数据盘。",
                ),
                str(self.workspace.runs),
            )
        base = f"{time.strftime(STAMP, time.gmtime())}-{recipe.kind}-{recipe.name}"
        path: Path | None = None
        try:
            newest = max((entry.counter for entry in self.entries()), default=0)
            ticket = draw(self.workspace.runs, newest)
            path = self._new_folder(base)
            run = Run(path)
            place = asked.place or ticket.place
            replace(asked, counter=ticket.counter, created=ticket.created, place=place).save(path)
            write_json(run.inputs_file, inputs)
            write_atomic(run.recipe_file, recipe.dump())
            run.announce()  # it was no run until now, though its folder was seen
        except OSError as error:
            if path is not None:
                shutil.rmtree(path, ignore_errors=True)
            raise UnavailableError(
                Text(f"the run's folder cannot be written ({error.strerror})", f"无法写入运行目录（{error.strerror}）"),
                Text(
                    "Free some disk space, or choose another folder with --workspace.",
                    "请腾出磁盘空间，或用 --workspace 另选一个文件夹。",
                ),
                str(path or self.workspace.runs),
            ) from error
        return run

    def _new_folder(self, base: str) -> Path:
        for number in itertools.count(1):
            path = self.workspace.runs / (base if number == 1 else f"{base}-{number}")
            with suppress(FileExistsError):
                path.mkdir()
                break
        return path

    @property
    def _index(self) -> Index:
        return index_of(self.workspace)

    def entries(self, *kinds: str) -> list[Entry]:
        """Return what is known of the runs without opening their files, newest first; of these kinds where any are given."""
        return [entry for entry in self._index.entries() if not kinds or entry.kind in kinds]

    def status(self, entry: Entry) -> Status:
        """Return how a run stands now."""
        return self._index.status(entry)

    def entry(self, id: str) -> Entry | None:
        """Return what is known of the run with an id; None where there is none."""
        return next((entry for entry in self.entries() if entry.id == id), None)

    def all(self, *kinds: str) -> list[Run]:
        """Return the runs, newest first; of these kinds alone where any are given."""
        return [entry.run for entry in self.entries(*kinds)]

    def active(self, *kinds: str) -> Iterator[Run]:
        """Yield the runs that are queued or running, newest first."""
        for entry in self.entries(*kinds):
            if entry.ended_as is None and self.status(entry) in ("queued", "running"):
                yield entry.run

    def finished(self, *kinds: str) -> Iterator[Entry]:
        """Yield the finished runs of these kinds, newest first."""
        return (entry for entry in self.entries(*kinds) if kinds and entry.ended_as == "finished")

    def newest_finished(self, name: str, *kinds: str) -> Run | None:
        """Return the newest finished run of a name: what a reference by name means."""
        return next((entry.run for entry in self.finished(*kinds) if entry.name == name), None)

    def find(self, reference: str) -> Run:
        """Return the run with that id, or the newest one of that name.

        Raises:
            InputError: there is none; lists the newest.
        """
        entries = self.entries()
        for entry in entries:
            if entry.id == reference:
                return entry.run
        for entry in entries:
            if entry.name == reference:
                return entry.run
        newest = ", ".join(entry.id for entry in entries[:5]) or "-"
        raise InputError(
            Text(
                f"there is no run '{reference}'; the newest are: {newest}", f"没有运行“{reference}”；最近的有：{newest}"
            ),
            Text("List them with `python -m studio runs`.", "用 `python -m studio runs` 列出全部运行。"),
        )
