"""A plug-in that cannot be loaded is named, on the page and by doctor, and nothing else suffers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.answering.gateway import Gateway
from studio.cli import doctor
from studio.core import plugins as core_plugins
from studio.core import recipe as recipes
from studio.core.workspace import Workspace
from studio.data import layouts
from studio.runs.recipes import check_whole
from studio.scoring import scorers
from studio.ui import page, plugins
from studio.ui.context import Context
from studio.ui.parts import PARTS

REASON = "the layout 'hospital_x' cannot be loaded: ModuleNotFoundError: No module named 'no_such_library'"


@pytest.fixture(autouse=True)
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for package, file, text in (
        (layouts, "hospital_x.py", "import no_such_library\n"),
        (scorers, "bleu.py", "def bleu(): ...\n"),
    ):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / file).write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    plugins.broken.cache_clear()
    yield
    plugins.broken.cache_clear()
    core_plugins.import_module.cache_clear()


def test_everything_else_goes_on(workspace: Workspace) -> None:
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    recipe = "kind: dataset\nname: d\nsources:\n  - file: uploads/a.jsonl\n"
    assert check_whole(workspace, recipes.read(recipe, "r.yaml")).recipe.name == "d"
    assert "rouge_l" in scorers.markers() and "bleu" not in scorers.markers()


async def test_the_page_is_built_and_names_it(workspace: Workspace) -> None:
    en, zh = Context(workspace, "en"), Context(workspace, "zh")
    assert page.build(en, Gateway(workspace)).blocks
    shown = str(PARTS.load("home").render(en, {})["plugins"])
    assert "hospital_x" in shown and "No module named" in shown
    assert "it has no SCORER" in shown
    assert "格式“hospital_x”无法加载" in str(PARTS.load("home").render(zh, {})["plugins"])


def test_doctor_names_it(workspace: Workspace) -> None:
    found = doctor._plugins(workspace)
    assert not found.good
    assert REASON in found.found.en
    assert "hospital_x.py: the layout" in found.found.en
