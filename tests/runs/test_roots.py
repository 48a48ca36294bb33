"""What recipes may read: anything in a terminal; from the page the workspace, and the folders that are opened to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core import recipe as recipes
from studio.core.errors import InputError, RecipeError
from studio.core.option import references
from studio.core.workspace import ROOTS, Workspace
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.recipes import check_whole, load_recipe, understood
from studio.runs.references import as_asked, resolve_all

_ROW = '{"question": "What reverses heparin?", "answer": "Protamine."}\n'
_DATASET = "kind: dataset\nname: d\nsources: [{{file: {}}}]\n"
_REFUSED = "outside of what recipes of the page may read"


@pytest.fixture
def page(workspace: Workspace) -> Workspace:
    """The workspace as the page has it, with nothing opened beside it."""
    (workspace.uploads / "in.jsonl").write_text(_ROW)
    return workspace.confined({})


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that the process can read, beside the workspace."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "out.jsonl").write_text(_ROW)
    return folder / "out.jsonl"


def _checked(workspace: Workspace, text: str) -> list[str]:
    """Return what a recipe's check says is wrong."""
    try:
        check_whole(workspace, recipes.read(text, "r.yaml"))
    except RecipeError as error:
        return [f"{fault.where}: {fault.message.en}" for fault in error.faults]
    return []


@pytest.mark.parametrize(
    "text",
    [
        _DATASET,
        "kind: dataset\nname: d\nsources: [{{file: uploads/in.jsonl, join: {{file: {}, on: question}}}}]\n",
        "kind: knowledge\nname: k\nembedder: e\nsources: [{}]\n",
        "kind: pipeline\nname: p\nsteps: [{{recipe: {}}}]\n",
        "kind: pipeline\nname: p\nsteps: [{{recipe: recipes/d.yaml, set: {{sources.0.file: {}}}}}]\n",
    ],
)
def test_every_file_of_a_recipe_is_held_to_it(page: Workspace, outside: Path, text: str) -> None:
    (page.recipes / "d.yaml").write_text(_DATASET.format("uploads/in.jsonl"))
    (page.root / "link.jsonl").symlink_to(outside)
    for given in (str(outside), "../elsewhere/out.jsonl", "link.jsonl", "recipes/../../elsewhere/out.jsonl"):
        told = _checked(page, text.format(given))
        assert any(_REFUSED in fault and "STUDIO_DATA_ROOTS" in fault for fault in told), (given, told)
        assert not any("Protamine" in fault for fault in told), "nothing of the file is told"
        assert understood(page, recipes.read(text.format(given), "r.yaml")) is None or "set:" in text
        assert not any(_REFUSED in fault for fault in _checked(Workspace(page.root), text.format(given)))


@pytest.mark.parametrize(
    ("holds", "text"),
    [
        ("config.json", "kind: train\nname: t\nmodel: {}\ndataset: d\n"),
        ("train.jsonl", "kind: train\nname: t\nmodel: m\ndataset: {}\n"),
        ("manifest.json", "kind: evaluate\nname: e\nmodels: [m]\ndataset: d\nmodes: [rag]\nknowledge: {}\n"),
        ("config.json", "kind: evaluate\nname: e\nmodels: [{}]\ndataset: d\nmodes: [direct]\n"),
        ("config.json", "kind: knowledge\nname: k\nembedder: {}\nsources: [uploads/in.jsonl]\n"),
    ],
)
def test_every_folder_of_a_recipe_is_held_to_it(page: Workspace, outside: Path, holds: str, text: str) -> None:
    """A model, a dataset or a knowledge base elsewhere is read as a file would be: its rows, and what it answers."""
    (outside.parent / holds).write_text("{}\n")
    (page.root / "link").symlink_to(outside.parent)
    for given in (str(outside.parent), "../elsewhere", "link", "/no/such/folder"):
        assert any(_REFUSED in fault for fault in _checked(page, text.format(given))), given
        assert not any(_REFUSED in fault for fault in _checked(Workspace(page.root), text.format(given)))
    opened = Workspace(page.root).confined({ROOTS: str(outside.parent)})
    assert not any(_REFUSED in fault for fault in _checked(opened, text.format(outside.parent)))


