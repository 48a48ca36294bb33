"""Starting a run's worker: a process in a session of its own that outlives browser, server and terminal."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from studio import __version__
from studio.core import recipe as recipes
from studio.core import timing
from studio.core.choice import Choice, Chosen
from studio.core.errors import InputError, UnavailableError
from studio.core.files import write_json
from studio.core.libraries import versions
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs import queue, references, slots
from studio.runs.directory import STATUSES, Run
from studio.runs.exclusive import hold
from studio.runs.kinds import KINDS, stays_up
from studio.runs.launchers import LAUNCHERS
from studio.runs.launchers.base import Command
from studio.runs.process import Process
from studio.runs.references import Reference
from studio.runs.slots import Slot
from studio.runs.store import RunStore
from studio.runs.ticket import Ticket

_AGAIN_S = 60.0
_PACKAGES = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "faiss-cpu", "sentence-transformers")


def prepare(
    workspace: Workspace,
    recipe: Recipe,
    resolved: references.Resolved | None = None,
    parent: Run | None = None,
) -> Run:
    """Make a recipe's run, with what its names mean pinned and what it leaves open settled; nothing of it begins.

    Args:
        resolved: what its check found the names to mean; without it they are looked up now.
        parent: the run that starts it, whose place in the queue it has.

    Raises:
        RecipeError: a name means nothing here.
        UnavailableError: the disk is full.
    """
    resolved = resolved or references.resolve_all(workspace, recipe)
    found = resolved.require()
    kind = KINDS.find(recipe.kind)
    settled = kind.settled(recipe, resolved) if kind is not None else recipe
    return RunStore(workspace).create(settled, _inputs(workspace, settled, found), _asked(settled, found, parent))


def _inputs(workspace: Workspace, recipe: Recipe, found: Mapping[str, Reference]) -> dict[str, object]:
    pinned = {field: references.stamped(workspace, reference) for field, reference in found.items()}
    return {
        "references": references.dump(pinned),
        "packages": {"python": sys.version.split()[0], "studio": __version__, **versions(_PACKAGES)},
        "revision": revision(),
        "user": user(),
        "roots": None if workspace.roots is None else [str(folder) for folder in workspace.roots],
        "seed": getattr(recipe, "seed", None),
    }


def _asked(recipe: Recipe, found: Mapping[str, Reference], parent: Run | None = None) -> Ticket:
    """Return what a recipe's ticket says: what it waits for, and where it stands."""
    above = parent.ticket() if parent is not None else Ticket(priority=recipe.priority)
    asked = Ticket(
        place=above.place,
        priority=above.priority,
        device=_needs_device(recipe.kind),
        not_before=_not_before(recipe.at, recipe.cron),
        needs=_needs(found) if not recipe.cron else (),
        repeats=bool(recipe.cron),
        renews=bool(recipe.cron),
    )
    return replace(asked, waits=_waits(asked))


def _waits(ticket: Ticket) -> bool:
    return ticket.device or ticket.not_before > 0 or ticket.renews or bool(ticket.needs)


def _needs_device(kind: str) -> bool:
    known = KINDS.find(kind)
    return known is not None and known.heavy and not slots.held()


def _needs(found: Mapping[str, Reference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reference.run for reference in found.values() if reference.coming))


def _not_before(at: str, cron: str) -> float:
    """Return the moment before which a run does not begin, in seconds since the epoch; 0: none."""
    if not at and not cron:
        return 0.0
    now = timing.local_now()
    return (timing.next_of(cron, now) if cron else timing.moment(at, now)).timestamp()


def start(workspace: Workspace, recipe: Recipe, resolved: references.Resolved | None = None) -> Run:
    """Make a recipe's run and submit it. Takes, and raises, what `prepare` and `submit` do."""
    run = prepare(workspace, recipe, resolved)
    submit(workspace, run)
    return run


def submit(workspace: Workspace, run: Run) -> None:
    """Start a run that is made, at once or, where it needs a device, when it is its turn.

    Raises:
        UnavailableError: no process could be started.
    """
    if run.ticket().waits:
        queue.advance(workspace, begin)
    else:
        launch(workspace, run)


