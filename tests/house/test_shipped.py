"""What is shipped is true: recipes load, the demo's files are what its facts give, the README's tree is the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from studio.core import recipe as recipes
from studio.core.settings import REPOSITORY
from studio.kinds._load import validate_document

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
    for target in re.findall(r"\bmake ([a-z-]+)", text):
        assert target in targets, target
