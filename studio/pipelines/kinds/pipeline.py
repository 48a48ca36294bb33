"""`kind: pipeline`: recipes one after the other; a step whose recipe and inputs did not change is not run again."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from contextlib import suppress

from studio.core import recipe as recipes
from studio.core import yamlfile
from studio.core.errors import Fault, InputError, RecipeError, error_class
from studio.core.option import OR_FILE, called, references
from studio.core.recipe import Recipe, RecipeDocument
from studio.core.reporter import STOPPING, Stopped
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.pipelines.recipe import PipelineRecipe, Step
from studio.runs import control, launch, queue
from studio.runs import references as refs
from studio.runs.directory import STATUSES, Run
from studio.runs.forecast import Amount, Forecast
from studio.runs.job import Job, Outcome
from studio.runs.kind import Kind, Measures
from studio.runs.kinds import KINDS
from studio.runs.outlook import forecast_of
from studio.runs.recipes import Checked, faults_of, validate_document
from studio.runs.references import Reference, Resolved
from studio.runs.store import RunStore
from studio.runs.view import view

_POLL_S = 0.3
_LOOKS = 10


def load_step(workspace: Workspace, step: Step) -> RecipeDocument:
    """Read a step's recipe with its settings laid over it. Raises InputError with every fault of it."""
    path = workspace.path(step.recipe)
    workspace.require_open(path)
    document = recipes.read_file(path)
    return recipes.override(document, [f"{key}={_yaml(value)}" for key, value in step.set.items()])


def check(recipe: PipelineRecipe, resolved: Resolved) -> list[Fault]:
    """Return the faults of all steps; what an earlier step makes need not be here yet."""
    faults: list[Fault] = []
    coming: set[tuple[str, str]] = set()
    for number, step in enumerate(recipe.steps):
        where = f"steps.{number}.recipe"
        try:
            below = validate_document(load_step(resolved.workspace, step))
        except RecipeError as error:
            faults += [Fault(where, Text(fault.to("en"), fault.to("zh"))) for fault in error.faults]
            continue
        except InputError as error:
            faults.append(Fault(where, Text(error.to("en"), error.to("zh"))))
            continue
        if KINDS.load(below.kind).starts_runs:
            faults.append(Fault(where, Text("a pipeline cannot be a step", "流水线不能作为步骤")))
            continue
        if below.cron:
            repeat = called(Recipe, "cron")
            faults.append(
                Fault(
                    where,
                    Text(
                        f"a step cannot repeat; give the pipeline {repeat.en}",
                        f"步骤不能定时重复；请把{repeat.zh}写在流水线上",
                    ),
                )
            )
            continue
        named = {field: (refers.removesuffix(OR_FILE), refs.bare(given)) for field, refers, given in references(below)}
        for fault in faults_of(below, refs.resolve_all(resolved.workspace, below)):
            if named.get(fault.where) not in coming:
                faults.append(
                    Fault(where, Text(f"{step.recipe}: {fault.to('en')}", f"{step.recipe}: {fault.to('zh')}"))
                )
        coming |= KINDS.load(below.kind).made(below)
    return faults


def forecast(recipe: PipelineRecipe, resolved: Resolved) -> Forecast:
    """Foresee the steps, and what each of them warns of by what is here already."""
    warnings: list[Text] = []
    for step in recipe.steps:
        try:
            below = validate_document(load_step(resolved.workspace, step))
        except InputError:
            continue
        found = forecast_of(Checked(below, refs.resolve_all(resolved.workspace, below)))
        warnings += [Text(f"{below.name}: {text.en}", f"{below.name}：{text.zh}") for text in found.warnings]
    return Forecast((Amount(len(recipe.steps), Text("steps", "步")),), tuple(warnings))


def run(recipe: PipelineRecipe, job: Job) -> Outcome:
    """Do the steps in order, each a run of its own; what a step makes is found by the next by its name.

    Raises:
        StudioError: a step failed; its own words.
        Stopped: somebody asked; the step under way ends first, as it would if it had been asked itself.
    """
    outputs: dict[str, str] = {}
    for number, step in enumerate(recipe.steps):
        job.check_stop()
        document = load_step(job.workspace, step)
        below = validate_document(document)
        title = KINDS.load(below.kind).title
        job.progress(number, len(recipe.steps), "steps", saved=number)
        job.stage(
            f"step-{number + 1}",
            Text(f"Step {number + 1}: {title.en} '{below.name}'", f"第 {number + 1} 步：{title.zh}“{below.name}”"),
        )
        resolved = refs.resolve_all(job.workspace, below)
        resolved.require()
        begun = _begun(job, number, below, resolved)
        made = unchanged(below, resolved) if not recipe.fresh else _finished(begun)
        if made is not None:
            job.notice(Text(f"unchanged since {made.id}, not run again", f"与 {made.id} 相比没有变化，不再执行"))
        else:
            made = _do(job, number, below, resolved, begun)
        outputs[f"{number + 1}-{below.kind}-{below.name}"] = f"../{made.id}"
    job.progress(len(recipe.steps), len(recipe.steps), "steps", saved=len(recipe.steps))
    return Outcome(outputs)


