"""What a run is submitted with: its recipe says what each column was taken for, and means what it meant before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core import yamlfile
from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.build import build
from studio.data.preview import understood_columns
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile
from studio.runs.store import RunStore
from tests.cli.test_cli import studio
from tests.data.accept import ANSWERS, HERE

FILES = [file for file in json.loads((HERE / "expected.json").read_text(encoding="utf-8")) if file != "_"]


def made_of(path: Path, source: SourceFile, folder: Path) -> str:
    """Return the rows that a source gives, and those left out; or why none."""
    try:
        build(DatasetRecipe(name="d", sources=[source], val=0, test=0), [path], folder, Silent())
    except InputError as error:
        return str(error)
    return "".join((folder / name).read_text(encoding="utf-8") for name in ("train.jsonl", "rejected.jsonl"))


@pytest.mark.parametrize("file", FILES)
def test_a_settled_source_means_what_it_meant(file: str, tmp_path: Path) -> None:
    answer = {name: value for name, value in ANSWERS.get(file, {}).items() if name != "join"}
    source = SourceFile.model_validate({"file": file, **answer})
    columns = understood_columns(HERE / file, source)
    settled = SourceFile.model_validate({**source.model_dump(), "columns": columns})
    assert made_of(HERE / file, settled, tmp_path / "a") == made_of(HERE / file, source, tmp_path / "b")
    assert understood_columns(HERE / file, settled) == columns, "settled again, it stays as it is"


def test_a_column_that_was_given_a_role_stays_above_another_of_that_role(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "What now?", "output": "Which drug reverses heparin?", "answer": "Protamine."}\n')
    source = SourceFile(file="a.jsonl", columns={"output": "question"})
    assert understood_columns(path, source) == {"output": "question", "answer": "answer"}


def test_a_column_that_means_now_this_now_that_is_left_to_each_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows: list[dict[str, str]] = [
        {"question": "Which one?", "a": "This one", "b": "That one", "answer": "A"},
        {"question": "And why?", "a": "x", "answer": "Because."},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert understood_columns(path, SourceFile(file="a.jsonl")) == {
        "question": "question",
        "b": "option B",
        "answer": "answer",
    }


def test_the_recipe_of_a_run_says_what_its_columns_were_taken_for(workspace: Workspace) -> None:
    (workspace.uploads / "a.jsonl").write_text('{"问": "肝素过量怎么办？", "答": "鱼精蛋白。", "备注": "急诊"}\n')
    recipe = workspace.recipes / "d.yaml"
    recipe.write_text("kind: dataset\nname: d\nval: 0\ntest: 0\nsources:\n  - file: uploads/a.jsonl\n")
    done = studio(workspace, "run", str(recipe))
    assert done.returncode == 0, done.stderr
    run = RunStore(workspace).find("d")
    values, _ = yamlfile.parse(run.recipe_file.read_text(encoding="utf-8"), "recipe.yaml")
    (source,) = values["sources"]
    assert (source["layout"], source["columns"]) == ("auto", {"问": "question", "答": "answer"})
    assert "columns" not in recipe.read_text(), "what the user wrote stays as it was"
    assert "- a.jsonl: `问` → Question, `答` → Answer\n" in (run.path / "dataset" / "card.md").read_text()
