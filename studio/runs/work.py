"""Doing a run, from inside its worker process."""

from __future__ import annotations

import errno
import os
import time
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from studio.core import recipe as recipes
from studio.core.accelerators import hardware
from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.files import sha256_tree, sweep, write_json
from studio.core.reporter import Stopped
from studio.core.text import Text
from studio.core.workspace import find_workspace
from studio.runs import references
from studio.runs.directory import Run, Status
from studio.runs.events import EventLog, read_events
from studio.runs.exclusive import accelerator
from studio.runs.job import Job, Outcome, Termination
from studio.runs.kind import Kind
from studio.runs.kinds import KINDS
from studio.runs.room import make_room
from studio.runs.view import last_metrics

_RESERVE_BYTES = 65_536


def perform(run: Run, termination: Termination) -> int:
    """Do a run and write `result.json`; return 0 finished, 1 failed, 2 input at fault, 130 stopped.

    This is the worker's outermost frame: whatever happens below becomes a result.
    """
    began = time.time()
    try:
        sweep(run.path)
        run.reserve_file.write_bytes(b"\0" * _RESERVE_BYTES)  # room for the result on a disk that fills meanwhile
        outcome = _perform(run, termination)
        end = _End("finished", outcome, sums=_sums(run, outcome))
    except Stopped:
        print("stopped", flush=True)
        end = _STOPPED
    except StudioError as problem:
        print(problem.to("en"), flush=True)
        # What ends this process may have ended those it asks at the same moment.
        given_up = termination.received and isinstance(problem, UnavailableError)
        end = _STOPPED if given_up else _End("failed", error=problem.dump(), code=problem.exit_code)
    except Exception as problem:  # noqa: BLE001  the outermost frame: a crash of ours becomes a result with its traceback
        end = _End("failed", error=_explain(run, problem), code=1)
    run.reserve_file.unlink(missing_ok=True)
    if not run.path.exists():  # removed while it ran
        return end.code
    if end.error is not None:
        EventLog(run.events_file).error(end.error)
    metrics = {**last_metrics(read_events(run.events_file)[0]), **end.outcome.metrics}
    run.write_result(
        end.status,
        started=round(began, 3),
        hardware=hardware(),
        metrics=metrics,
        outputs=dict(end.outcome.outputs),
        sha256=end.sums,
        error=end.error,
    )
    return end.code


@dataclass(frozen=True)
class _End:
    status: Status
    outcome: Outcome = field(default_factory=Outcome)
    error: dict[str, object] | None = None
    code: int = 0
    sums: dict[str, str] = field(default_factory=dict)


_STOPPED = _End("stopped", code=130)


def _perform(run: Run, termination: Termination) -> Outcome:
    found = find_workspace(os.environ.get("STUDIO_WORKSPACE") or run.path.parent.parent)
    workspace = references.as_asked(found, run)
    document = recipes.read_file(run.recipe_file)
    kind = KINDS.load(document.kind)
    recipe = recipes.validate(document, kind.recipe)
    inputs = run.inputs()
    pinned = references.load(inputs.get("references")) | references.load_later(inputs)
    job = Job(run, workspace, pinned, EventLog(run.events_file), termination)
    job.check_stop()
    brought = {field: references.fetched(workspace, reference, job) for field, reference in job.references.items()}
    job = replace(job, references=brought)
    with accelerator(job) if kind.heavy else nullcontext():
        if kind.heavy:
            make_room(job)
        return kind.run(recipe, _pin(job, kind))


def _sums(run: Run, outcome: Outcome) -> dict[str, str]:
    """Return the sum of each thing that a run made, once and for all who will name it."""
    made = {name: run.path / place for name, place in outcome.outputs.items() if not place.startswith("..")}
    return {name: sha256_tree(place) for name, place in made.items() if place.exists()}


def _pin(job: Job, kind: Kind) -> Job:
    """Return the job with the content of its inputs written down.

    A run that is resumed says which of them are no longer what it began with, and does not ask after those of which it has
    what it needs itself (`Kind.kept`).

    Raises:
        InputError: something that the run was submitted with is gone; or, where it only begins, has changed since.
    """
    kept = {name for name, file in kind.kept.items() if (job.path / file).is_file()}
    needed = {name: reference for name, reference in job.references.items() if name not in kept}
    for name, reference in needed.items():
        if not reference.locate(job.workspace).exists():
            raise InputError(
                Text(
                    f"'{reference.given}' is no longer there ({reference.path})",
                    f"“{reference.given}”已经不在了（{reference.path}）",
                ),
                Text("Put it back, or start a run with another.", "请放回原处，或换一个后重新开始。"),
                name,
            )
        changed = reference.stamp and reference.stamp != references.stamp_of(reference.locate(job.workspace))
        if changed and not reference.sha256:
            raise InputError(
                Text(
                    f"'{reference.given}' has changed since this run was submitted",
                    f"“{reference.given}”在提交之后有变化",
                ),
                Text("Start it again to use it as it is now.", "如要使用现在的内容，请重新开始。"),
                name,
            )
    pinned = {**job.references}
    pinned |= {name: references.pin(job.workspace, reference) for name, reference in needed.items()}
    altered = {name for name, before in needed.items() if before.sha256 not in ("", pinned[name].sha256)}
    for name in sorted(altered):
        given = job.references[name].given
        job.notice(
            Text(
                f"{name}: '{given}' has changed since this run began; going on with what it is now",
                f"{name}：“{given}”在本次运行开始之后有变化，现按新的内容继续",
            )
        )
    inputs = job.run.inputs()
    submitted = references.load(inputs.get("references"))
    again = altered | references.load_later(inputs).keys()
    first = {name: submitted[name] if name in again else reference for name, reference in pinned.items()}
    inputs["references"] = references.dump(first)
    if altered:  # what it was submitted with stays written down; what it went on with is added
        now = {"time": round(time.time(), 3), "references": references.dump({name: pinned[name] for name in altered})}
        inputs["later"] = [*inputs.get("later", []), now]
    write_json(job.run.inputs_file, inputs)
    return replace(job, references=pinned)


def _explain(run: Run, problem: Exception) -> dict[str, object]:
    """Return a crash as an error record; a full disk or a closed file is no crash of ours and gets its own words."""
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        full = UnavailableError(
            Text("the disk is full", "磁盘已满"),
            Text(
                f"Free some space, then press Retry (in a shell: `python -m studio resume {run.id}`).",
                f"请先腾出空间，再点“重试”（命令行：`python -m studio resume {run.id}`）。",
            ),
            str(run.path),
        )
        return full.dump()
    if isinstance(problem, PermissionError) and problem.filename is not None:
        closed = UnavailableError(
            Text(f"this may not be opened ({problem.strerror})", f"没有权限打开（{problem.strerror}）"),
            Text("Give the user that runs the studio the right to it.", "请给运行本程序的用户相应的权限。"),
            str(problem.filename),
        )
        return closed.dump()
    traceback.print_exc()
    message = str(problem) or type(problem).__name__
    return {
        "type": type(problem).__name__,
        "message": message,
        "hint": f"The traceback stands at the end of {run.log_file}.",
        "zh": {"message": message, "hint": f"错误的完整记录在 {run.log_file} 的末尾。"},
    }
