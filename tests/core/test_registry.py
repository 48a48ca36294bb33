from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.errors import BrokenPluginError, InputError
from studio.core.option import help_of, label_of
from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.layouts import LAYOUTS
from studio.runs.kinds import KINDS


def test_an_unknown_plugin_lists_those_there_are() -> None:
    with pytest.raises(InputError, match="accepted: dataset, evaluate, fetch"):
        KINDS.load("nothing")


@pytest.mark.parametrize("name", KINDS.names())
def test_every_field_of_every_kind_has_a_label_and_help_in_both_languages(name: str) -> None:
    recipe = KINDS.load(name).recipe
    assert recipe.model_fields["kind"].default == name
    for key, field in recipe.model_fields.items():
        if key == "kind":
            continue
        for text in (label_of(field), help_of(field)):
            assert text.en, key
            assert text.zh, key


def test_what_a_plugin_is_is_no_plugin() -> None:
    assert "qa" in LAYOUTS.names() and "base" not in LAYOUTS.names()


TOPS = {
    "good": "THING = 'good'",
    "lacks": "import no_such_library",
    "raises": "1 / 0",
    "leaves": "import sys; sys.exit('no')",
    "empty": "",
    "once": "import pathlib; pathlib.Path(__file__).with_suffix('.txt').touch(exist_ok=False); 1 / 0",
}
REASONS = {
    "lacks": "ModuleNotFoundError: No module named 'no_such_library'",
    "raises": "ZeroDivisionError: division by zero",
    "leaves": "SystemExit: no",
    "empty": "it has no THING",
    "once": "ZeroDivisionError: division by zero",
}


@pytest.fixture
def things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    package = tmp_path / "strange_things"
    package.mkdir()
    for name, text in {"__init__": "", **TOPS}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Registry("strange_things", "THING", Text("thing", "东西"))
    for name in [name for name in sys.modules if name.startswith("strange_things")]:
        del sys.modules[name]


def test_each_loads_on_its_own(things: Registry[str], tmp_path: Path) -> None:
    assert things.names() == sorted(TOPS)
    assert things.all() == {"good": "good"}
    assert (things.find("good"), things.find("raises"), things.find("nothing")) == ("good", None, None)
    told = {error.message.en for error in things.broken()}
    assert told == {f"the thing '{name}' cannot be loaded: {reason}" for name, reason in REASONS.items()}
    with pytest.raises(BrokenPluginError) as caught:
        things.load("lacks")
    assert caught.value.where == str(tmp_path / "strange_things" / "lacks.py")
    assert (tmp_path / "strange_things" / "once.txt").exists(), "what raised is not run again"
