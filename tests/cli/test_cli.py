from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from studio.cli import app
from studio.core import plugins
from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore
from studio.training import checkpoints
from studio.training.recipe import TrainRecipe


def studio(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=REPOSITORY)


@pytest.fixture
def recipe(workspace: Workspace) -> Path:
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    path = workspace.recipes / "d.yaml"
    path.write_text("kind: dataset\nname: d\nsources:\n  - file: uploads/a.jsonl\n")
    return path


def test_the_life_of_a_run(workspace: Workspace, recipe: Path) -> None:
    done = studio(workspace, "run", str(recipe), "--name", "名字", "--set", "test=0.2")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("run: ")
    shown = json.loads(studio(workspace, "show", "名字", "--json").stdout)
    assert shown["id"] == first.removeprefix("run: ")
    assert (shown["status"], shown["kind"], shown["metrics"]["rows"]) == ("finished", "dataset", 1)
    assert {"done", "total", "unit", "eta_s"} <= shown["progress"].keys()
    assert [item["id"] for item in json.loads(studio(workspace, "runs", "--json").stdout)] == [shown["id"]]
    assert "Rows taken" in studio(workspace, "logs", "名字").stdout
    assert studio(workspace, "remove", "名字").returncode == 0
    assert json.loads(studio(workspace, "runs", "--json").stdout) == []


def test_a_faulty_recipe_exits_with_2_and_one_screen(workspace: Workspace) -> None:
    path = workspace.recipes / "bad.yaml"
    path.write_text("kind: dataset\nname: a b\nval: -2\nsources: []\n")
    for command in ("check", "run"):
        done = studio(workspace, command, str(path))
        assert done.returncode == 2
        assert done.stderr.count("bad.yaml line") == 3
        assert "Traceback" not in done.stderr
    assert list(workspace.runs.iterdir()) == []


def test_a_check_says_what_will_be_done_and_what_to_heed(workspace: Workspace, recipe: Path, tiny_model: Path) -> None:
    done = studio(workspace, "check", str(recipe))
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["  1 file · 1 row"])
    (workspace.root / "rows").mkdir()
    (workspace.root / "rows" / "test.jsonl").write_text("")
    shutil.copytree(tiny_model, workspace.models / "m")
    path = workspace.recipes / "e.yaml"
    path.write_text("kind: evaluate\nname: e\ndataset: rows\nmodels: [m]\nmodes: [direct]\n")
    done = studio(workspace, "check", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "  note: The test split of this dataset holds no questions; choose another one."
    ]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run", "nowhere.yaml"], "no such file"),
        (["show", "nothing"], "there is no run"),
        (["schema", "nothing"], "accepted: dataset"),
        (["search", "nothing", "q"], "there is no knowledge base"),
        (["models", "fetch", "../x"], "there is no file or folder"),
    ],
)
def test_mistakes_exit_with_2(workspace: Workspace, arguments: list[str], word: str) -> None:
    done = studio(workspace, *arguments)
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_recipe_in_a_wrong_encoding_or_a_pointer(workspace: Workspace) -> None:
    path = workspace.recipes / "p.yaml"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "Git LFS" in studio(workspace, "check", str(path)).stderr
    path.write_bytes(b"kind: \xff\xfe\xff dataset\n")
    done = studio(workspace, "check", str(path))
    assert (done.returncode, "is not UTF-8" in done.stderr) == (2, True)


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_kind_prints_its_schema(workspace: Workspace, kind: str) -> None:
    schema = json.loads(studio(workspace, "schema", kind).stdout)
    assert schema["additionalProperties"] is False
    assert all("description" in field for name, field in schema["properties"].items() if name != "kind")


def test_doctor_looks_at_everything(workspace: Workspace) -> None:
    found = json.loads(studio(workspace, "doctor", "--json").stdout)
    looked_at = {item["name"]: item["good"] for item in found}
    assert looked_at.keys() == {"machine", "gpu", "disk", "models", "hub", "port", "versions", "optional", "plugins"}
    assert looked_at["plugins"]
    assert all(item["mend"]["zh"] for item in found if not item["good"])


def test_a_terminal_without_utf_8_gets_json_and_words(workspace: Workspace, recipe: Path) -> None:
    studio(workspace, "run", str(recipe))
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "STUDIO_LANG": "zh"}
    for encoding in ("", "gbk", "latin-1"):
        for arguments in (["show", "d", "--json"], ["check", str(recipe)]):
            command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments]
            environment = {**plain, **({"PYTHONIOENCODING": encoding} if encoding else {})}
            done = subprocess.run(command, capture_output=True, timeout=60, check=True, cwd=REPOSITORY, env=environment)
            if "--json" in arguments:
                assert json.loads(done.stdout)["stage"]["zh"]