def begin(workspace: Workspace, run: Run, slot: Slot | None = None) -> None:
    """Start a run whose turn in the queue it is.

    What its names mean is settled first, where that was left open: what another run has made meanwhile, and all of
    them for a run of a `cron`, which is also followed by the next. Killed anywhere in between, it does neither twice.

    Raises:
        StudioError: a name means nothing any more, or no process could be started.
    """
    with hold(run.path) as held:
        over = not held or run.result() is not None or run.process() is not None  # cancelled, or begun, meanwhile
        if over or not _settled(workspace, run):
            return
    launch(workspace, run, slot)


def _settled(workspace: Workspace, run: Run) -> bool:
    """See to what a run is to do before it begins; return whether it may, or is to wait on."""
    with queue.ordering(workspace):
        ticket = run.ticket()
        if ticket.repeats:
            try:
                _repeat(workspace, run, _recipe(run))
            except UnavailableError as error:  # a full disk, say: the repetition must not end by it
                print(f"{run.id}: {error.to('en')}", flush=True)
                replace(ticket, not_before=time.time() + _AGAIN_S).save(run.path)
                return False
            ticket = replace(ticket, repeats=False, not_before=0.0)
            ticket.save(run.path)
        if ticket.renews:
            recipe, asked = _recipe(run), references.as_asked(workspace, run)
            found = references.resolve_all(asked, recipe).require()
            write_json(run.inputs_file, _inputs(asked, recipe, found))
            ticket = replace(ticket, renews=False, needs=_needs(found))
            ticket.save(run.path)
            if queue.awaited(workspace, ticket) is not None:
                return False
        if not ticket.needs:
            return True
        inputs = run.inputs()
        pinned = references.load(inputs.get("references"))
        settled = {field: references.settled(workspace, reference) for field, reference in pinned.items()}
        write_json(run.inputs_file, {**inputs, "references": references.dump(settled)})
        replace(ticket, needs=()).save(run.path)
        return True


def _recipe(run: Run) -> Recipe:
    document = recipes.read_file(run.recipe_file)
    return recipes.validate(document, KINDS.load(document.kind).recipe)


def _repeat(workspace: Workspace, run: Run, recipe: Recipe) -> None:
    """Make the run that follows a run of a `cron`, unless it is there; what its names mean is looked up when it is due."""
    store, ticket = RunStore(workspace), run.ticket()
    if any(other.ticket().follows == run.id for other in store.active(recipe.kind)):
        return
    due = _not_before("", recipe.cron)
    asked = replace(ticket, place=0.0, priority=recipe.priority, not_before=due, renews=True, needs=(), follows=run.id)
    store.create(recipe, run.inputs(), asked)


def launch(workspace: Workspace, run: Run, slot: Slot | None = None) -> None:
    """Start the worker of a run that is made. Output goes to a file, which never stalls the work.

    Args:
        slot: the device that it is handed, if it needs one.

    Raises:
        UnavailableError: the machine starts no process, or writes no log; the run has failed by it.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "STUDIO_WORKSPACE": str(workspace.root)}
    # Threads that wait must soon sleep: spinning on, two runs side by side on a small machine cost each other ten times
    # over; sleeping at once costs a third alone. See docs/performance.md.
    environment.setdefault("GOMP_SPINCOUNT", "3000")
    paths = [str(REPOSITORY), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment[queue.WORKER] = run.id
    environment |= slot.environment() if slot is not None else {}
    if stays_up(run.kind):
        environment.pop(slots.HELD, None)  # it may outlive whoever has the slot
    worker = Command((sys.executable, "-m", "studio.worker", str(run.path)), environment)
    chosen = _launcher(run)
    command = LAUNCHERS.load(chosen.name).command(worker, chosen.options)
    try:
        with run.log_file.open("ab") as log, _termination_held_back():
            process = subprocess.Popen(
                command.argv,
                cwd=workspace.root,
                env=command.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[slot.file] if slot is not None else [],
            )
    except OSError as error:
        failure = _not_started(error)
        run.write_result("failed", metrics={}, outputs={}, error=failure.dump())
        raise failure from error
    if not run.process_file.exists():  # the worker may have been quicker
        Process.of(process.pid).save(run.process_file)  # before it can be reaped: from now on the run is known by it
    threading.Thread(target=process.wait, daemon=True).start()  # so that no zombie is left when it ends


def _launcher(run: Run) -> Chosen:
    """Return how a run's recipe wants it started. Raises InputError where that is not to be had here any more."""
    given = run.recipe_values().get("launcher", "local")
    try:
        return Choice(LAUNCHERS).chosen(given)
    except ValidationError as error:
        raise InputError(
            Text(
                f"its launcher cannot be used here: {error.errors()[0]['msg']}",
                f"这里无法使用它的启动方式：{error.errors()[0]['msg']}",
            ),
            where="launcher",
        ) from error


