"""A kind of run is one file: dropped in, it is found, checked and run, its product is named, and it has a tab."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio
from studio.answering.catalogue import Catalogue
from studio.answering.gateway import Gateway
from studio.core import plugins as core_plugins
from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.workspace import Workspace
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.job import Termination
from studio.runs.kinds import KINDS
from studio.runs.names import names_of
from studio.runs.recipes import check_whole
from studio.runs.references import resolve
from studio.runs.work import perform
from studio.ui import page
from studio.ui.context import Context
from studio.ui.panel.labels import metric_name
from studio.ui.parts import PARTS
from studio.ui.tabs import tabs

KIND = '''
"""`kind: turn`: a dataset whose parts change places."""

import shutil
from typing import Literal

from studio.core.errors import Fault
from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.runs.job import Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile


class TurnRecipe(Recipe):
    """Parts that change places."""

    kind: Literal["turn"] = "turn"
    dataset: str = option(
        ..., label=Text("Dataset", "数据集"), help=Text("What is turned.", "要调换的数据集。"), refers="dataset"
    )

    def conflicts(self):
        own = self.name == self.dataset
        return [Fault("name", Text("it is taken", "名称已被使用"))] if own else []


def run(recipe, job):
    target = job.path / "dataset"
    shutil.copytree(job.locate("dataset"), target)
    (target / "train.jsonl").rename(target / "val.jsonl")
    job.metric(1, {"turns": 1.0})
    return Outcome({"dataset": "dataset"})


KIND = Kind(
    TurnRecipe,
    run,
    Text("Turning", "调换"),
    heavy=False,
    makes=(Product("dataset", "dataset"),),
    measures=Measures(metrics={"turns": Text("turns made", "调换次数")}),
    introduction=Introduction(
        tab="turn",
        order=25,
        title=Text("Turn", "调换"),
        summary=Text("parts change places", "调换各部分"),
        intro=Text("Choose a dataset.", "请选择数据集。"),
        offered=lambda workspace: {"name": "turned"},
        tile=Tile(15, Text("Turned datasets", "调换后的数据集"), Text("Turn one", "新建调换")),
        follows={"dataset": Text("Turn it", "调换它")},
    ),
)
'''
EXPORT = '''
"""`kind: export`: a model as it is, under another name."""

import shutil
from typing import Literal

from studio.core.option import option
from studio.core.recipe import Recipe
from studio.core.text import Text
from studio.runs.job import Outcome
from studio.runs.kind import Kind, Product


class ExportRecipe(Recipe):
    """A copy of a model."""

    kind: Literal["export"] = "export"
    model: str = option(..., label=Text("Model", "模型"), help=Text("What is copied.", "要复制的模型。"), refers="model")


def run(recipe, job):
    shutil.copytree(job.locate("model"), job.path / "model")
    return Outcome({"model": "model"})


KIND = Kind(ExportRecipe, run, Text("Export", "导出"), heavy=False, makes=(Product("model", "model"),))
'''
RECIPE = "kind: turn\nname: turned\ndataset: rows\n"


@pytest.fixture
def turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file, in a package of its own beside ours."""
    folder = tmp_path / "packages" / "hospital" / "kinds"
    folder.mkdir(parents=True)
    (folder / "turn.py").write_text(KIND, encoding="utf-8")
    (folder / "export.py").write_text(EXPORT, encoding="utf-8")
    monkeypatch.setattr(studio, "__path__", [*studio.__path__, str(tmp_path / "packages")])
    yield
    for name in [name for name in sys.modules if name.startswith("studio.hospital")]:
        del sys.modules[name]
    core_plugins.import_module.cache_clear()


