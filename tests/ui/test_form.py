"""A recipe as a form and as YAML: the same recipe both ways, for every kind there is."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from studio.core import recipe as recipes
from studio.runs.kinds import KINDS
from studio.ui.context import Context
from studio.ui.form import recipe_text
from studio.ui.form.controls import control
from studio.ui.form.faults import fault_notice, sentence
from studio.ui.form.field import Field, Plugin, fields_of

SAMPLES: dict[str, Any] = {
    "text": "some-text",
    "switch": True,
    "pick": "a-name",
    "picks": ["first", "second"],
    "lines": ["a.md", "b.md"],
    "checks": {"html": "off", "links": "fix"},
}
TIMES = {"at": "2099-01-01 22:00", "cron": "0 2 * * *"}


def record(plugin: Plugin) -> Any:
    """Return a choice of a plug-in as a recipe dumps it, its options other than by default."""
    options = {option.name: sample(option) + 1 if option.whole else sample(option) for option in plugin.fields}
    return {"name": plugin.name, **options} if options else plugin.name


def sample(field: Field) -> Any:
    """Return a value that differs from the field's default, and is accepted."""
    if field.widget == "number":
        return field.default if field.default is not None else 7
    if field.widget == "radio":
        return field.words[-1]
    if field.widget == "boxes":
        return list(field.words[:1])
    if field.widget == "rows":
        return [{column.name: sample(column) for column in field.columns if column.widget != "text" or column.required}]
    if field.plugins:
        last = [record(plugin) for plugin in field.plugins[-2:]]
        return last[-1] if field.widget == "plugin" else last
    if field.widget == "lines" and field.whole:
        return [10, 200]
    return TIMES.get(field.name) or SAMPLES[field.widget]


@pytest.mark.parametrize("kind", KINDS.names())
async def test_form_and_yaml_say_the_same(kind: str, en: Context) -> None:
    fields = fields_of(KINDS.load(kind).recipe)
    values = {field.name: sample(field) for field in fields}
    text = recipe_text.written("", kind, fields, values)
    assert recipe_text.faults(text, kind) is None, text
    with gr.Blocks(analytics_enabled=False):
        controls = [control(en, field) for field in fields]
    back = recipe_text.values_of(text)
    assert back is not None
    shown = {item.field.name: item.show(back.get(item.field.name, item.field.default)) for item in controls}
    read = {item.field.name: item.read(shown[item.field.name]) for item in controls}
    assert recipe_text.written(text, kind, fields, read) == text
    recipe = recipes.validate(recipes.read(text, "r"), KINDS.load(kind).recipe).model_dump(mode="json")
    assert {name: recipe[name] for name in values} == {
        name: pytest.approx(value) if isinstance(value, float) else recipe[name] for name, value in values.items()
    }


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_field_has_words_in_both_languages(kind: str) -> None:
    for field in fields_of(KINDS.load(kind).recipe):
        options = (option for plugin in field.plugins for option in plugin.fields)
        for each in (field, *field.columns, *options):
            assert all(each.label), each.name
            assert all(each.help), each.name


def test_folded_fields_stand_in_the_yaml_only_where_they_say_something() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    text = recipe_text.first("train", fields, {"name": "m", "dataset": "d"})
    assert "dataset: d" in text
    assert "warmup" not in text
    values = {field.name: field.default for field in fields} | {"name": "m", "dataset": "d", "warmup": 0.2}
    assert "warmup: 0.2" in recipe_text.written(text, "train", fields, values)


def test_a_form_change_keeps_what_the_form_does_not_know() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    text = "kind: train\nname: m\ndataset: d\nmethod: loora\nspeling: 1\n"
    values = {field.name: field.default for field in fields} | {"name": "n", "dataset": "d", "method": None}
    after = recipe_text.written(text, "train", fields, values)
    assert "name: n" in after
    assert "method: loora" in after
    assert "speling: 1" in after