def resume(workspace: Workspace, run: Run, at: str = "") -> None:
    """Start a run again where it left off; of several at once, one does.

    Args:
        at: an earlier point of it to go on from instead: `step-100` of a training.

    Raises:
        InputError: it is still at work, or finished; or it has no such point; or its launcher is gone.
        UnavailableError: no process could be started.
    """
    with hold(run.path) as held:
        status = run.status() if held else "running"
        if status in ("running", "finished") or (status == "queued" and queue.astray(run) is None):
            raise InputError(
                Text(
                    f"the run {run.id} is {status}; only a stopped, failed or crashed run can be resumed",
                    f"运行 {run.id} 的状态是“{STATUSES[status].zh}”；只有已停止、失败或异常退出的运行可以继续",
                )
            )
        _launcher(run)  # before anything is taken away
        if at:
            _go_back(run, at)
        with queue.ordering(workspace):
            ticket = _again(run)
            ticket.save(run.path)  # it may have been copied here
        for file in (run.process_file, run.stop_file, run.result_file, run.server_file):
            file.unlink(missing_ok=True)
        run.announce()
        if not ticket.waits:
            launch(workspace, run)
            return
    queue.advance(workspace, begin)


def _go_back(run: Run, at: str) -> None:
    kind = KINDS.load(run.kind)
    if kind.back is None:
        raise InputError(
            Text(
                f"a run of kind {run.kind} goes on from where it was alone",
                f"“{kind.title.zh}”运行只能从中断处继续",
            )
        )
    kind.back(run, at)


def _again(run: Run) -> Ticket:
    """Return the ticket of a run that is resumed: it waits for what it waited for, as far as that is still to come."""
    ticket, values = run.ticket(), run.recipe_values()
    not_before = _not_before("", str(values.get("cron", ""))) if ticket.repeats else ticket.not_before
    asked = replace(
        ticket,
        device=_needs_device(run.kind),
        not_before=not_before if not_before > time.time() else 0.0,
        needs=_needs(references.load(run.inputs().get("references"))) if not ticket.renews else (),
    )
    return replace(asked, waits=_waits(asked))


@contextmanager
def _termination_held_back() -> Iterator[None]:
    """Hold SIGTERM back from a worker until it is ready to heed it: one that comes while Python starts is not lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _not_started(error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"its worker could not be started ({error.strerror})", f"工作进程无法启动（{error.strerror}）"),
        Text(
            "Free memory or disk space, or end other programs; then resume it.",
            "请释放内存或磁盘空间，或关闭其他程序，然后点“重试”。",
        ),
    )


def user() -> str:
    """Return whose process this is; empty where the machine has no name for its user, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def revision() -> str:
    """Return the version and, in a git checkout, the commit of the code."""
    head = REPOSITORY / ".git" / "HEAD"
    try:
        text = head.read_text().strip()
        if text.startswith("ref: "):
            text = (head.parent / Path(text[5:])).read_text().strip()
    except OSError:
        return __version__
    return f"{__version__}+{text[:12]}"