def test_a_name_means_what_lies_on_a_shelf_wherever_that_is(page: Workspace, outside: Path) -> None:
    (outside.parent / "config.json").write_text("{}\n")
    (page.models / "m").symlink_to(outside.parent)
    told = _checked(page, "kind: train\nname: t\nmodel: m\ndataset: d\n")
    assert told and not any(_REFUSED in fault for fault in told)


def test_whether_there_is_such_a_file_is_not_told(page: Workspace, outside: Path) -> None:
    told = {_checked(page, _DATASET.format(given))[0].split(": this", 1)[1] for given in (outside, "/no/such/file")}
    assert len(told) == 1


def test_folders_are_opened_by_the_environment(workspace: Workspace, outside: Path, tmp_path: Path) -> None:
    page = workspace.confined({ROOTS: os.pathsep.join(["", str(tmp_path / "other"), str(outside.parent)])})
    assert _checked(page, _DATASET.format(outside)) == []
    neighbour = tmp_path / "elsewhere2"
    neighbour.mkdir()
    (neighbour / "out.jsonl").write_text(_ROW)
    [told] = _checked(page, _DATASET.format(neighbour / "out.jsonl"))
    assert f"now: {tmp_path / 'other'}:{outside.parent}" in told
    (outside.parent / "link.jsonl").symlink_to(neighbour / "out.jsonl")
    assert _REFUSED in _checked(page, _DATASET.format(outside.parent / "link.jsonl"))[0]


def test_what_the_studio_ships_and_linked_folders_of_the_workspace_are_open(page: Workspace, tmp_path: Path) -> None:
    assert _checked(page, _DATASET.format("recipes/demo/taught.en.jsonl")) == []
    volume = tmp_path / "volume"
    page.uploads.rename(volume)
    page.uploads.symlink_to(volume)
    assert _checked(page, _DATASET.format("uploads/in.jsonl")) == []


def test_hidden_files_and_keys_of_the_workspace_are_not(page: Workspace) -> None:
    for name in (".env", ".git/config", "keys.json"):
        path = page.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_ROW)
        assert _REFUSED in _checked(page, _DATASET.format(name))[0]


def test_a_terminal_reads_what_its_user_may(workspace: Workspace, outside: Path) -> None:
    recipe = workspace.recipes / "d.yaml"
    recipe.write_text(_DATASET.format(outside))
    assert [given for _, _, given in references(load_recipe(workspace, str(recipe), []).recipe)] == [str(outside)]


def test_a_run_keeps_to_what_its_asker_might_read(workspace: Workspace, page: Workspace, outside: Path) -> None:
    """A pipeline's steps and a repeated run are looked up anew, by a worker and by the scheduler."""
    for asked, allowed in ((page, False), (workspace, True)):
        checked = check_whole(asked, recipes.read(_DATASET.format("uploads/in.jsonl"), "r.yaml"))
        run = launch.prepare(asked, checked.recipe, checked.resolved)
        later = check_whole(workspace, recipes.read(_DATASET.format(outside), "r.yaml")).recipe
        assert (resolve_all(as_asked(workspace, run), later).faults == ()) is allowed
        assert (resolve_all(as_asked(page, run), later).faults == ()) is allowed


def test_a_repeated_run_of_the_page_is_refused_what_is_outside_when_it_is_due(
    workspace: Workspace, page: Workspace, outside: Path
) -> None:
    text = _DATASET.format("uploads/in.jsonl") + "cron: '0 2 * * *'\n"
    run: Run = launch.prepare(page, check_whole(page, recipes.read(text, "r.yaml")).recipe)
    (workspace.uploads / "in.jsonl").unlink()
    (workspace.uploads / "in.jsonl").symlink_to(outside)
    with pytest.raises(InputError, match=_REFUSED):
        launch.begin(workspace, run)
    assert run.process() is None
