"""Commands that write recipes' runs and read them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.errors import InputError
from studio.core.reporter import STOPPING
from studio.core.text import Text, shell_language
from studio.core.workspace import Workspace, find_workspace
from studio.runs import bill, control, launch, queue, references, removal
from studio.runs.directory import STATUSES, Run
from studio.runs.events import read_log
from studio.runs.kinds import KINDS
from studio.runs.outlook import outlook
from studio.runs.recipes import Checked, load_recipe
from studio.runs.rental import read_rental
from studio.runs.store import RunStore
from studio.runs.view import view

app = typer.Typer()
_LOOK_S = 3.0
_SAID = 10_000  # characters of the log's end to know it by
_EXIT = {"finished": 0, "failed": 1, "crashed": 1, "stopped": 130}


@app.command()
def run(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(help="A recipe file.")],
    name: Annotated[str | None, typer.Option(help="Another name for the result.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override a field: a.b=value.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return at once; the run goes on.")] = False,
) -> None:
    """Do what a recipe says."""
    workspace = here(context)
    settings = [*(set_ or []), *([f"name={json.dumps(name, ensure_ascii=False)}"] if name else [])]
    loaded = load_recipe(workspace, recipe, settings)
    started = launch.start(workspace, loaded.recipe, loaded.resolved)
    say(f"run: {started.id}")
    if not detach:
        sys.exit(attend(started))


@app.command()
def check(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(help="A recipe file.")],
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override a field: a.b=value.")] = None,
) -> None:
    """Say everything that is wrong with a recipe, or that nothing is: then how much it will be, and what to heed."""
    checked = load_recipe(here(context), recipe, set_ or [])
    kind, name = KINDS.load(checked.recipe.kind).title, checked.recipe.name
    say(Text(f"{recipe}: good ({checked.recipe.kind} '{name}')", f"{recipe}：没有问题（{kind.zh}“{name}”）"))
    before = outlook(checked)
    if before.line.en:
        say(Text(f"  {before.line.en}", f"  {before.line.zh}"))
    for warning in before.warnings:
        say(Text(f"  note: {warning.en}", f"  注意：{warning.zh}"))


@app.command()
def schema(kind: str) -> None:
    """Print the JSON schema of a kind of recipe."""
    document(KINDS.load(kind).recipe.model_json_schema())


@app.command()
def runs(context: typer.Context, as_json: AsJson = False) -> None:
    """List the runs, newest first."""
    views = [view(item) for item in RunStore(here(context)).all()]
    if as_json:
        document([item.dump() for item in views])
        return
    for item in views:
        done = f"{item.progress.done}/{item.progress.total} {item.progress.unit}" if item.progress.total else ""
        say(f"{item.status:9} {item.id:60} {done}")
        if item.stalled:
            say(Text(f"          {item.stalled.words.en}", f"          {item.stalled.words.zh}"))
    if not views:
        say(Text("No runs yet.", "还没有运行。"))


@app.command()
def show(context: typer.Context, run: str, as_json: AsJson = False) -> None:
    """Show one run: status, progress, metrics, outputs."""
    found = RunStore(here(context)).find(run)
    item = view(found)
    rental = read_rental()
    if as_json:
        document({**item.dump(), "rental": bill.dump(rental, found, item)})
        return
    language = shell_language()
    status = f"{item.status} ({STOPPING})" if item.stopping else item.status
    say(f"{item.id}\n  status: {status}\n  stage: {item.stage.to(language)}")
    if item.progress.total:
        eta = "" if item.progress.eta_s is None else f", {item.progress.eta_s:.0f} s left"
        say(f"  progress: {item.progress.done}/{item.progress.total} {item.progress.unit}{eta}")
    if item.stalled:
        say(Text(f"  note: {item.stalled.words.en}", f"  注意：{item.stalled.words.zh}"))
    if (cost := bill.spent(rental, found, item)).en:
        say(Text(f"  {cost.en}", f"  {cost.zh}"))
    if alarm := bill.alarm(rental, item):
        say(Text(f"  note: {alarm.en}", f"  注意：{alarm.zh}"))
    for name, value in item.metrics.items():
        say(f"  {name}: {value:.6g}")
    for name, path in item.outputs.items():
        say(f"  {name}: {found.path / path}")
    if item.error:
        words = item.error.get("zh", {}) if language == "zh" else item.error
        say(f"  error: {words.get('message', '')}\n  {words.get('hint', '')}")


@app.command()
def logs(
    context: typer.Context,
    run: str,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
) -> None:
    """Print a run's log."""
    found = RunStore(here(context)).find(run)
    offset = 0
    while True:
        active = found.active()
        text, offset = read_log(found.log_file, offset)
        sys.stdout.write(text)
        sys.stdout.flush()
        if not follow or not active:
            return
        time.sleep(0.3)


