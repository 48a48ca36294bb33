from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.workspace import Workspace
from studio.runs import control, launch
from studio.runs.outlook import outlook
from studio.runs.recipes import check_whole, understood
from studio.runs.store import RunStore
from studio.runs.view import view
from tests.runs.helpers import kill_9, stop, wait, working

PIPELINE = """\
kind: pipeline
name: both
steps:
  - recipe: recipes/one.yaml
  - recipe: recipes/one.yaml
    set: {name: two, sources.0.split: test}
"""
ROW = '{"question": "What is fact %d?", "answer": "It is known."}\n'
ONE = "kind: dataset\nname: one\nsources:\n  - file: uploads/a.jsonl\n"


@pytest.fixture
def steps(workspace: Workspace) -> Workspace:
    (workspace.recipes / "one.yaml").write_text(ONE)
    (workspace.recipes / "both.yaml").write_text(PIPELINE)
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    return workspace


def do(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_steps_run_in_order_and_only_when_something_changed(steps: Workspace) -> None:
    first = do(steps, "run", "recipes/both.yaml")
    assert first.returncode == 0, first.stdout + first.stderr
    store = RunStore(steps)
    assert [run.name for run in store.all("dataset")] == ["two", "one"]
    again = do(steps, "run", "recipes/both.yaml")
    assert "unchanged since" in again.stdout
    assert len(store.all("dataset")) == 2
    (steps.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "changed"}\n')
    do(steps, "run", "recipes/both.yaml")
    assert len(store.all("dataset")) == 4


def test_a_step_that_fails_ends_the_pipeline_in_its_own_words(steps: Workspace) -> None:
    (steps.uploads / "a.jsonl").write_text('{"question": "q?", "answer": ""}\n')
    done = do(steps, "run", "recipes/both.yaml")
    assert done.returncode == 2
    assert "the answer is empty" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert len(RunStore(steps).all("dataset")) == 1


def test_check_sees_into_every_step(steps: Workspace) -> None:
    (steps.recipes / "one.yaml").write_text(ONE.replace("name: one", "nme: one"))
    document = recipes.read_file(steps.recipes / "both.yaml")
    with pytest.raises(RecipeError) as caught:
        check_whole(steps, document)
    text = caught.value.to("en")
    assert "both.yaml line 4: steps.0.recipe" in text
    assert "one.yaml line 2: nme: unknown key" in text
    assert RunStore(steps).all() == []


def test_what_an_earlier_step_makes_need_not_be_here_yet(steps: Workspace) -> None:
    (steps.recipes / "train.yaml").write_text("kind: train\nname: t\nmodel: nowhere\ndataset: one\n")
    pipeline = "kind: pipeline\nname: p\nsteps:\n  - recipe: recipes/one.yaml\n  - recipe: recipes/train.yaml\n"
    with pytest.raises(RecipeError) as caught:
        check_whole(steps, recipes.read(pipeline, "p.yaml"))
    assert len(caught.value.faults) == 1
    assert "there is no model 'nowhere'" in caught.value.to("en")


@pytest.mark.parametrize("name", ["Some/Tiny-Model", "tiny-model"])
def test_what_an_earlier_step_fetches_may_be_called_by_its_id_or_its_folder(steps: Workspace, name: str) -> None:
    (steps.recipes / "fetch.yaml").write_text("kind: fetch\nname: f\nmodel: Some/Tiny-Model\n")
    (steps.recipes / "serve.yaml").write_text(f"kind: serve\nname: s\nmodel: {name}\n")
    pipeline = "kind: pipeline\nname: p\nsteps:\n  - recipe: recipes/fetch.yaml\n  - recipe: recipes/serve.yaml\n"
    check_whole(steps, recipes.read(pipeline, "p.yaml"))
    (steps.recipes / "fetch.yaml").write_text("kind: fetch\nname: f\nmodel: other\n")
    with pytest.raises(RecipeError) as caught:
        check_whole(steps, recipes.read(pipeline, "p.yaml"))
    [no_id, not_here] = [fault.to("en") for fault in caught.value.faults]
    assert "'other' is no model id" in no_id
    assert f"models fetch {name if '/' in name else 'OWNER/NAME'}`" in not_here


def test_a_step_under_way_goes_on_with_its_pipeline(steps: Workspace) -> None:
    (steps.uploads / "a.jsonl").write_text("".join(ROW % number for number in range(150_000)))
    store = RunStore(steps)
    recipe = check_whole(
        steps, recipes.read("kind: pipeline\nname: p\nsteps: [{recipe: recipes/one.yaml}]\n", "p")
    ).recipe
    run = launch.start(steps, recipe)
    try:
        wait(lambda: bool(store.all("dataset")))
        [step] = store.all("dataset")
        wait(lambda: working(step))
        kill_9(run)
        assert (run.status(), step.status()) == ("crashed", "running")
        stop(run)
        assert step.status() == "stopped"

        launch.resume(steps, run)
        wait(lambda: working(step))
        kill_9(run)
        launch.resume(steps, run)
        wait(lambda: f"run: {step.id}" in run.log_file.read_text().split(f"run: {step.id}", 2)[-1])
        assert (run.status(), step.status()) == ("running", "running")
        stop(run)
        assert (run.status(), step.status()) == ("stopped", "stopped")
        assert store.all("dataset") == [step], "no step is begun twice"

        for file in (step.result_file, step.process_file, step.stop_file):  # as of one that was about to be resumed
            file.unlink()
        launch.resume(steps, run)
        wait(lambda: working(step))
        stop(run)
    finally:
        for item in store.all():
            if item.active():
                stop(item)


def test_a_pipeline_waits_for_its_step_however_long_it_takes_to_save(steps: Workspace) -> None:
    """Neither the one who asks nor the pipeline ends a step that is still saving."""
    (steps.uploads / "a.jsonl").write_text("".join(ROW % number for number in range(150_000)))
    store = RunStore(steps)
    run = launch.start(
        steps,
        check_whole(steps, recipes.read("kind: pipeline\nname: p\nsteps: [{recipe: recipes/one.yaml}]\n", "p")).recipe,
    )
    wait(lambda: bool(store.all("dataset")))
    [step] = store.all("dataset")
    wait(lambda: working(step))
    process = step.process()
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # a checkpoint that goes to a slow disk
    began = time.monotonic()
    control.ask(run)
    assert time.monotonic() - began < 1, "asking returns at once"
    wait(lambda: step.stop_asked() and view(run).stopping)
    assert "one" in view(run).stage.en
    assert not control.wait([run], 2)
    os.kill(process.pid, signal.SIGCONT)
    assert control.wait([run, step], 30)
    assert (run.status(), step.status()) == ("stopped", "stopped")


def test_everything_anew_is_done_once_a_run(steps: Workspace) -> None:
    """A pipeline that does every step again, stopped after its first, does not do that one a third time."""
    (steps.recipes / "fresh.yaml").write_text(PIPELINE + "fresh: true\n")
    (steps.uploads / "a.jsonl").write_text('{"question": "q?", "answer": ""}\n')
    assert do(steps, "run", "recipes/fresh.yaml").returncode == 2
    store = RunStore(steps)
    [failed] = store.all("dataset")
    (steps.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    assert do(steps, "resume", "both").returncode == 0
    assert [item.name for item in store.all("dataset")] == ["two", "one"]
    assert failed.status() == "finished", "the step that failed is done again in its place"
    store.find("both").write_result("stopped")
    assert do(steps, "resume", "both").returncode == 0
    assert len(store.all("dataset")) == 2


def test_what_a_step_warns_of_is_said_before_the_pipeline_starts(steps: Workspace) -> None:
    (steps.root / "rows").mkdir()
    (steps.root / "rows" / "train.jsonl").write_text("")
    (steps.models / "m").mkdir()
    (steps.models / "m" / "config.json").write_text("{}")
    (steps.recipes / "learn.yaml").write_text("kind: train\nname: learnt\nmodel: m\ndataset: rows\n")
    document = recipes.read(f"{PIPELINE}  - recipe: recipes/learn.yaml\n", "p.yaml")
    checked = understood(steps, document)
    assert checked is not None
    before = outlook(checked)
    assert before.line.zh == "3 步"
    assert [text.en for text in before.warnings] == ["learnt: The training split of this dataset holds no rows."]
