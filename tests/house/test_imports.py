"""The house's rule: imports go downwards only, and what the page loads is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.settings import REPOSITORY

FLOORS = (
    ("core",),
    ("openai",),
    ("runs",),
    ("data", "knowledge", "models"),
    ("engines",),
    ("answering",),
    ("training", "evaluation", "preferences"),
    ("kinds",),
    ("api",),
    ("ui",),
    ("cli", "worker"),
    ("__main__",),
)
FLOOR = {house: floor for floor, houses in enumerate(FLOORS) for house in houses}
HEAVY = (
    "torch",
    "transformers",
    "faiss",
    "trl",
    "peft",
    "sentence_transformers",
    "FlagEmbedding",
    "datasets",
    "matplotlib",
)


def house_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[str]:
    """Yield every studio module that a file imports, wherever in it; imports for type checkers alone do not run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unrun = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in unrun:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("studio."))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("studio"):
            if node.module == "studio":
                yield from (f"studio.{alias.name}" for alias in node.names if alias.name != "__version__")
            else:
                yield node.module


FILES = sorted((REPOSITORY / "studio").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_imports_go_downwards_only(path: Path) -> None:
    parts = path.relative_to(REPOSITORY / "studio").with_suffix("").parts
    if parts == ("__init__",):
        return
    here = parts[0]
    for module in imports(path):
        there = house_of(module)
        if there != here:
            assert FLOOR[there] < FLOOR[here], f"{here} imports {module}"


def test_every_house_stands_on_a_floor() -> None:
    houses = {path.relative_to(REPOSITORY / "studio").parts[0].removesuffix(".py") for path in FILES}
    assert houses - {"__init__"} <= FLOOR.keys()


@pytest.mark.parametrize(
    "module", ["studio.ui.page", "studio.api.app", "studio.kinds._load", "studio.cli", "studio.worker", "app"]
)
def test_what_the_page_imports_is_light(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_reading_every_schema_is_light() -> None:
    program = (
        f"import sys; from studio.kinds import KINDS; KINDS.all(); print([n for n in {HEAVY} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