def unchanged(recipe: Recipe, resolved: Resolved) -> Run | None:
    """Return the newest finished run of the very same recipe whose inputs still have the same content, if any.

    A run that serves is never taken for done: it is wanted alive.
    """
    if KINDS.load(recipe.kind).stays_up or any(reference.coming for reference in resolved.references.values()):
        return None
    workspace = resolved.workspace
    made = RunStore(workspace).newest_finished(recipe.name, recipe.kind)
    if made is None or not _same_work(made, recipe, resolved):
        return None
    before = refs.load(made.inputs().get("references"))
    now = {field: refs.pin(workspace, reference) for field, reference in resolved.references.items()}
    return made if _contents(before) == _contents(now) else None


def _same_work(run: Run, recipe: Recipe, resolved: Resolved) -> bool:
    """Tell whether a run's recipe asks for the same work, settled or not; older ones lack fields that have come since."""
    try:
        asked = validate_document(recipes.read_file(run.recipe_file)).work()
    except InputError:
        return False
    return asked == recipe.work() or asked == KINDS.load(recipe.kind).settled(recipe, resolved).work()


def _contents(pinned: Mapping[str, Reference]) -> dict[str, str]:
    return {field: reference.sha256 for field, reference in pinned.items()}


def _begun(job: Job, number: int, recipe: Recipe, resolved: Resolved) -> Run | None:
    """Return the run that did this very step before this pipeline was stopped or killed, if any."""
    run = job.run.children().get(number)
    if run is None or not _same_work(run, recipe, resolved):
        return None
    before = refs.load(run.inputs().get("references"))
    return run if _places(before) == _places(resolved.references) else None


def _places(references: Mapping[str, Reference]) -> dict[str, str]:
    return {field: reference.run or reference.path for field, reference in references.items()}


def _finished(run: Run | None) -> Run | None:
    """Return a run that made what it was to make; one that served made nothing that stays."""
    return run if run is not None and not KINDS.load(run.kind).stays_up and run.status() == "finished" else None


def _do(job: Job, number: int, recipe: Recipe, resolved: Resolved, begun: Run | None) -> Run:
    """Run a step to its end, waiting only until it answers where it serves.

    A step that was begun goes on from where it is: it may still be at work, or have been stopped with the pipeline.
    """
    if begun is None or begun.status() == "finished":
        run = launch.prepare(job.workspace, recipe, resolved, job.run)
        job.events.append("child", run=run.id, step=number)  # before it begins: a pipeline that is killed knows it
        launch.submit(job.workspace, run)
    else:
        run = begun
        if not run.active():
            launch.resume(job.workspace, run)
        elif run.process() is None:  # its pipeline was killed while it was about to start it
            launch.submit(job.workspace, run)
    print(f"run: {run.id}", flush=True)
    for look in itertools.count():
        if not run.active():
            break
        if job.stopping():
            _stop(job, run, recipe.name)
            raise Stopped
        if look % _LOOKS == 0 and run.process() is None:
            queue.advance(job.workspace, launch.begin)  # should its scheduler have been killed
        if KINDS.load(recipe.kind).stays_up and run.server_file.exists():
            return run
        time.sleep(_POLL_S)
    status = run.status()
    if status == "finished":
        return run
    if status == "stopped":
        raise Stopped
    error = view(run).error or {}
    words = error.get("zh", {})
    message = Text(
        f"step '{recipe.name}' {status}: {error.get('message', '')}",
        f"步骤“{recipe.name}”没有完成（{STATUSES[status].zh}）：{words.get('message', '')}",
    )
    raise error_class(error)(message, Text(str(error.get("hint", "")), str(words.get("hint", ""))), run.id)


def _stop(job: Job, run: Run, name: str) -> None:
    """Ask a step to stop, and wait for it however long it takes: it is saving its work."""
    job.stage(STOPPING, Text(f"Stopping; waiting for '{name}' to save its work", f"正在停止，等待“{name}”保存进度"))
    hurried = False
    with suppress(InputError):  # it may have ended meanwhile
        control.ask(run)
    while run.active():
        if job.leaving() and not hurried:
            hurried = True
            control.terminate(run)
        time.sleep(_POLL_S)


def _yaml(value: object) -> str:
    return yamlfile.dump(value).removesuffix("...\n").strip()


KIND = Kind(
    PipelineRecipe,
    run,
    Text("Pipeline", "流水线"),
    heavy=False,
    check=check,
    forecast=forecast,
    starts_runs=True,
    measures=Measures(units={"steps": Text("steps", "步")}),
)
