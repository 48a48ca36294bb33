"""What may be named, however odd the folders that lie there."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from studio.answering.catalogue import Catalogue
from studio.answering.system import Target
from studio.core.errors import UnknownModelError
from studio.core.workspace import Workspace
from studio.training import checkpoints


def run(workspace: Workspace, stamp: str, status: str, name: str = "tuned") -> Path:
    """Make what a training leaves."""
    folder = workspace.runs / f"{stamp}-train-{name}"
    folder.mkdir()
    (folder / "recipe.yaml").write_text(f"kind: train\nname: {name}\n")
    (folder / "result.json").write_text(f'{{"status": "{status}", "outputs": {{"model": "model"}}}}')
    return folder


def test_folders_of_no_plain_name_are_left_out(workspace: Workspace, tiny_model: Path) -> None:
    for name in ("a b", "a@b", ".hidden", "tiny"):
        shutil.copytree(tiny_model, workspace.models / name)
    catalogue = Catalogue(workspace)
    assert catalogue.targets() == [Target("tiny")]
    assert catalogue.find("") == Target("tiny")


def test_a_model_was_made_when_its_newest_finished_run_was(workspace: Workspace) -> None:
    run(workspace, "20260101-000000", "finished")
    run(workspace, "20260201-000000", "finished")
    run(workspace, "20260301-000000", "failed")
    catalogue = Catalogue(workspace)
    [card] = catalogue.cards(catalogue.targets())
    made = time.strftime("%Y%m%d", time.localtime(int(str(card["created"]))))
    assert (card["id"], made) == ("tuned", "20260201")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("result.json", '{"status": 5, "outputs": 3}'),
        ("result.json", "[1]"),
        ("result.json", "{"),
        ("recipe.yaml", "kind: train\nname: [tuned\n"),
        ("recipe.yaml", "\x00\x01"),
        ("recipe.yaml", "kind: train\nname: {a: 1}\n"),
        ("process.json", '{"pid": "x"}'),
        ("inputs.json", '{"references": {"model": 5}}'),
    ],
)
def test_a_damaged_run_hides_nothing_else(workspace: Workspace, file: str, text: str) -> None:
    run(workspace, "20260101-000000", "finished")
    damaged = run(workspace, "20260201-000000", "finished", "other")
    (damaged / "result.json").unlink(missing_ok=file == "process.json")
    (damaged / file).write_text(text)
    serving = workspace.runs / "20260202-000000-serve-odd"
    shutil.copytree(damaged, serving)
    catalogue = Catalogue(workspace)
    assert "tuned" in [card["id"] for card in catalogue.cards(catalogue.targets())]
    with pytest.raises(UnknownModelError):
        catalogue.find("nothing")


def test_a_checkpoint_is_named_behind_its_training(workspace: Workspace) -> None:
    folder = run(workspace, "20260101-000000", "stopped")
    run(workspace, "20260101-000000", "finished", "other")
    with checkpoints.writing(folder, 50, "better", {"eval_loss": 1.0}, best=True) as scratch:
        (scratch / checkpoints.MODEL / "config.json").write_text("{}")
    catalogue = Catalogue(workspace)
    for name in ("tuned:best", "tuned:step-50", f"{folder.name}:step-50"):
        assert catalogue.find(name) == Target(name)
    for name in ("tuned:step-7", "tuned", "other:best", "tuned:../x"):
        with pytest.raises(UnknownModelError):
            catalogue.find(name)
