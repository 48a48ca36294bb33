"""Loading a hub's files into a folder: several at once, each from where it broke off, each whole and as the hub names it."""

from __future__ import annotations

import errno
import hashlib
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from studio.core.errors import UnavailableError
from studio.core.meter import BYTES
from studio.core.reporter import Reporter, Stopped
from studio.core.space import MEND, free_at, no_room
from studio.hubs.base import HUBS, HubFile, Refusal, RefusedError, Repository, is_safe
from studio.hubs.client import HubClient
from studio.hubs.words import error_of

_AT_ONCE = 4
_CHUNK = 2**20
_TRIES = 5  # to get on by one byte
_PAUSE_S = 0.5  # before the second try; doubled each time
_LOOK_S = 0.25
_TOLD_S = 1.0
_PARTING_S = 1.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
PART = ".part"


@dataclass
class _Load:
    """What the threads of one load share."""

    client: HubClient
    folder: Path
    files: list[HubFile]
    over: threading.Event
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0
    problem: RefusedError | OSError | None = None

    def count(self, more: int) -> None:
        with self.lock:
            self.done += more

    def check(self) -> None:
        """Raise Stopped in a thread whose load is over."""
        if self.over.is_set():
            raise Stopped

    def work(self) -> None:
        """Load files until none is left, or something goes wrong."""
        with suppress(Stopped):
            while True:
                self.check()
                with self.lock:
                    if not self.files:
                        return
                    file = self.files.pop()
                try:
                    _whole(self, file)
                except (RefusedError, OSError) as error:
                    self.problem = self.problem or error
                    self.over.set()


def load(name: str, repository: Repository, files: Sequence[HubFile], folder: Path, report: Reporter) -> None:
    """Load files of a repository from a hub into a folder; those that are there whole are left.

    What is loaded of a file lies beside it as `.part` until it is whole, and outlives a cut, a stop and a kill.

    Raises:
        StudioError: the hub does not give them, or the disk is full.
        Stopped: somebody asked.
    """
    hub = HUBS.load(name)
    total = sum(file.size for file in files)
    over = threading.Event()

    def check_stop() -> None:
        if over.is_set():
            raise Stopped

    client = HubClient(hub, check_stop)
    safe = sorted((file for file in files if is_safe(file.path)), key=lambda file: file.size)
    shared = _Load(client, folder, safe, over)
    threads = [threading.Thread(target=shared.work, daemon=True) for _ in range(min(_AT_ONCE, len(safe)))]
    try:
        _watch(shared, threads, total, report)
    except RefusedError as refused:
        raise error_of(hub, repository, refused, client.has_token) from refused
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise UnavailableError(
            no_room(repository.id, missing_bytes(files, folder), free_at(folder), folder), MEND
        ) from error
    finally:
        over.set()
        _part_with(threads, client)


def missing_bytes(files: Sequence[HubFile], folder: Path) -> int:
    """Return how much of some files is still to be loaded into a folder."""
    return sum(max(0, file.size - _there(folder, file)) for file in files)


def _there(folder: Path, file: HubFile) -> int:
    for place in (folder / file.path, _part(folder, file)):
        if place.is_file():
            return place.stat().st_size
    return 0


def _part(folder: Path, file: HubFile) -> Path:
    return folder / f"{file.path}{PART}"


def _part_with(threads: Sequence[threading.Thread], client: HubClient) -> None:
    """End a load. A thread that hangs in a read is not waited for: it is a daemon, and writes nothing after it."""
    deadline = time.monotonic() + _PARTING_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if not any(thread.is_alive() for thread in threads):
        client.close()


def _watch(shared: _Load, threads: Sequence[threading.Thread], total: int, report: Reporter) -> None:
    """Load with several threads, and tell how far it is until all is there, or something is wrong."""
    for thread in threads:
        thread.start()
    told = 0.0
    while any(thread.is_alive() for thread in threads):
        shared.over.wait(_LOOK_S)
        if shared.problem is not None:
            break
        report.check_stop()
        if time.monotonic() - told >= _TOLD_S:
            told = time.monotonic()
            _tell(shared, total, report)
    if shared.problem is not None:
        raise shared.problem
    _tell(shared, total, report)


def _tell(shared: _Load, total: int, report: Reporter) -> None:
    done = min(shared.done, total)
    report.progress(done, total, BYTES, saved=done)


class _Growing:
    """A file as it comes: what is there of it, and the sum of that."""

    def __init__(self, shared: _Load, file: HubFile) -> None:
        self.file = file
        self.part = _part(shared.folder, file)
        self.size = 0
        self._shared = shared
        self._digest = hashlib.sha256()
        if self.part.is_file() and self.part.stat().st_size > file.size:
            self.part.unlink()
        if self.part.is_file():
            with self.part.open("rb") as stream:
                while piece := stream.read(_CHUNK):
                    shared.check()
                    self._add(piece)

    @property
    def whole(self) -> bool:
        return self.size == self.file.size and self.part.exists()

    @property
    def right(self) -> bool:
        """Whether its content is the one that the hub names, where it names one."""
        return not self.file.sha256 or self._digest.hexdigest() == self.file.sha256

    def begin_anew(self) -> None:
        self._shared.count(-self.size)
        self.size, self._digest = 0, hashlib.sha256()
        self.part.unlink(missing_ok=True)

    def go_on(self) -> None:
        """Load it from where it ends. Raises RefusedError where it breaks off."""
        with self._shared.client.open(self.file.url, start=self.size) as response:
            if self.size and response.status_code != httpx.codes.PARTIAL_CONTENT:
                self.begin_anew()  # a server that knows no ranges gives all of it
            with self.part.open("ab", buffering=0) as stream:
                try:
                    for piece in response.iter_raw():
                        self._shared.check()
                        kept = piece[: self.file.size - self.size]  # no more than it should be
                        stream.write(kept)
                        self._add(kept)
                        if self.size == self.file.size:
                            return
                except httpx.HTTPError as error:
                    raise RefusedError(Refusal.CUT, str(error) or type(error).__name__) from error

    def _add(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        self._shared.count(len(piece))


def _whole(shared: _Load, file: HubFile) -> None:
    """Load a file; with another content than it should have, once more from its beginning."""
    target = shared.folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and target.stat().st_size == file.size:
        shared.count(file.size)
        return
    growing = _Growing(shared, file)
    for _ in range(2):
        _complete(shared, growing)
        if growing.right:
            growing.part.replace(target)
            return
        growing.begin_anew()
    raise RefusedError(Refusal.WRONG, file.path)


def _complete(shared: _Load, growing: _Growing) -> None:
    """Load what is missing of a file, trying again as long as it gets on."""
    tries = 0
    while not growing.whole:
        before = growing.size
        said = "it ended too early"
        try:
            growing.go_on()
        except RefusedError as refused:
            if refused.refusal not in (Refusal.CUT, Refusal.OFFLINE):
                raise
            said = refused.said
        if growing.whole:
            return
        tries = 0 if growing.size > before else tries + 1
        if tries >= _TRIES:
            raise RefusedError(Refusal.CUT, said)
        if shared.over.wait(_PAUSE_S * 2**tries):
            raise Stopped
