"""What the page loads is light. That imports go downwards only is import-linter's to hold (`make check`)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from studio.core.workspace import REPOSITORY

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


@pytest.mark.parametrize(
    "module", ["studio.ui.page", "studio.api.app", "studio.runs.recipes", "studio.cli", "studio.worker", "app"]
)
def test_what_the_page_imports_is_light(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_reading_every_kind_is_light() -> None:
    program = f"import sys; from studio.runs.kinds import KINDS; KINDS.all(); print([n for n in {('numpy', *HEAVY)} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