@pytest.fixture
def turned(turn: None, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Its run, done."""
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    monkeypatch.setattr(launch, "launch", lambda *_: None)
    (workspace.root / "rows").mkdir()
    (workspace.root / "rows" / "train.jsonl").write_text('{"id": "q", "stem": "q?", "gold": "a"}\n')
    run = launch.start(workspace, check_whole(workspace, recipes.read(RECIPE, "r.yaml")).recipe)
    assert perform(run, Termination()) == 0
    return run


def test_it_is_found_and_checked(turn: None, workspace: Workspace) -> None:
    assert "turn" in KINDS.names()
    with pytest.raises(RecipeError) as caught:
        check_whole(workspace, recipes.read(RECIPE.replace("turned", "rows"), "r.yaml"))
    [missing, taken] = [fault.to("en") for fault in caught.value.faults]
    assert "r.yaml line 3: dataset: there is no dataset 'rows'" in missing
    assert taken == "r.yaml line 2: name: it is taken"


def test_other_recipes_name_what_it_made(turned: Run, workspace: Workspace) -> None:
    assert turned.status() == "finished"
    assert names_of(workspace, "dataset") == ["turned"]
    reference = resolve(workspace, "dataset", "turned")
    assert (reference.run, reference.locate(workspace)) == (turned.id, turned.path / "dataset")
    pipeline = "kind: pipeline\nname: p\nsteps: [{recipe: recipes/turn.yaml}, {recipe: recipes/train.yaml}]\n"
    (workspace.recipes / "turn.yaml").write_text(RECIPE.replace("turned", "again"))
    (workspace.recipes / "train.yaml").write_text("kind: train\nname: t\nmodel: none\ndataset: again\n")
    with pytest.raises(RecipeError) as caught:
        check_whole(workspace, recipes.read(pipeline, "p.yaml"))
    assert [("'none'" in fault.to("en")) for fault in caught.value.faults] == [True]


async def test_the_page_introduces_it(turned: Run, workspace: Workspace) -> None:
    assert list(tabs())[1:5] == ["data", "leaks", "turn", "train"]
    context = Context(workspace, "zh")
    blocks = page.build(context, Gateway(workspace))
    shown = str(blocks.get_config_file())
    assert "form-turn" in shown and "调换各部分" in shown
    home = str(PARTS.load("home").render(context, {})["here"])
    assert "调换后的数据集" in home and '<a href="#turn">新建调换 →</a>' in home
    panel = PARTS.load("panel").render(context, {"kind": "turn"})
    assert f'href="#turn=dataset:{turned.name}">调换它</a>' in str(panel["outputs"])
    assert metric_name("turn", "turns", "zh") == "调换次数"


def test_a_run_of_a_kind_that_is_not_here_is_shown(workspace: Workspace) -> None:
    run = Run(workspace.runs / "20261120-101500-turn-turned")
    run.path.mkdir()
    run.recipe_file.write_text(RECIPE)
    EventLog(run.events_file).metric(1, {"turns": 1.0})
    panel = PARTS.load("panel").render(Context(workspace, "en"), {})
    assert '<span class="kind">turn</span>' in str(panel["title"])


def test_a_model_that_it_made_is_a_model_everywhere(
    turn: None, workspace: Workspace, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    monkeypatch.setattr(launch, "launch", lambda *_: None)
    text = f"kind: export\nname: exp1\nmodel: {tiny_model}\n"
    checked = check_whole(workspace, recipes.read(text, "r.yaml"))
    run = launch.start(workspace, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    assert names_of(workspace, "model") == ["exp1"]  # what `models`, the chat and every form offer
    assert Catalogue(workspace).find("exp1").id == "exp1"  # what `ask` and the endpoint answer to
    (workspace.root / "rows").mkdir()
    (workspace.root / "rows" / "test.jsonl").write_text('{"id": "q", "stem": "q?", "gold": "a"}\n')
    evaluate = "kind: evaluate\nname: e\ndataset: rows\nmodels: [exp1]\nways: [direct, api]\n"
    found = check_whole(workspace, recipes.read(evaluate, "e.yaml")).resolved.references["models.0"]
    assert (found.run, len(found.sha256)) == (run.id, 64), "its maker has summed it up"
    with pytest.raises(RecipeError, match=r"\(Export\) has made a model of this name"):
        check_whole(workspace, recipes.read("kind: train\nname: exp1\nmodel: exp1\ndataset: rows\n", "t.yaml"))