@app.command()
def stop(
    context: typer.Context,
    run: str,
    wait: Annotated[bool, typer.Option("--wait", help="Return once it has ended.")] = False,
    force: Annotated[bool, typer.Option("--force", help="End it at once; says what is lost.")] = False,
) -> None:
    """Ask a run to finish its step, save and end; returns at once."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    if force:
        say(control.force(workspace, found))
    else:
        found = control.ask(found)
        if wait:
            control.wait([found])
    item = view(found)
    say(f"{found.id}: {STOPPING if item.stopping else item.status}")


@app.command()
def resume(
    context: typer.Context,
    run: str,
    from_: Annotated[str, typer.Option("--from", help="An earlier checkpoint to go on from: step-100.")] = "",
    epochs: Annotated[float | None, typer.Option(help="Train a finished run for so many more, as a new run.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return at once.")] = False,
) -> None:
    """Go on with a stopped, failed or crashed run from its last checkpoint, or from an earlier one."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    if epochs is not None:
        more = _more(workspace, found, from_, epochs)
        started = launch.start(workspace, more.recipe, more.resolved)
        say(f"run: {started.id}")
        if not detach:
            sys.exit(attend(started))
        return
    offset = found.log_file.stat().st_size if found.log_file.exists() else 0
    launch.resume(workspace, found, from_)
    say(f"run: {found.id}")
    if not detach:
        sys.exit(attend(found, offset))


def _more(workspace: Workspace, run: Run, at: str, epochs: float) -> Checked:
    """Return a finished training's recipe for more epochs: of the very data that it learned, from where it ended."""
    if run.status() != "finished" or "continues" not in KINDS.load(run.kind).recipe.model_fields:
        status = run.status()
        raise InputError(
            Text(
                f"only a finished training can be trained for more epochs; {run.id} is {status}",
                f"只有已完成的训练才能再训练更多轮；{run.id} 的状态是“{STATUSES[status].zh}”",
            ),
            Text(
                f"Go on with it first: `python -m studio resume {run.id}`",
                f"请先继续它：`python -m studio resume {run.id}`",
            ),
        )
    dataset = references.load(run.inputs().get("references"))["dataset"]
    values = {
        "epochs": epochs,
        "continues": f"{run.id}:{at}" if at else run.id,
        "dataset": dataset.run or dataset.path,
        "max_steps": None,
        "at": "",
        "cron": "",
    }
    return load_recipe(
        workspace, str(run.recipe_file), [f"{name}={json.dumps(value)}" for name, value in values.items()]
    )


@app.command()
def remove(
    context: typer.Context,
    run: str,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even where other runs could need it later.")] = False,
) -> None:
    """Delete a run's folder; names who still needs it."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    needs = removal.needed_by(workspace, found.id) if anyway else []
    removal.remove(workspace, found, [need.entry.id for need in needs])
    say(Text(f"removed {found.id}", f"已删除 {found.id}"))


def attend(run: Run, offset: int = 0) -> int:
    """Stream a run's log until it ends; return the exit code. Ctrl-C asks the run to stop."""
    asked, said, look = False, "", time.monotonic() + _LOOK_S
    while True:
        with _interrupts() as interrupted:
            status = run.status()
            text, offset = read_log(run.log_file, offset)
            said = (said + text)[-_SAID:]
            sys.stdout.write(text)
            sys.stdout.flush()
            if status not in ("queued", "running"):
                break
            if status == "queued" and time.monotonic() > look:  # should its scheduler have been killed
                look = time.monotonic() + _LOOK_S
                queue.advance(find_workspace(), launch.begin)
            time.sleep(0.2)
        if interrupted and not asked:
            asked = True
            with suppress(InputError):  # it may just have ended
                control.ask(run)
            say(Text("stopping ...", "正在停止……"), error=True)
    result = run.result() or {}
    error = result.get("error")
    language = shell_language()
    if isinstance(error, dict):
        words = error.get("zh", {}) if language == "zh" else error
        notice = f"{words.get('message', '')}\n{words.get('hint', '')}".strip()
        # on a screen that shows both, what the log ended with is not said again
        if not (said.rstrip().endswith(notice) and sys.stdout.isatty() and sys.stderr.isatty()):
            say(notice, error=True)
        if status == "failed":
            return int(error.get("exit_code", 1))
    elif status == "crashed":
        crash = view(run).error or {}
        say(f"{crash.get('message', '')}\n{crash.get('hint', '')}", error=True)
    say(f"{run.id}: {status}")
    if status == "finished":
        _tell_report(run)
    return _EXIT[status]


def _tell_report(run: Run) -> None:
    """Print the table of the report that a run, or the last such step of a pipeline, has made."""
    outputs = (run.result() or {}).get("outputs", {})
    reported = [run, *(Run((run.path / path).resolve()) for path in outputs.values() if path.startswith("../"))]
    folders = [folder for item in reported if (folder := item.output("report")) is not None]
    if folders:
        say((folders[-1] / "table.txt").read_text(encoding="utf-8"))
        say(Text(f"report: {folders[-1] / 'report.html'}", f"报告：{folders[-1] / 'report.html'}"))


@contextmanager
def _interrupts() -> Iterator[list[bool]]:
    """Collect a Ctrl-C instead of dying of it: the run goes on and is asked to stop."""
    seen: list[bool] = []
    try:
        yield seen
    except KeyboardInterrupt:
        seen.append(True)
