import pytest

from studio.core.errors import InputError
from studio.core.option import help_of, label_of
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
