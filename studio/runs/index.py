"""What the runs of a workspace are called, how they ended and what they made, without opening their files again.

The directories are the truth. This is a cache of them, kept in `studio.db` in the user's cache folder and in memory; it
is rebuilt wherever it is missing, old or damaged, and holds nothing about a run that has not ended but its name.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from studio.core.workspace import Workspace
from studio.runs.directory import Run, Status, is_run_id
from studio.runs.remarks import Remarks

_TABLE = "runs_3"  # its number rises with the form of a row: two versions of the studio do not mend each other's
_BUSY_S = 0.2
_TRUSTED_S = 2.0  # for so long a quiet `runs/` is not looked through again
_PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
)
_GRAIN_NS = 10_000_000  # a change within so short a time of the last one may not show in a directory's mtime


@dataclass(frozen=True)
class Entry:
    """A run as its files said when they were last read.

    Args:
        path: its directory.
        mtime_ns: the directory's mtime then; files that are written whole move it.
        name: what its recipe calls it.
        counter: its place in the order in which runs were made; 0 where an older studio made it.
        created: seconds since the epoch.
        ended_as: how it ended; empty while it has not.
        started: when the work that ended began, and `ended` when it did; seconds since the epoch, 0 where unknown.
        outputs: what it made: name to path relative to its directory.
        sums: the sha256 of each output, where its maker wrote it down.
        uses: what its references were resolved to: dotted field to path, relative to the workspace where inside it.
        tags: what people find it again by.
        note: what somebody wrote to it.
        size: bytes of its files, once it has ended.
    """

    path: Path
    mtime_ns: int
    name: str
    counter: int
    created: float
    ended_as: Status | None = None
    started: float = 0.0
    ended: float = 0.0
    outputs: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    note: str = ""
    size: int = 0

    @cached_property
    def run(self) -> Run:
        return Run(self.path)

    @property
    def id(self) -> str:
        return self.path.name

    @cached_property
    def kind(self) -> str:
        return self.run.kind

    def output(self, name: str) -> Path | None:
        """Return where a named output lies; None where the run has not finished, or made none of that name."""
        return self.path / self.outputs[name] if self.ended_as == "finished" and name in self.outputs else None

    @classmethod
    def read(cls, path: Path, mtime_ns: int) -> Entry:
        """Read a run's files."""
        run = Run(path)
        result = run.result()
        references = run.inputs().get("references")
        uses = {
            str(name): str(reference.get("path", ""))
            for name, reference in (references.items() if isinstance(references, dict) else ())
            if isinstance(reference, dict)
        }
        ticket, remarks = run.ticket(), Remarks.load(path)
        entry = cls(
            path, mtime_ns, run.name, ticket.counter, ticket.created, uses=uses, tags=remarks.tags, note=remarks.note
        )
        if result is None:
            return entry
        return replace(
            entry,
            ended_as=result["status"],
            started=_seconds(result.get("started")),
            ended=_seconds(result.get("ended")),
            outputs=result["outputs"],
            sums=result["sha256"],
            size=sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink()),
        )


