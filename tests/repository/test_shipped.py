"""What is shipped is true: recipes load, the demo's files are what its facts give, the README's tree is the tree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from studio.core import recipe as recipes
from studio.core.workspace import REPOSITORY
from studio.data.normal import normal
from studio.runs.recipes import validate_document

DEMO = REPOSITORY / "recipes" / "demo"

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
    assert kinds == {"dataset", "train", "knowledge", "serve", "evaluate", "pipeline", "fetch"}


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readmes_tree_is_the_tree(readme: str) -> None:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    listed = set(re.findall(r"^(studio/[a-z]+/?|app\.py|[a-z]+/)\s{2,}\S", text, flags=re.MULTILINE))
    houses = {f"studio/{path.name}/" for path in (REPOSITORY / "studio").iterdir() if (path / "__init__.py").exists()}
    assert houses <= listed, houses - listed
    for entry in listed:
        assert (REPOSITORY / entry).exists(), entry


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_what_the_readmes_name_exists(readme: str) -> None:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text) + re.findall(r"(recipes/[\w./-]+\.yaml)", text):
        assert (REPOSITORY / path).exists(), path
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE):
        assert target in targets, target


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
