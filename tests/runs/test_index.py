"""The index of runs: quick, never wrong for longer than a look, and nothing that cannot be lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from studio.core.workspace import REPOSITORY, Workspace, find_workspace
from studio.data.recipe import DatasetRecipe
from studio.runs.index import Index
from studio.runs.store import RunStore


@pytest.fixture
def index(workspace: Workspace) -> Index:
    return anew(workspace)


def anew(workspace: Workspace) -> Index:
    """An index as another process would open it."""
    return Index(workspace.runs, workspace.cache / "studio.db")


def settle() -> None:
    """Let the files' times lie behind us, so that they are believed."""
    time.sleep(0.02)


def test_what_is_known_is_what_the_files_say(workspace: Workspace, index: Index, quick: DatasetRecipe) -> None:
    store = RunStore(workspace)
    references = {"sources.0.file": {"given": "x", "refers": "file", "path": "uploads/x.jsonl"}}
    run = store.create(quick, {"references": references})
    [entry] = index.entries()
    assert (entry.id, entry.name, entry.kind, entry.ended_as) == (run.id, "quick", "dataset", None)
    assert index.status(entry) == "queued"
    assert abs(entry.created - time.time()) < 5
    run.write_result("finished", started=1.0, outputs={"dataset": "dataset"}, metrics={}, error=None)
    [entry] = index.entries()
    assert index.status(entry) == "finished"
    assert entry.output("dataset") == run.path / "dataset"
    assert entry.uses == {"sources.0.file": "uploads/x.jsonl"}
    assert (entry.started, entry.ended > 1) == (1.0, True)
    [kept] = anew(workspace).entries()
    assert kept == entry


@pytest.mark.parametrize("damage", ["missing", "no database", "another form", "of another version", "a folder"])
def test_a_database_that_is_lost_or_damaged_is_made_again(
    workspace: Workspace, quick: DatasetRecipe, damage: str
) -> None:
    run = RunStore(workspace).create(quick, {})
    run.write_result("finished", outputs={}, metrics={}, error=None)
    settle()
    assert len(anew(workspace).entries()) == 1
    database = workspace.cache / "studio.db"
    assert database.exists()
    if damage == "missing":
        shutil.rmtree(workspace.cache)
    elif damage == "no database":
        database.write_bytes(b"no database" * 1000)
    elif damage == "a folder":
        database.unlink()
        database.mkdir()
    else:
        with sqlite3.connect(database) as connection:
            if damage == "another form":
                connection.execute("UPDATE runs_3 SET row = ?", [json.dumps({"colour": "red"})])
            else:
                connection.execute("DROP TABLE runs_3")
                connection.execute("CREATE TABLE runs_3 (colour TEXT)")
        connection.close()
    for _ in range(3):
        [entry] = anew(workspace).entries()
        assert (entry.id, entry.ended_as) == (run.id, "finished")
    if damage != "a folder":
        with sqlite3.connect(database) as connection:
            [(id, row)] = connection.execute("SELECT id, row FROM runs_3").fetchall()
        connection.close()
        assert (id, json.loads(row)["ended_as"]) == (run.id, "finished")


def test_a_database_that_another_studio_holds_costs_nothing_but_its_help(
    workspace: Workspace, quick: DatasetRecipe
) -> None:
    RunStore(workspace).create(quick, {})
    settle()
    anew(workspace).entries()
    connection = sqlite3.connect(workspace.cache / "studio.db")
    try:
        connection.execute("BEGIN EXCLUSIVE")
        RunStore(workspace).create(quick, {})
        settle()
        assert len(anew(workspace).entries()) == 2
    finally:
        connection.close()


def test_whatever_changes_is_seen_at_the_next_look(workspace: Workspace, index: Index, quick: DatasetRecipe) -> None:
    store = RunStore(workspace)
    runs = [store.create(quick, {}) for _ in range(3)]
    settle()
    assert [entry.id for entry in index.entries()] == [run.id for run in reversed(runs)]
    runs[0].write_result("finished", outputs={}, metrics={}, error=None)
    assert index.entries()[2].ended_as == "finished"
    shutil.rmtree(runs[1].path)
    assert [entry.id for entry in index.entries()] == [runs[2].id, runs[0].id]
    runs[0].result_file.unlink()
    runs[0].announce()
    assert index.entries()[1].ended_as is None
    shutil.rmtree(workspace.runs)
    assert index.entries() == []


def test_a_change_within_one_tick_of_the_clock_is_seen(
    workspace: Workspace, index: Index, quick: DatasetRecipe
) -> None:
    run = RunStore(workspace).create(quick, {})
    now_ns = time.time_ns()
    os.utime(run.path, ns=(now_ns, now_ns))
    assert index.entries()[0].ended_as is None
    run.write_result("finished", outputs={}, metrics={}, error=None)
    os.utime(run.path, ns=(now_ns, now_ns))
    settle()
    run.announce()
    assert index.entries()[0].ended_as == "finished"


def test_many_threads_and_changes_end_in_the_truth(workspace: Workspace, index: Index, quick: DatasetRecipe) -> None:
    store = RunStore(workspace)
    ending = threading.Event()

    def look() -> None:
        while not ending.is_set():
            index.entries()

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):
            store.create(quick, {}).write_result("finished", outputs={}, metrics={}, error=None)
            assert all(entry.ended_as == "finished" for entry in index.entries())
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    assert len(index.entries()) == 40