class Index:
    """The runs under one `runs/`, for every thread of a process.

    Whoever changes a run's state touches `runs/`, so that a look at a quiet workspace is one `stat`.
    """

    def __init__(self, runs: Path, database: Path) -> None:
        self._runs = runs
        self._database = database
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._listed: list[Entry] = []
        self._seen_ns = -1
        self._seen_at = 0.0
        self._loaded = False
        self._dead: set[tuple[str, int]] = set()
        self._unsettled: set[str] = set()

    def entries(self) -> list[Entry]:
        """Return the runs, newest first."""
        with self._lock:
            self._refresh()
            return self._listed

    def status(self, entry: Entry) -> Status:
        """Return a run's status: as it ended, or derived anew. A process that is dead stays dead."""
        if entry.ended_as is not None:
            return entry.ended_as
        key = (entry.id, entry.mtime_ns)
        if key in self._dead:
            return "crashed"
        status = entry.run.status()
        if status == "crashed":
            self._dead.add(key)
        return status

    def _refresh(self) -> None:
        try:
            now_ns = self._runs.stat().st_mtime_ns
        except FileNotFoundError:
            self._entries, self._listed, self._seen_ns = {}, [], -1
            return
        if now_ns == self._seen_ns and time.monotonic() - self._seen_at < _TRUSTED_S:
            return
        if not self._loaded:
            self._entries, self._loaded = self._load(), True
        before, self._entries = self._entries, {}
        fresh = []
        looked_ns = time.time_ns()
        with os.scandir(self._runs) as found:
            for item in found:
                entry = self._look(item, before.get(item.name))
                if entry is not None:
                    self._entries[item.name] = entry
                    if entry is not before.get(item.name):
                        fresh.append(entry)
        settled = [entry for entry in fresh if looked_ns - entry.mtime_ns > _GRAIN_NS]
        # read within the grain of its clock, a directory may change again under the same time
        self._unsettled = {entry.id for entry in fresh} - {entry.id for entry in settled}
        gone = before.keys() - self._entries.keys()
        if settled or gone:
            self._save(settled, gone)
        self._dead &= {(entry.id, entry.mtime_ns) for entry in self._entries.values()}
        self._listed = sorted(self._entries.values(), key=_order, reverse=True)
        quiet = looked_ns - now_ns > _GRAIN_NS and len(settled) == len(fresh)
        self._seen_ns, self._seen_at = (now_ns if quiet else -1), time.monotonic()

    def _look(self, item: os.DirEntry[str], known: Entry | None) -> Entry | None:
        """Return the entry of a run's directory, the known one where nothing moved; None for what is no run."""
        if known is None and not is_run_id(item.name):
            return None
        try:
            mtime_ns = item.stat().st_mtime_ns
            if known is not None and known.mtime_ns == mtime_ns and item.name not in self._unsettled:
                return known
            path = self._runs / item.name
            if not Run(path).recipe_file.exists():
                return None
            entry = Entry.read(path, mtime_ns)
            path.stat()  # what is gone by now was read in part
            return entry
        except OSError:  # removed meanwhile, or a link that leads nowhere
            return None

    def _load(self) -> dict[str, Entry]:
        try:
            with closing(self._connect()) as database:
                rows = database.execute(f"SELECT id, row FROM {_TABLE}").fetchall()
            return {id: Entry(**{**json.loads(row), "path": self._runs / id}) for id, row in rows}
        except (sqlite3.Error, ValueError, TypeError, OSError):
            return {}

    def _save(self, entries: list[Entry], gone: set[str]) -> None:
        """Write rows; another studio that is writing, or a disk that takes nothing, costs only the next look."""
        rows = [(entry.id, json.dumps({**asdict(entry), "path": ""})) for entry in entries]
        try:
            with closing(self._connect()) as database, database:
                database.executemany(f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?)", rows)
                database.executemany(f"DELETE FROM {_TABLE} WHERE id = ?", [(id,) for id in gone])
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF not in _PASSING:  # damaged: the next look makes it anew
                with suppress(OSError):
                    self._database.unlink(missing_ok=True)
        except OSError:
            return

    def _connect(self) -> sqlite3.Connection:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._database, timeout=_BUSY_S)
        try:
            database.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (id TEXT PRIMARY KEY, row TEXT NOT NULL)")
        except sqlite3.Error:
            database.close()
            raise
        return database


@lru_cache(maxsize=8)
def index_of(workspace: Workspace) -> Index:
    """Return the index of a workspace, one a process."""
    return Index(workspace.runs, workspace.cache / "studio.db")


def _order(entry: Entry) -> tuple[int, str, int]:
    """Sort runs by their counter, never by a clock; those of older studios, without one, by their names' time first."""
    return entry.counter, entry.id[:15] if not entry.counter else "", entry.mtime_ns if not entry.counter else 0


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