def test_options_of_a_plugin_stand_in_the_yaml_only_where_they_say_something() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    values = {field.name: field.default for field in fields} | {"name": "m", "dataset": "d"}

    def written(text: str, method: object) -> str:
        after = recipe_text.written(text, "train", fields, values | {"method": method})
        return after[after.index("method") : after.index("epochs")]

    everything = {"name": "lora", "rank": 16, "alpha": 32, "dropout": 0.0}
    assert written("", everything) == "method: lora\n"
    assert written("", everything | {"rank": 8}) == "method:\n  name: lora\n  rank: 8\n"
    stood = "kind: train\nmethod:\n  name: lora  # small\n  rank: 16\nepochs: 3\n"
    assert written(stood, everything) == "method:\n  name: lora  # small\n  rank: 16\n"
    assert written(stood, everything | {"rank": 4}) == "method:\n  name: lora  # small\n  rank: 4\n"
    assert written(stood, {"name": "full"}) == "method: full\n"
    assert written(stood, everything | {"colour": "red"}).endswith("  colour: red\n"), "the check names it"


def test_an_older_recipe_is_shown_as_one_of_today() -> None:
    text = "kind: train\nname: m\nrank: 7\n"
    values = recipe_text.values_today(text, "train")
    assert values == {"kind": "train", "name": "m", "method": {"name": "lora", "rank": 7}}
    fields = fields_of(KINDS.load("train").recipe)
    shown = {field.name: values.get(field.name, field.default) for field in fields} | {"dataset": "d"}
    after = recipe_text.written(text, "train", fields, shown)
    assert "method:\n  name: lora\n  rank: 7\n" in after and "\nrank" not in after


def test_all_faults_at_once_with_their_lines() -> None:
    text = "kind: train\nname: bad name!\nepochs: -1\nfoo: 3\nbatch_size: x\n"
    error = recipe_text.faults(text, "train")
    assert error is not None
    places = [fault.where for fault in error.faults]
    assert places == ["YAML line 1: dataset", "YAML line 2: name", "YAML line 3: epochs", "YAML line 4: foo", "YAML line 5: batch_size"]  # fmt: skip


def test_yaml_that_is_none_leaves_the_form_alone() -> None:
    assert recipe_text.values_of("a: [") is None
    error = recipe_text.faults("kind: train\nname: [", "train")
    assert error is not None
    assert "line" in error.faults[0].where


def test_another_kind_in_this_form_is_a_fault() -> None:
    error = recipe_text.faults("kind: dataset\nname: x\n", "train")
    assert error is not None
    assert "dataset" in error.faults[0].message.en


def test_an_emptied_number_leaves_the_recipe_and_its_default_applies() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    values = {field.name: field.default for field in fields} | {"name": "m", "dataset": "d", "epochs": None}
    text = recipe_text.written("kind: train\nepochs: 2\n", "train", fields, values)
    assert "epochs" not in text
    assert recipe_text.faults(text, "train") is None