def test_order_comes_from_a_counter_whatever_the_clock_says(
    workspace: Workspace, quick: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clock = RunStore(workspace), time.time()
    first = store.create(quick, {})
    monkeypatch.setenv("TZ", "America/Los_Angeles")  # a clock that is set back, and a zone that lies behind
    time.tzset()
    try:
        monkeypatch.setattr(time, "time", lambda: clock - 7200)
        second = store.create(quick, {})
    finally:
        monkeypatch.undo()
        time.tzset()
    for run in (first, second):
        run.write_result("finished", outputs={"dataset": "dataset"}, metrics={}, error=None)
    assert [run.id for run in store.all()] == [second.id, first.id]
    found = store.newest_finished("quick", "dataset")
    assert found == second
    assert first.id.startswith(time.strftime("%Y%m%d-%H", time.gmtime(clock)))


def test_two_studios_that_make_runs_at_once_count_them_once(
    workspace: Workspace, quick: DatasetRecipe, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from studio.core.workspace import Workspace\n"
        "from studio.data.recipe import DatasetRecipe; from studio.runs.store import RunStore\n"
        "recipe = DatasetRecipe(name='quick', sources=[{'file': 'x'}])\n"
        "for _ in range(20): RunStore(Workspace(Path(sys.argv[1]))).create(recipe, {})"
    )
    command = [sys.executable, "-c", program, str(workspace.root)]
    both = [subprocess.Popen(command, cwd=REPOSITORY) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    counters = [entry.counter for entry in RunStore(workspace).entries()]
    assert counters == list(range(40, 0, -1))


def test_runs_of_an_older_studio_come_before_those_with_a_number(workspace: Workspace, quick: DatasetRecipe) -> None:
    store = RunStore(workspace)
    new = store.create(quick, {})
    old = workspace.runs / "20990101-000000-dataset-quick"
    shutil.copytree(new.path, old)
    (old / "ticket.json").unlink()
    assert [entry.id for entry in store.entries()] == [new.id, old.name]
    assert store.entries()[1].created == time.mktime(time.strptime("20990101-000000", "%Y%m%d-%H%M%S"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A thousand finished runs of four kinds, and a dataset, a model and a knowledge base among the newest."""
    workspace = Workspace(tmp_path_factory.mktemp("crowded")).prepare()
    made = {"dataset": "train.jsonl", "train": "config.json", "knowledge": "manifest.json", "evaluate": "metrics.json"}
    outputs = {"dataset": "dataset", "train": "model", "knowledge": "knowledge", "evaluate": "report"}
    for number in range(1000):
        kind = list(made)[number % 4]
        path = workspace.runs / f"20260101-{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-{kind}-r{number}"
        (path / outputs[kind]).mkdir(parents=True)
        (path / outputs[kind] / made[kind]).write_text("{}\n")
        (path / "recipe.yaml").write_text(f"kind: {kind}\nname: r{number}\n")
        (path / "inputs.json").write_text("{}")
        (path / "ticket.json").write_text(json.dumps({"counter": number + 1, "created": 1.7e9 + number}))
        result = {"status": "finished", "started": 1.0, "ended": 2.0, "outputs": {outputs[kind]: outputs[kind]}}
        (path / "result.json").write_text(json.dumps({**result, "metrics": {}, "error": None}))
    settle()
    anew(workspace).entries()
    return workspace


COUNT = """
import sys
opened = []
sys.addaudithook(lambda event, values: opened.append(values[0]) if event == "open" else None)
from studio.core.workspace import find_workspace
workspace = find_workspace(sys.argv[1])
def count(what):
    before = len(opened)
    what()
    paths = [str(path) for path in opened[before:] if not str(path).endswith((".py", ".pyc", ".so", ".json.gz"))]
    print(what.__name__, len([path for path in paths if sys.argv[1] in path]))
"""


@pytest.mark.parametrize(
    "program",
    [
        """
from studio.core import recipe as recipes
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore
def check():
    text = "kind: evaluate\\nname: e\\ndataset: r0\\nmodels: [r1, r5]\\nways: [direct, api, rag]\\nknowledge: r2\\n"
    try:
        check_whole(workspace, recipes.read(text, "e"))
    except Exception as error:
        assert "no weights" in str(error), error
count(check)
count(check)
""",
        """
from studio.ui.context import Context
from studio.ui.parts import PARTS
def home(): PARTS.load("home").render(Context(workspace, "zh"), {})
def runs(): PARTS.load("listing").render(Context(workspace, "zh"), {"listing": "runs"})
def panel(): PARTS.load("panel").render(Context(workspace, "zh"), {"kind": "train"})
def poll(): PARTS.load("panel").version(Context(workspace, "zh"), {"kind": "train"})
for part in (home, runs, panel, poll, poll): count(part)
""",
        """
from studio.runs.names import dataset_names, knowledge_names, model_names
def names(): assert (len(model_names(workspace)), len(dataset_names(workspace)), len(knowledge_names(workspace))) == (250, 250, 250)
count(names)
""",
    ],
    ids=["start", "page", "names"],
)
def test_with_a_thousand_runs_few_files_are_opened(crowded: Workspace, program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT + program, str(crowded.root)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = {line.split()[0]: int(line.split()[1]) for line in done.stdout.splitlines()}
    print(counts)
    assert counts and max(counts.values()) < 100, counts
    assert find_workspace(crowded.root).cache == crowded.cache
