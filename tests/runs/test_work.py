"""What a worker does around a kind's own work."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core import recipe as recipes
from studio.core.files import SCRATCH, sha256_tree, write_json
from studio.core.reporter import Stopped
from studio.core.workspace import Workspace
from studio.data.kinds import dataset
from studio.runs import launch, references
from studio.runs.directory import Run
from studio.runs.events import EventLog, read_events
from studio.runs.exclusive import accelerator
from studio.runs.job import Job, Outcome, Termination
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore
from studio.runs.view import view
from studio.runs.work import perform
from tests.runs.helpers import wait

RECIPE = "kind: dataset\nname: one\nsources:\n  - file: uploads/a.jsonl\n"


@pytest.fixture
def made(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A dataset's run whose worker has not come up."""
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    recipe = check_whole(workspace, recipes.read(RECIPE, "r.yaml")).recipe
    resolved = references.resolve_all(workspace, recipe)
    return RunStore(workspace).create(recipe, {"references": references.dump(resolved.require())})


def test_a_resumed_run_pins_what_it_reads_now(workspace: Workspace, made: Run) -> None:
    source = workspace.uploads / "a.jsonl"
    good = source.read_text()
    source.write_text('{"question": "q?", "answer": ""}\n')
    assert perform(made, Termination()) == 2
    before = made.inputs()["references"]["sources.0.file"]["sha256"]
    made.result_file.unlink()
    source.write_text(good)
    assert perform(made, Termination()) == 0
    assert made.inputs()["references"]["sources.0.file"]["sha256"] == before, "the first pin stays"
    [later] = made.inputs()["later"]
    assert later["references"]["sources.0.file"]["sha256"] == sha256_tree(source)
    assert sum("has changed" in notice.en for notice in view(made).notices) == 1
    made.result_file.unlink()
    perform(made, Termination())
    assert sum("has changed" in notice.en for notice in view(made).notices) == 1, "it has not changed again"
    assert made.inputs()["later"] == [later]
    assert made.inputs()["references"]["sources.0.file"]["sha256"] == before


def test_a_run_whose_input_changed_while_it_waited_is_refused(
    workspace: Workspace, made: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inputs are pinned when a run is submitted: it does not work on something else than what was checked."""
    monkeypatch.setattr(dataset, "KIND", replace(dataset.KIND, heavy=True))
    pinned = references.load(made.inputs()["references"])
    stamped = {field: references.stamped(workspace, reference) for field, reference in pinned.items()}
    write_json(made.inputs_file, {**made.inputs(), "references": references.dump(stamped)})
    other = Job(made, workspace, {}, EventLog(made.path / "other.jsonl"))
    thread = threading.Thread(target=perform, args=[made, Termination()])
    with accelerator(other):
        thread.start()
        wait(lambda: any(event.get("name") == "waiting" for event in read_events(made.events_file)[0]))
        (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "another"}\n')
    thread.join()
    error = view(made).error
    assert error is not None
    assert (made.status(), error["type"]) == ("failed", "InputError")
    assert error["message"] == "sources.0.file: 'uploads/a.jsonl' has changed since this run was submitted"


def test_what_a_run_made_is_summed_up_once_by_its_maker(workspace: Workspace, made: Run) -> None:
    assert perform(made, Termination()) == 0
    result = made.result()
    assert result is not None
    assert result["sha256"] == {
        "dataset": sha256_tree(made.path / "dataset"),
        "card": sha256_tree(made.path / "dataset" / "card.md"),
    }
    reference = references.resolve(workspace, "dataset", "one")
    assert reference.sha256 == result["sha256"]["dataset"]
    assert references.stamped(workspace, reference) == reference
    assert references.pin(workspace, reference).rows == 1


def test_a_run_whose_folder_is_removed_ends(workspace: Workspace, made: Run) -> None:
    job = Job(made, workspace, {}, EventLog(made.events_file))
    job.check_stop()
    shutil.rmtree(made.path)
    with pytest.raises(Stopped):
        job.check_stop()


def test_a_worker_whose_folder_is_removed_ends_without_a_trace(workspace: Workspace, made: Run) -> None:
    row = '{"question": "What is fact %d?", "answer": "It is %d."}\n'
    (workspace.uploads / "a.jsonl").write_text("".join(row % (number, number) for number in range(150_000)))
    launch.launch(workspace, made)
    wait(lambda: any(event["type"] == "progress" for event in read_events(made.events_file)[0]))
    process = made.process()
    assert process is not None
    while made.path.exists():  # the worker may write at the very moment
        shutil.rmtree(made.path, ignore_errors=True)
        time.sleep(0.01)
    wait(lambda: not process.alive(), 10)
    assert [path.name for path in workspace.runs.iterdir()] == [".counter"]


def test_a_file_that_may_not_be_opened_is_named(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(recipe: object, job: Job) -> Outcome:
        raise PermissionError(errno.EACCES, "Permission denied", "/data/private.csv")

    monkeypatch.setattr(dataset, "KIND", replace(dataset.KIND, run=refuse))
    perform(made, Termination())
    error = view(made).error
    assert error is not None
    assert error["message"] == "/data/private.csv: this may not be opened (Permission denied)"
    assert "权限" in error["zh"]["hint"]


def test_a_resumed_run_says_which_of_its_inputs_is_gone(workspace: Workspace, made: Run) -> None:
    source = workspace.uploads / "a.jsonl"
    source.write_text('{"question": "q?", "answer": ""}\n')
    assert perform(made, Termination()) == 2
    made.result_file.unlink()
    source.unlink()
    assert perform(made, Termination()) == 2
    error = view(made).error
    assert error is not None
    assert error["message"] == "sources.0.file: 'uploads/a.jsonl' is no longer there (uploads/a.jsonl)"


def test_a_stamp_tells_names_sizes_and_times_and_survives_a_copy(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "one").mkdir(parents=True)
    (folder / "two").mkdir()
    (folder / "one" / "a").write_text("1")
    stamp = references.stamp_of(folder)
    shutil.copytree(folder, tmp_path / "copy")
    assert references.stamp_of(tmp_path / "copy") == stamp
    (folder / "one" / "a").rename(folder / "two" / "a")
    assert references.stamp_of(folder) != stamp, "moved inside"
    (folder / "two" / "b").symlink_to("nowhere")
    references.stamp_of(folder)


def test_pinned_references_of_another_studio_are_read_as_far_as_they_are_known() -> None:
    known = {"given": "d", "refers": "dataset", "path": "runs/x/dataset"}
    read = references.load({"a": {**known, "colour": "red"}, "b": "damaged", "c": {"given": "d"}})
    assert read == {"a": references.Reference(**known)}
    assert references.load([]) == {}


def test_what_a_killed_worker_left_half_written_is_swept(made: Run) -> None:
    (made.path / f".dataset.x1y2{SCRATCH}" / "deep").mkdir(parents=True)
    made.reserve_file.touch()
    assert perform(made, Termination()) == 0
    assert not list(made.path.glob(f".*{SCRATCH}"))
    assert not made.reserve_file.exists()