@pytest.mark.parametrize(
    ("kind", "text", "zh_says", "en_says"),
    [
        ("dataset", "kind: dataset\nname: x\n", "文件（sources）：请至少添加一个文件。", "Files (sources): add at least one file."),
        ("train", "kind: train\nname: x\n", "数据集（dataset）：必填。", "Dataset (dataset): required."),
        ("train", "kind: train\nname: x\ndataset: d\nepochs: abc\n", "训练轮数（epochs，YAML 第 4 行）：现为“abc”，应为数字。",
         "Epochs (epochs, YAML line 4): given 'abc'; accepted: a number."),
        ("train", "kind: train\nname: x\ndataset: d\nepochs:\n", "训练轮数（epochs，YAML 第 4 行）：现为空，应为数字。",
         "Epochs (epochs, YAML line 4): given nothing; accepted: a number."),
        ("dataset", "kind: dataset\nname: x\nsources:\n- file: a\n  split: no\n", "文件第 1 行的划分到（split，YAML 第 5 行）：现为 false，可选：hash、kept、train、val、test。",
         "Files, no. 1, Goes to (split, YAML line 5): given false, accepted: 'hash', 'kept', 'train', 'val' or 'test'."),
        ("train", "kind: train\nname: x\ndataset: d\nmethod:\n  name: lora\n  rank: 0\n", "微调方法的LoRA 秩（rank，YAML 第 6 行）：现为 0，应不小于 1",
         "Method, LoRA rank (rank, YAML line 6): given 0; accepted: 1 or more."),
        ("train", "kind: train\nname: x\ndataset: d\nmethod:\n  name: full\n  rank: 2\n", "微调方法的LoRA 秩（rank，YAML 第 6 行）：full 没有这个选项（它是 lora、qlora 的选项）",
         "Method, LoRA rank (rank, YAML line 6): full has no such option (it is an option of lora, qlora); accepted here: name."),
        ("train", "kind: train\nname: x\ndataset: d\nrank: 0\n", "微调方法的LoRA 秩（rank，YAML 第 4 行）：现为 0", "Method, LoRA rank (rank, YAML line 4): given 0; accepted: 1 or more"),
        ("train", "kind: train\nname: x\ndataset: d\nfoo: 1\n", "YAML 第 4 行：foo: 没有这个键", "YAML line 4: foo: unknown key"),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_the_forms_labels(
    kind: str, text: str, zh_says: str, en_says: str, zh: Context, en: Context
) -> None:
    error = recipe_text.faults(text, kind)
    assert error is not None
    fields = fields_of(KINDS.load(kind).recipe)
    assert sentence(zh, fields, error.faults[0]).startswith(zh_says)
    assert sentence(en, fields, error.faults[0]).startswith(en_says)


def test_fields_at_fault_are_outlined(zh: Context) -> None:
    error = recipe_text.faults("kind: train\nname: x\nepochs: -1\n'</style>': 1\n", "train")
    assert error is not None
    html = fault_notice(zh, "train", fields_of(KINDS.load("train").recipe), error)
    assert ":is(#field-train-dataset, #field-train-epochs)" in html or ":is(#field-train-epochs, #field-train-dataset)" in html  # fmt: skip
    assert html.count("</style>") == 1


def test_only_the_lines_of_changed_values_are_written_anew() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    text = "# mine\nkind: train\nname: m  # the name\n\n# which rows\ndataset: 'd'\nseed: 42  # lucky\n# the end\n"
    values = {field.name: field.default for field in fields} | {"name": "n", "dataset": "d"}
    after = recipe_text.written(text, "train", fields, values)
    for line in (
        "# mine\n",
        "name: n  # the name\n",
        "\n# which rows\ndataset: 'd'\n",
        "seed: 42  # lucky\n# the end\n",
    ):
        assert line in after
    assert (recipe_text.values_of(after) or {})["name"] == "n"


def test_text_whose_anchors_a_change_would_break_is_written_whole() -> None:
    fields = fields_of(KINDS.load("train").recipe)
    text = "kind: train\nname: &n m\ndataset: *n\n"
    values = {field.name: field.default for field in fields} | {"name": "x", "dataset": "m"}
    after = recipe_text.values_of(recipe_text.written(text, "train", fields, values)) or {}
    assert (after["name"], after["dataset"]) == ("x", "m")


def test_what_nobody_touched_follows_what_is_offered() -> None:
    fields = fields_of(KINDS.load("evaluate").recipe)

    def followed(text: str, before: str, now: str) -> str:
        return recipe_text.followed(text, "evaluate", fields, before, now)

    offered = {"name": "my-report", "dataset": "demo", "models": ["base"], "knowledge": "demo"}
    before = recipe_text.first("evaluate", fields, offered)
    now = recipe_text.first("evaluate", fields, {**offered, "models": ["base", "tuned"], "knowledge": "mine"})
    assert followed(before, before, now) == now
    touched = before.replace("knowledge: demo", "knowledge: other  # mine").replace("my-report", "trial")
    assert followed(touched, before, now) == touched.replace("- base", "- base\n- tuned")
    assert followed(before, "", now) == before, "what was offered is not known"
    assert followed("kind: [", before, now) == "kind: ["
    assert followed(before, before, before) == before
