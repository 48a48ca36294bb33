"""Strangers' plug-ins run once they are allowed, as they were then; what is wrong with one is named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core import plugins
from studio.core import recipe as recipes
from studio.core.errors import InputError, RecipeError
from studio.core.workspace import Workspace
from studio.training.methods import METHODS
from studio.training.recipe import TrainRecipe
from studio.ui import plugins as shown

METHOD = """
from studio.core.choice import Options
from studio.core.option import option
from studio.core.text import both
from studio.training.methods.base import Method

class Waves(Options):
    height: int = option(3, label=both("height"), help=both("height"), ge=1)

METHOD = Method(both("Waves"), both("Waves."), lambda folder, recipe, options: None, options=Waves)
"""


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace's `plugins/`, and a configuration folder of its own."""
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    workspace.plugins.mkdir()
    plugins.forget()
    yield workspace.plugins
    plugins.forget()
    for name in [name for name in sys.modules if name.startswith("medqa_studio_plugins")]:
        del sys.modules[name]


def train(method: str) -> TrainRecipe:
    text = f"kind: train\nname: m\ndataset: d\nmethod: {method}\n"
    return recipes.validate(recipes.read(text, "r.yaml"), TrainRecipe)


def fault(method: str) -> str:
    with pytest.raises(RecipeError) as caught:
        train(method)
    return caught.value.faults[0].message.en


def test_it_is_used_once_it_is_allowed(folder: Path) -> None:
    (folder / "waves.py").write_text(METHOD)
    assert [(item.name, item.state) for item in plugins.strangers()] == [("waves", "waiting")]
    assert fault("waves").endswith("may not run yet; read it, then: python -m studio plugins allow waves")
    assert [item.name for item in shown.waiting()] == ["waves"]
    (allowed,) = plugins.allow("waves")
    assert (allowed.state, allowed.holds) == ("allowed", ("METHOD",))
    assert train("{name: waves, height: 2}").method.options.model_dump() == {"height": 2}
    assert "waves" in METHODS.names() and not shown.waiting() and not shown.broken()


def test_what_changed_waits_anew(folder: Path) -> None:
    (folder / "waves.py").write_text(METHOD)
    plugins.allow("waves")
    (folder / "waves.py").write_text(METHOD + "\nimport os\n")
    plugins.forget()
    assert plugins.strangers()[0].state == "changed"
    assert "has changed since it was allowed" in fault("waves")
    (folder / "waves.py").write_text(METHOD)
    plugins.forget()
    assert train("waves").method.name == "waves", "its content is what was allowed"
    assert plugins.forbid("waves") == 1
    assert "may not run yet" in fault("waves")


def test_another_content_than_the_one_looked_at_never_runs(folder: Path) -> None:
    (folder / "waves.py").write_text(METHOD)
    plugins.allow("waves")
    (folder / "waves.py").write_text(f"import pathlib; pathlib.Path({str(folder / 'ran')!r}).touch()\n{METHOD}")
    assert "it has changed since it was looked at" in fault("waves")
    assert not (folder / "ran").exists()


def test_nothing_runs_while_it_is_listed(folder: Path) -> None:
    (folder / "waves.py").write_text(f"import pathlib; pathlib.Path({str(folder / 'ran')!r}).touch()\n{METHOD}")
    plugins.strangers()
    assert METHODS.all() and shown.waiting() and not shown.broken()
    assert not (folder / "ran").exists()


def test_a_workspace_does_not_vouch_for_itself(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "waves.py").write_text(METHOD)
    plugins.allow("waves")
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "somebody-else"))
    assert plugins.strangers()[0].state == "waiting"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_library\nMETHOD = 1\n", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("METHOD = 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("METHOD = exit()\n", "SystemExit"),
        ("METHOD = 3\n", "its METHOD is a int and no Method"),
        ("METHOD =\n", "SyntaxError: invalid syntax"),
        ("METHOD = '\0'\n", "null bytes"),
        ("colour = 'red'\n", "it holds none of KIND, OPENER, LAYOUT"),
    ],
)
def test_a_broken_one_is_named_and_nothing_else_suffers(folder: Path, text: str, reason: str) -> None:
    (folder / "waves.py").write_text(text)
    plugins.allow("waves")
    (told,) = shown.broken()
    assert reason in told.message.en, told.message.en
    assert told.where == str(folder / "waves.py")
    assert train("lora").method.name == "lora"


def test_a_name_that_is_ours_stays_ours(folder: Path) -> None:
    (folder / "lora.py").write_text(METHOD)
    plugins.allow("lora")
    assert METHODS.load("lora").title.en == "LoRA"
    (told,) = shown.broken()
    assert told.message.en == "the training method 'lora' cannot be loaded: there is another one of this name"


def test_a_heavy_import_at_its_top_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_HEAVY", ("chunk", "sunau", "this"))
    sys.modules.pop("this", None)
    (folder / "waves.py").write_text(f"import this\n{METHOD}")
    plugins.allow("waves")
    assert shown.heavy() == {"waves": "this"}


def test_a_name_that_is_not_there_lists_those_that_are(folder: Path) -> None:
    (folder / "waves.py").write_text(METHOD)
    with pytest.raises(InputError, match="there are: waves"):
        plugins.allow("nothing")


def test_an_installed_package_needs_no_allowing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    record = site / "hospital-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: hospital\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text(
        "[medqa_studio.plugins]\ntides = hospital_waves:METHOD\nbare = hospital_waves\n"
    )
    (site / "hospital_waves.py").write_text(METHOD)
    monkeypatch.syspath_prepend(str(site))
    plugins.forget()
    assert train("{name: tides, height: 9}").method.options.model_dump() == {"height": 9}
    assert {item.name: item.state for item in plugins.strangers()} == {"tides": "installed", "bare": "installed"}
    (told,) = shown.broken()
    assert "'bare' cannot be used: write the entry point as hospital_waves:LAYOUT" in told.message.en
    monkeypatch.undo()
    plugins.forget()


def test_the_page_knows_that_it_must_be_started_again(folder: Path) -> None:
    shown._stamp.cache_clear()
    assert not shown.have_changed()
    (folder / "waves.py").write_text(METHOD)
    assert shown.have_changed()
    shown._stamp.cache_clear()
    plugins.allow("waves")
    assert not shown.have_changed()
    plugins.forbid("waves")
    assert shown.have_changed()
    shown._stamp.cache_clear()
