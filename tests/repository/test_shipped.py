"""What is shipped is true: recipes load, the demo's files are what its facts give, the documents name what is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from studio.core import recipe as recipes
from studio.core.workspace import REPOSITORY
from studio.data.normal import normal
from studio.runs.recipes import validate_document

DEMO = REPOSITORY / "recipes" / "demo"
READMES = ["README.md", "README.zh.md"]
DOCUMENTS = sorted(f"docs/{path.name}" for path in (REPOSITORY / "docs").glob("*.md"))
LAYERS: list[str] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
][0]["layers"]

RECIPES = [
    path
    for path in sorted((REPOSITORY / "recipes").rglob("*.yaml"))
    if isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)
    and "kind" in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_shipped_recipe_loads(path: Path) -> None:
    recipe = validate_document(recipes.read_file(path))
    for name in (getattr(step, "recipe", "") for step in getattr(recipe, "steps", [])):
        assert (REPOSITORY / name).exists(), name


def test_every_kind_has_a_shipped_recipe() -> None:
    kinds = {recipes.read_file(path).kind for path in RECIPES}
    assert kinds == {"dataset", "train", "knowledge", "serve", "evaluate", "pipeline", "fetch", "lengths", "leaks"}


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_begins_with_what_a_new_user_types(readme: str) -> None:
    before, block, _ = (REPOSITORY / readme).read_text(encoding="utf-8").split("```", 2)
    assert before.split() == ["#", "MedQA", "Studio"]
    assert re.findall(r"^make ([a-z]+)", block, flags=re.MULTILINE) == ["demo", "test", "studio"]


@pytest.mark.parametrize("readme", READMES)
def test_the_readmes_tree_is_the_tree(readme: str) -> None:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    listed = re.findall(r"^(app\.py|studio/\w+(?:/|\.py)|[a-z]+/)\s{2,}\S", text, flags=re.MULTILINE)
    folders = [*(REPOSITORY / "studio").iterdir(), REPOSITORY / "benchmarks"]
    packages = {f"{path.relative_to(REPOSITORY)}/" for path in folders if (path / "__init__.py").exists()}
    assert packages <= set(listed), packages - set(listed)
    for entry in listed:
        assert (REPOSITORY / entry).exists(), entry
    place = {name: number for number, layer in enumerate(LAYERS) for name in layer.split(" | ")}
    order = [place[Path(entry).stem] for entry in listed if entry.startswith("studio/")]
    assert order == sorted(order), "the layers from the top down, as pyproject.toml has them"


def test_the_architecture_draws_the_layers() -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = text.partition("## Layers")[2].split("```")[1]
    assert re.findall(r"^(\w+(?: \| \w+)*) {2,}\S", drawing, flags=re.MULTILINE) == LAYERS


def test_the_kind_that_the_architecture_shows_is_one() -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown: dict[str, Any] = {"__name__": "export"}
    source = text.partition("```python\n")[2].partition("```")[0]
    exec(compile(source, "export.py", "exec", dont_inherit=True), shown)
    kind = shown["KIND"]
    assert kind.made(kind.recipe(name="copy", model="base")) == {("model", "copy")}


@pytest.mark.parametrize("document", [*READMES, *DOCUMENTS])
def test_what_the_documents_name_exists(document: str) -> None:
    path = REPOSITORY / document
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / link).exists(), link
    for name in re.findall(r"(?<![\w./-])(?:recipes|studio|benchmarks|tests)/[\w./-]*\w\.(?:yaml|py)\b", text):
        assert (REPOSITORY / name).exists(), name
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE):
        assert target in targets, target


def test_the_glossary_is_short_and_gives_each_word_one_meaning() -> None:
    text = (REPOSITORY / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| *"]
    assert 0 < len(rows) <= 30
    assert all(len(row) == 4 and all(row) for row in rows)
    for column in (0, 1):
        words = [row[column].strip("*").casefold() for row in rows]
        assert len(set(words)) == len(words), words


def test_the_demos_files_are_what_its_facts_give() -> None:
    command = [sys.executable, "recipes/demo/write.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_demo_test_question_is_a_training_question() -> None:
    for language in ("en", "zh"):
        rows = {
            part: [json.loads(line) for line in (DEMO / f"{part}.{language}.jsonl").read_text("utf-8").splitlines()]
            for part in ("taught", "reading", "exam")
        }
        asked = {normal(row["question"]) for row in rows["exam"]}
        assert not asked & {normal(row["question"]) for part in ("taught", "reading") for row in rows[part]}
        taught = {row["id"].rpartition("-")[0] for row in rows["taught"]}
        assert {row["id"] for row in rows["exam"] if row["group"] == "taught"} == taught
        assert len(rows["exam"]) >= 70