def test_a_fault_is_said_once_on_a_screen(workspace: Workspace, recipe: Path) -> None:
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": ""}\n')
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), "run", str(recipe)]
    running = subprocess.Popen(command, stdout=terminal, stderr=terminal, cwd=REPOSITORY)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # what a closed terminal says
        while part := os.read(screen, 4096):
            shown += part
    os.close(screen)
    assert running.wait(60) == 2
    assert shown.count(b"none of 1 rows") == 1, shown
    piped = studio(workspace, "run", str(recipe))
    assert "none of 1 rows" in piped.stdout and "none of 1 rows" in piped.stderr


def test_a_recipe_may_come_from_a_pipe(workspace: Workspace, recipe: Path) -> None:
    for arguments in (["check", "/dev/stdin"], ["run", "/dev/stdin"]):
        command = [sys.executable, "-m", "studio", "--workspace", str(workspace.root), *arguments]
        text = recipe.read_text()
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr


LAYOUT = """
from studio.core.text import both
from studio.data.layouts.base import Layout, identity
from studio.data.records.question import Question


def convert(row, source):
    return Question(id=identity(row, source), stem=row["q"], gold=row["a"], source=source)


LAYOUT = Layout(both("Hospital"), convert, ({"q": "?", "a": "!"},), fits=lambda row: "q" in row, order=1)
"""


def test_a_plugin_of_the_workspace_is_listed_allowed_and_used_by_a_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))

    def here(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["plugins", *arguments])  # in this process, which need not start anew

    assert "none: put a file into" in here().output
    workspace.plugins.mkdir()
    (workspace.plugins / "hospital.py").write_text(LAYOUT)
    (workspace.uploads / "a.jsonl").write_text('{"q": "What reverses heparin?", "a": "Protamine."}\n')
    path = workspace.recipes / "d.yaml"
    path.write_text("kind: dataset\nname: d\nsources:\n  - file: uploads/a.jsonl\n    layout: hospital\n")
    plugins.forget()
    (listed,) = json.loads(here("--json").output)
    assert (listed["name"], listed["sorts"], listed["state"]) == ("hospital", ["layout"], "waiting")
    refused = studio(workspace, "check", str(path))
    assert refused.returncode == 2
    assert "line 5: sources.0.layout: the file of layout 'hospital' may not run yet" in refused.stderr
    assert here("allow", "hospital").output.startswith("allowed: hospital  layout  allowed")
    done = studio(workspace, "run", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert here("forbid", "hospital").output == "forbidden: hospital (1 versions)\n"
    assert "waiting to be allowed" in here().output
    assert isinstance(here("allow", "nothing").exception, InputError)
    (workspace.plugins / "broken.py").write_text("import no_such_library\nLAYOUT = 1\n")
    plugins.forget()
    assert "the layout 'broken' cannot be loaded" in here("allow", "broken").output
    plugins.forget()


def test_checkpoints_are_listed_and_kept(workspace: Workspace) -> None:
    run = RunStore(workspace).create(TrainRecipe(name="tuned", dataset="d"), {})
    for step in (50, 100):
        with checkpoints.writing(run.path, step, "due", {"loss": step / 10}, best=step == 50) as folder:
            (folder / checkpoints.OPTIMIZER).write_bytes(b"moments")

    def typed(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--workspace", str(workspace.root), *arguments])

    assert typed("keep", "tuned", "step-100").exit_code == 0
    listed = json.loads(typed("checkpoints", "tuned", "--json").stdout)
    assert [(item["name"], item["best"], item["kept"], item["resumable"]) for item in listed] == [
        ("step-50", True, False, True),
        ("step-100", False, True, True),
    ]
    assert listed[0]["metrics"] == {"loss": 5.0}
    assert "step-100" in typed("checkpoints", "tuned").stdout
    typed("keep", "tuned", "step-100", "--release")
    assert not any(item["kept"] for item in json.loads(typed("checkpoints", "tuned", "--json").stdout))
    run.write_result("stopped", outputs={}, metrics={}, error=None)
    for arguments, said in (
        (("keep", "tuned", "step-7"), "there are: step-50, step-100"),
        (("resume", "tuned", "--from", "step-7"), "there are: step-50, step-100"),
        (("resume", "tuned", "--epochs", "2"), "only a finished training"),
    ):
        refused = typed(*arguments).exception
        assert isinstance(refused, InputError)
        assert said in refused.message.en
