from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from studio.core.settings import REPOSITORY, Workspace
from studio.kinds import KINDS


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
    assert "rows taken" in studio(workspace, "logs", "名字").stdout
    assert studio(workspace, "remove", "名字").returncode == 0
    assert json.loads(studio(workspace, "runs", "--json").stdout) == []


def test_a_faulty_recipe_exits_with_2_and_one_screen(workspace: Workspace) -> None:
    path = workspace.recipes / "bad.yaml"
    path.write_text("kind: dataset\nname: a b\nval: 2\nsources: []\n")
    for command in ("check", "run"):
        done = studio(workspace, command, str(path))
        assert done.returncode == 2
        assert done.stderr.count("bad.yaml line") == 3
        assert "Traceback" not in done.stderr
    assert list(workspace.runs.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run", "nowhere.yaml"], "no such file"),
        (["show", "nothing"], "there is no run"),
        (["schema", "nothing"], "accepted: dataset"),
        (["search", "nothing", "q"], "there is no knowledge base"),
        (["models", "fetch", "../x"], "is no model id"),
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
    assert (done.returncode, "neither UTF-8" in done.stderr) == (2, True)


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_kind_prints_its_schema(workspace: Workspace, kind: str) -> None:
    schema = json.loads(studio(workspace, "schema", kind).stdout)
    assert schema["additionalProperties"] is False
    assert all("description" in field for name, field in schema["properties"].items() if name != "kind")


def test_doctor_looks_at_everything(workspace: Workspace) -> None:
    found = json.loads(studio(workspace, "doctor", "--json").stdout)
    assert {item["name"] for item in found} == {"machine", "gpu", "disk", "models", "hub", "port", "versions"}
    assert all(item["mend"]["zh"] for item in found if not item["good"])
