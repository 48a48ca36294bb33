"""The runs of a workspace: making, listing, finding and removing them."""

from __future__ import annotations

import itertools
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import InputError, UnavailableError
from studio.core.files import write_atomic, write_json
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.runs.directory import Run, is_run_id

LEAST_FREE_BYTES = 20 * 2**20


@dataclass(frozen=True)
class RunStore:
    """All run directories under a workspace's `runs/`."""

    workspace: Workspace

    def create(self, recipe: Recipe, inputs: dict[str, object]) -> Run:
        """Make a run's directory with its recipe and pinned inputs; a name taken this second gets a number.

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
        base = f"{time.strftime('%Y%m%d-%H%M%S')}-{recipe.kind}-{recipe.name}"
        path: Path | None = None
        try:
            path = self._new_folder(base)
            run = Run(path)
            write_json(run.inputs_file, inputs)
            write_atomic(run.recipe_file, recipe.dump())
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

    def all(self, *kinds: str) -> list[Run]:
        """Return the runs, newest first; of these kinds alone where any are given."""
        if not self.workspace.runs.is_dir():
            return []
        found = []
        for path in self.workspace.runs.iterdir():
            run = Run(path)
            if not is_run_id(run.id) or (kinds and run.kind not in kinds) or not run.recipe_file.exists():
                continue
            try:
                found.append((run.id[:15], path.stat().st_ctime_ns, run))
            except FileNotFoundError:  # removed meanwhile
                continue
        return [run for *_, run in sorted(found, key=lambda item: item[:2], reverse=True)]

    def named(self, name: str, *kinds: str) -> list[Run]:
        """Return the runs of that name, newest first."""
        return [run for run in self.all(*kinds) if run.name == name]

    def newest_finished(self, name: str, *kinds: str) -> Run | None:
        """Return the newest finished run of a name: what a reference by name means."""
        return next((run for run in self.named(name, *kinds) if run.status() == "finished"), None)

    def find(self, reference: str) -> Run:
        """Return the run with that id, or the newest one of that name.

        Raises:
            InputError: there is none; lists the newest.
        """
        runs = self.all()
        for run in runs:
            if run.id == reference:
                return run
        for run in runs:
            if run.name == reference:
                return run
        newest = ", ".join(run.id for run in runs[:5]) or "-"
        raise InputError(
            Text(
                f"there is no run '{reference}'; the newest are: {newest}", f"没有运行“{reference}”；最近的有：{newest}"
            ),
            Text("List them with `python -m studio runs`.", "用 `python -m studio runs` 列出全部运行。"),
        )

    def remove(self, run: Run) -> None:
        """Delete a run's folder; of one that is a link to a folder elsewhere, the link.

        Raises:
            InputError: the run is still active.
        """
        if run.active():
            raise InputError(
                Text(f"the run {run.id} is still {run.status()}", f"运行 {run.id} 还没有结束"),
                Text(f"Stop it first: `python -m studio stop {run.id}`", f"请先停止：`python -m studio stop {run.id}`"),
            )
        if run.path.is_symlink():
            run.path.unlink()
        else:
            shutil.rmtree(run.path)
