"""The serve runs of a workspace: finding the one that serves a thing, or starting it. Holds no torch."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from studio.core.errors import InputError, RecipeError, StudioError, UnavailableError, UnservableError, error_class
from studio.core.files import is_name, read_json
from studio.core.locks import locked
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.engines.base import DEFAULT_CONTEXT
from studio.engines.recipe import ServeRecipe, one_of_two
from studio.runs import launch, references
from studio.runs.directory import STATUSES, Run
from studio.runs.events import read_events
from studio.runs.index import Entry
from studio.runs.names import model_names
from studio.runs.store import RunStore

_HEALTH_S = 2.0
AUTOMATIC = "auto-"  # what the names of runs begin with that no person started
_POLL_S = 0.05


@dataclass(frozen=True)
class Server:
    """A serve run that answers.

    Args:
        url: `http://127.0.0.1:PORT`; below it are `/v1/chat/completions`, `/search`, `/passages/ID` and `/health`.
        token: the bearer token it wants.
        model: what it was told to serve; one of this and `knowledge` is empty.
        run: its run's id.
    """

    url: str
    token: str
    model: str
    knowledge: str
    run: str


@dataclass(frozen=True)
class _Target:
    """What is to be served: identified by where it lies, not by what somebody calls it."""

    workspace: Workspace
    field: Literal["model", "knowledge"]
    given: str
    path: Path
    max_context: int | None

    @classmethod
    def of(cls, workspace: Workspace, model: str, knowledge: str, max_context: int | None) -> _Target:
        if faults := one_of_two(model, knowledge):
            raise RecipeError(faults)
        kind: Literal["model", "knowledge"] = "model" if model else "knowledge"
        given = model or knowledge
        served = cls._named(workspace, given) if model else None
        path = (served or references.resolve(workspace, kind, given)).locate(workspace).resolve()
        return cls(workspace, kind, given, path, max_context if model else None)

    @staticmethod
    def _named(workspace: Workspace, name: str) -> references.Reference | None:
        """Return what the active serve run of that name serves, unless a model goes by it."""
        if name in model_names(workspace):
            return None
        run = served_models(workspace).get(name)
        return None if run is None else _reference(run, "model")

    def runs(self) -> Iterator[Run]:
        """Yield the serve runs of this very thing that are up or coming up, newest first."""
        return (run for run in _up(self.workspace) if self._is_served_by(run))

    def _is_served_by(self, run: Run) -> bool:
        reference = _reference(run, self.field)
        if reference is None or reference.locate(self.workspace).resolve() != self.path:
            return False
        return self.max_context is None or run.recipe_values().get("max_context") == self.max_context

    def start(self, idle_minutes: float | None) -> Run:
        # Never the bare name: `show NAME` means the training of that name, not the engine that happens to serve it.
        given = self.given.replace(":", "-") if references.bare(self.given) != self.given else self.given
        named = given if is_name(given) else re.sub(r"[^\w.-]+", "-", self.path.name).strip("-.")
        recipe = ServeRecipe(
            name=f"{AUTOMATIC}{named or self.field}"[:64].rstrip(".-"),
            model=self.given if self.field == "model" else "",
            knowledge=self.given if self.field == "knowledge" else "",
            idle_minutes=idle_minutes,
            max_context=self.max_context or DEFAULT_CONTEXT,
        )
        return launch.start(self.workspace, recipe)

    def lock(self) -> AbstractContextManager[None]:
        """Keep other processes and threads from deciding about the same target; the kernel frees it with its holder."""
        digest = hashlib.sha256(f"{self.field}\0{self.path}".encode()).hexdigest()[:16]
        return locked(self.workspace.runs / f".serve-{digest}.lock")


def _reference(run: Run, field: str) -> references.Reference | None:
    """Return what a run serves, None where its record of it is damaged."""
    return references.load(run.inputs().get("references")).get(field)


def find(workspace: Workspace, model: str = "", knowledge: str = "", max_context: int | None = None) -> Server | None:
    """Return the live server of a model or knowledge base, or None.

    Args:
        max_context: None takes a server of any context.

    Raises:
        InputError: the name means nothing here, or not exactly one of the two is given.
    """
    target = _Target.of(workspace, model, knowledge, max_context)
    return next((server for run in target.runs() if (server := ready(run)) is not None), None)


def ensure(
    workspace: Workspace,
    model: str = "",
    knowledge: str = "",
    idle_minutes: float | None = 10,
    timeout_s: float = 300,
    max_context: int | None = None,
) -> Server:
    """Return the live server of a model or knowledge base; starts a serve run unless one is up or coming up.

    Blocks until it is ready. However many threads and processes ask at once, one run is started.

    Args:
        idle_minutes: minutes without a request after which a server started here ends; None keeps it up.
        max_context: None takes any that is up, and starts one of 2,048 tokens.

    Raises:
        InputError: the name means nothing here, or what it means cannot be served: the run's own words.
        UnavailableError: the run died, was stopped, or was not ready in time.
    """
    pending = PendingServer(workspace, model, knowledge, idle_minutes, timeout_s, max_context)
    while (server := pending.look()) is None:
        time.sleep(_POLL_S)
    return server


class PendingServer:
    """A server that is up or coming up, for those who have something else to do while they wait.

    Its run is found or started at once, and is from then on among those of `serving`. Takes what `ensure` takes.

    Raises:
        InputError: the name means nothing here.
    """

    def __init__(
        self,
        workspace: Workspace,
        model: str = "",
        knowledge: str = "",
        idle_minutes: float | None = 10,
        timeout_s: float = 300,
        max_context: int | None = None,
    ) -> None:
        self._target = _Target.of(workspace, model, knowledge, max_context)
        self._idle_minutes = idle_minutes
        self._deadline = time.monotonic() + timeout_s
        self._run, self._joined = self._find()

    def look(self) -> Server | None:
        """Return the server, or None where there is still something to wait for.

        Raises:
            InputError: what is meant cannot be served: the run's own words.
            UnavailableError: the run died, was stopped, or was not ready in time.
        """
        server = ready(self._run)
        if server is not None:
            return server
        if self._run.active():
            _check_time(self._run, self._deadline)
            return None
        if not self._joined or not (_was_ready(self._run) or self._run.status() in ("finished", "stopped")):
            raise _failure(self._run)
        # It was just ending when we joined it, however that came about; another is started.
        self._run, self._joined = self._find()
        return None

    def _find(self) -> tuple[Run, bool]:
        """Return the run, and whether somebody else had started it."""
        with self._target.lock():
            joined = next(self._target.runs(), None)
            return joined or self._target.start(self._idle_minutes), joined is not None


def serving(workspace: Workspace, model: str = "", knowledge: str = "") -> bool:
    """Tell whether a server of a model or knowledge base is up or coming up.

    Raises:
        InputError: the name means nothing here.
    """
    return next(_Target.of(workspace, model, knowledge, None).runs(), None) is not None


def served_models(workspace: Workspace) -> dict[str, Run]:
    """Return the models that people serve, by the names of their serve runs."""
    people = [run for run in _up(workspace) if not run.name.startswith(AUTOMATIC) and is_name(run.name)]
    return {run.name: run for run in reversed(people) if run.recipe_values().get("model")}


def is_automatic(run: Run | Entry) -> bool:
    """Tell whether a run is a server that no person started."""
    return run.name.startswith(AUTOMATIC)


def automatic(workspace: Workspace) -> list[Run]:
    """Return the serve runs that started by themselves and are up or coming up, newest first."""
    return [run for run in _up(workspace) if is_automatic(run)]


def _up(workspace: Workspace) -> Iterator[Run]:
    """Return the serve runs that are up or coming up, newest first; one that waits for its time is neither."""
    active = (run for run in RunStore(workspace).active("serve") if not run.stop_asked())
    return (run for run in active if run.process() is not None or not run.ticket().waits)


def _check_time(run: Run, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise UnavailableError(
            Text(f"the server was not ready in time (run {run.id})", f"服务没有按时就绪（运行 {run.id}）"),
            Text(f"It may still be loading; its log is {run.log_file}.", f"它可能还在加载；日志见 {run.log_file}。"),
        )


def ready(run: Run) -> Server | None:
    """Return where a serve run answers, or None where it does not yet, or no more."""
    value = read_json(run.server_file)
    if value is None or value.get("ready") is not True:
        return None
    told = {name: item for name, item in value.items() if isinstance(item, str)}
    if not {"url", "token", "model", "knowledge"} <= told.keys():
        return None
    return Server(told["url"], told["token"], told["model"], told["knowledge"], run.id)


def idle_s(run: Run) -> float | None:
    """Return for how many seconds an engine has had nothing to do; None while it has, or starts."""
    server = ready(run)
    if server is None:
        return None
    try:
        health = httpx.get(f"{server.url}/health", timeout=_HEALTH_S, trust_env=False).json()
        return None if health["active"] else float(health["idle_s"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None


def _was_ready(run: Run) -> bool:
    """Tell whether a serve run has ever answered."""
    events, _ = read_events(run.events_file)
    return any(event["type"] == "stage" and event.get("name") == "ready" for event in events)


def _failure(run: Run) -> StudioError:
    """Return why a serve run came to nothing, in its own words where it left some."""
    error: dict[str, Any] = (run.result() or {}).get("error") or {}
    place = Text(f"Its log is {run.log_file}.", f"日志见 {run.log_file}。")
    if not error:
        status = run.status()
        return UnavailableError(
            Text(
                f"the server ended before it was ready ({status})", f"服务在就绪之前就结束了（{STATUSES[status].zh}）"
            ),
            place,
        )
    zh = error.get("zh") or {}
    message = Text(str(error.get("message", "")), str(zh.get("message") or error.get("message", "")))
    hint = Text(
        f"{error.get('hint', '')}\n{place.en}".strip(), f"{zh.get('hint') or error.get('hint', '')}\n{place.zh}".strip()
    )
    return (UnservableError if issubclass(error_class(error), InputError) else UnavailableError)(message, hint)
