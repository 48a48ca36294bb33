from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.workspace import Workspace
from studio.runs.recipes import check_whole
from tests.training.conftest import questions, write_dataset


def test_a_result_cannot_take_the_name_of_a_fetched_model(workspace: Workspace, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, workspace.models / "tiny")
    write_dataset(workspace.root / "dataset", questions())
    text = "kind: train\nname: {}\nmodel: tiny\ndataset: ./dataset\n"
    check_whole(workspace, recipes.read(text.format("better"), "r.yaml"))
    with pytest.raises(RecipeError) as caught:
        check_whole(workspace, recipes.read(text.format("tiny"), "r.yaml"))
    [fault] = caught.value.faults
    assert fault.where == "r.yaml line 2: name"
    assert "a model that is here has this name" in fault.message.en and "同名" in fault.message.zh
