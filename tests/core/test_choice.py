"""A field that chooses a plug-in takes its name, or its name and its options, whenever the plug-in came."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest

from studio.core import recipe as recipes
from studio.core.choice import Choice, Chosen
from studio.core.errors import RecipeError
from studio.core.option import option, references
from studio.core.recipe import Recipe
from studio.core.registry import Registry
from studio.core.text import Text, both

TOP = """
from studio.core.choice import Options
from studio.core.option import option
from studio.core.text import both

class Mine(Options):
    size: int = option(2, label=both("size"), help=both("size"), ge=1)
    judge: str = option("a-model", label=both("judge"), help=both("judge"), refers="model")

class TOOL:
    options = Mine
"""
TOOLS: Registry[object] = Registry("strange_tools", "TOOL", Text("tool", "工具"))


class Work(Recipe):
    """A recipe that chooses tools."""

    renamed: ClassVar[dict[str, str]] = {"size": "tool.size", "tolls": "others"}
    kind: Literal["work"] = "work"
    tool: Annotated[Chosen, Choice(TOOLS)] = option("plain", label=both("tool"), help=both("tool"))
    others: list[Annotated[Chosen, Choice(TOOLS)]] = option([], label=both("others"), help=both("others"))
    word: Annotated[str, Choice(TOOLS, ("any",))] = option("any", label=both("word"), help=both("word"))


@pytest.fixture(autouse=True)
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "strange_tools"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "plain.py").write_text("TOOL = object()")
    (folder / "sized.py").write_text(TOP)
    (folder / "broken.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("strange_tools")]:
        del sys.modules[name]


def read(text: str) -> Work:
    return recipes.validate(recipes.read(f"name: w\nkind: work\n{text}", "r.yaml"), Work)


def faults(text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        read(text)
    return [fault.to("en") for fault in caught.value.faults]


def test_a_name_alone_and_a_name_with_options() -> None:
    assert read("").tool == Chosen("plain")
    own = read("tool: sized").dump().partition("at: ''\n")[0]
    assert own.endswith("tool:\n  name: sized\n  size: 2\n  judge: a-model\nothers: []\nword: any\n")
    recipe = read("tool: {name: sized, size: 3}\nothers: [plain, {name: sized, judge: b}]\nword: sized")
    assert recipe.tool.options.model_dump() == {"size": 3, "judge": "a-model"}
    assert [chosen.name for chosen in recipe.others] == ["plain", "sized"]
    assert read(recipe.dump().partition("kind: work\n")[2].partition("name: w\n")[2]) == recipe


def test_what_its_options_name_is_found() -> None:
    recipe = read("tool: sized\nothers: [plain, {name: sized, judge: b}]")
    assert list(references(recipe)) == [("tool.judge", "model", "a-model"), ("others.1.judge", "model", "b")]


def test_faults_stand_with_their_line() -> None:
    assert faults("tool:\n  name: sized\n  size: 0\n") == ["r.yaml line 5: tool.size: given 0; accepted: 1 or more"]
    assert faults("tool: sizd") == ["r.yaml line 3: tool: given 'sizd', accepted: 'broken', 'plain' or 'sized'"]
    assert faults("others:\n- name: none\n") == ["r.yaml line 4: others.0.name: given 'none', accepted: 'broken', 'plain' or 'sized'"]  # fmt: skip
    assert faults("tool:\n  name: plain\n  size: 2\n") == [
        "r.yaml line 5: tool.size: plain has no such option (it is an option of sized); accepted here: name"
    ]
    assert faults("tool: broken\nword: broken") == [
        f"r.yaml line {line}: {field}: the tool 'broken' cannot be loaded: ModuleNotFoundError: No module named 'no_such_library'"
        for line, field in ((3, "tool"), (4, "word"))
    ]


def test_older_keys_mean_what_stands_elsewhere_today() -> None:
    recipe = read("tool: sized\nsize: 5\ntolls: [plain]")
    assert recipe.tool.options.model_dump()["size"] == 5
    assert [chosen.name for chosen in recipe.others] == ["plain"]
    assert faults("tool: sized\nsize: 0") == ["r.yaml line 4: size: given 0; accepted: 1 or more"]
    assert faults("tool: {name: sized, size: 1}\nsize: 2") == [
        "r.yaml line 4: size: given twice: it is 'tool.size', which is there as well"
    ]


def test_a_setting_reaches_an_option_of_a_tool_named_alone() -> None:
    document = recipes.override(recipes.read("name: w\nkind: work\ntool: sized\n", "r.yaml"), ["tool.size=7"])
    assert recipes.validate(document, Work).tool.options.model_dump()["size"] == 7


def test_a_tool_that_came_later_is_accepted(tools: Path) -> None:
    assert faults("tool: later")
    (tools / "later.py").write_text(TOP)
    assert read("tool: later").tool.name == "later"


def test_its_schema_names_every_tool_with_its_options() -> None:
    schema = Work.model_json_schema()["properties"]
    assert schema["word"]["enum"] == ["any", "broken", "plain", "sized"]
    mapping = {each["title"]: each["properties"] for each in schema["tool"]["anyOf"] if "title" in each}
    assert mapping["sized"]["size"]["default"] == 2
