from __future__ import annotations

import time

import pytest

from studio.core import yamlfile
from studio.core.errors import RecipeError

LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGED_LAUGHS = "m0: &m0 {x: 1}\n" + "".join(
    f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("kind: train\nx: &a [*a]\n", 2, "do not end"),
        ("&a {b: *a}\n", 1, "do not end"),
        (LAUGHS, 1, "do not end"),
        (MERGED_LAUGHS, 1, "do not end"),
        ("kind: train\nx: " + "[" * 3_000 + "]" * 3_000, 2, "nested too deeply"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("kind: train\nname: 2026-13-45\n", 2, "'2026-13-45' is no timestamp"),
        ("x: !!int foo\n", 1, "'foo' is no int"),
        ("x: !!float foo\n", 1, "'foo' is no float"),
        ("x: !!bool foo\n", 1, "'foo' is no bool"),
        ("x: !!timestamp foo\n", 1, "'foo' is no timestamp"),
        ("x: !!int ''\n", 1, "'' is no int"),
        (f"x: {'9' * 5_000}\n", 1, "...' is no int"),
        ("? [a, b]\n: c\n", 1, "a key is a word"),
        ("? !!str [a, b]\n: c\n", 1, "a key is a word"),
        ("a: 1\nb: {<<: {x: 1}, x: 2, x: 3}\n", 2, "'x' is given twice"),
        ("a: 1\nb: {<<: 5}\n", 2, "expected a mapping"),
    ],
)
def test_what_only_looks_like_yaml_is_a_fault_with_its_line(text: str, line: int, word: str) -> None:
    began = time.monotonic()
    with pytest.raises(RecipeError) as caught:
        yamlfile.parse(text, "r.yaml")
    [fault] = caught.value.faults
    assert fault.where.startswith("r.yaml line ") and word in fault.message.en
    assert word == "do not end" or fault.where.startswith(f"r.yaml line {line}")
    assert len(fault.to("zh")) < 200
    assert time.monotonic() - began < 5


def test_a_key_is_what_is_written() -> None:
    values, lines = yamlfile.parse("on: id\nvalues: {1: keep, false: drop, ~: drop, 2026-01-01: x}\n", "r.yaml")
    assert values == {"on": "id", "values": {"1": "keep", "false": "drop", "~": "drop", "2026-01-01": "x"}}
    assert lines["on",] == 1
    assert yamlfile.parse(yamlfile.dump(values), "r.yaml")[0] == values
    with pytest.raises(RecipeError, match=r"r.yaml line 2: '1' is given twice \(first on line 1\)"):
        yamlfile.parse("1: a\n'1': b\n", "r.yaml")


def test_half_a_character_is_a_fault() -> None:
    with pytest.raises(RecipeError, match="not UTF-8"):
        yamlfile.parse("\udcff", "--set name")


def test_merged_keys_can_be_overridden() -> None:
    text = "base: &b {x: 1, y: {z: 2}}\nmore: &m {w: 0}\none:\n  <<: [*b, *m]\n  x: 3\n"
    values, lines = yamlfile.parse(text, "r.yaml")
    assert values["one"] == {"x": 3, "y": {"z": 2}, "w": 0}
    assert (lines["one", "x"], lines["one", "y"], lines["one", "w"]) == (5, 1, 2)


def test_an_alias_may_be_used_often() -> None:
    values, _ = yamlfile.parse("a: &a {x: 1}\nb: [*a, *a, *a]\n", "r.yaml")
    assert values["b"] == [{"x": 1}] * 3
