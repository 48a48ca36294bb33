"""What a dataset is given away as: every format shows every row, and read again it teaches the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from studio.core import recipe as recipes
from studio.core.errors import InputError
from studio.core.records import Message
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.conversion import Conversion
from studio.data.export import export, formats_of
from studio.data.exporters import EXPORTERS, alpaca, llama_factory, messages, sharegpt
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.runs.job import Termination
from studio.runs.launch import prepare
from studio.runs.recipes import check_whole
from studio.runs.work import perform
from tests.data.given_away import ASKS, ROWS, SAYS, dataset, rows_of

HERE = RowOrigin(file="a.jsonl", line=1)
Show = Callable[[Row], Mapping[str, Any]]
SHOWS: Mapping[str, Show] = {
    "alpaca": alpaca.show,
    "sharegpt": sharegpt.show,
    "messages": messages.show,
    "llama_factory": llama_factory.show,
}
# what comes out of reading any file: no blanks around it, in one form; and no text that stands for none
WORDS = st.text(st.sampled_from("甲乙病药 ，。abZ19%"), min_size=1, max_size=12).map(lambda text: f"它{text.strip()}。")


@pytest.mark.parametrize("name", SHOWS)
@pytest.mark.parametrize("record", [Question, Conversation, Preference, Judged])
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_what_is_exported_and_read_again_teaches_the_same(name: str, record: type[Row], data: st.DataObject) -> None:
    for row in data.draw(rows_of(WORDS, record)):
        shown = json.loads(json.dumps(SHOWS[name](row)))
        _, view, made = Conversion().rows(shown, HERE)
        back = made[0]
        assert back.id == row.id and back.turns == row.turns, shown
        assert not view.left(), shown
        if isinstance(row, Preference | Judged):
            assert type(back) is record and back.answered == row.answered
        elif record is Conversation and name in ("sharegpt", "messages"):
            assert back == row.model_copy(update={"source": HERE})


def test_every_class_of_rows_has_a_format_and_each_writes_its_files(tmp_path: Path) -> None:
    for record, rows in ROWS.items():
        folder = dataset(tmp_path / record, rows)
        names = formats_of(folder)
        assert "xlsx" in names
        for name in names:
            assert export(folder, name, tmp_path / record / "exports" / name, Silent()) == []
            written = {path.name for path in (tmp_path / record / "exports" / name).iterdir()}
            if name == "xlsx":
                assert written == {"gift.xlsx"}
            elif name == "parquet":
                assert {"README.md", "train.parquet"} <= written <= {"README.md", "train.parquet", "test.parquet"}
            else:
                assert {"train.jsonl"} <= written <= {"train.jsonl", "test.jsonl", "dataset_info.json"}


def test_what_stands_in_a_line_of_each_format(tmp_path: Path) -> None:
    question, talk, pair, verdict = (
        ROWS["question"][0],
        ROWS["conversation"][1],
        ROWS["preference"][0],
        ROWS["judged"][0],
    )
    asked = "肝素过量用什么拮抗？\nA. 维生素K\nB. 鱼精蛋白\n请回答正确选项的字母。"
    assert alpaca.show(question) == {
        "id": "q1", "instruction": asked, "input": "", "output": "B. 鱼精蛋白", "system": "", "history": [],
    }  # fmt: skip
    shown = alpaca.show(talk)
    assert shown["history"] == [["头痛怎么办？", "多休息。"]] and shown["system"] == "你是医生。"
    assert sharegpt.show(pair) == {
        "id": "p1", "conversations": [{"from": "human", "value": "头痛怎么办？"}], "system": "你是医生。",
        "chosen": {"from": "gpt", "value": "好好休息"}, "rejected": {"from": "gpt", "value": "不管它"},
    }  # fmt: skip
    said = messages.show(verdict)
    assert said["label"] is False and said["completion"] == [{"role": "assistant", "content": "停药"}]
    assert [turn["role"] for turn in said["prompt"]] == ["system", "user"]


@pytest.mark.parametrize("record", ["question", "conversation", "preference", "judged"])
def test_llama_factory_is_told_which_columns_its_files_have(tmp_path: Path, record: str) -> None:
    target = tmp_path / "out"
    export(dataset(tmp_path / "d", ROWS[record]), "llama_factory", target, Silent())
    info = json.loads((target / "dataset_info.json").read_text())
    assert set(info) == {"gift_train", "gift_test"}
    for about in info.values():
        for line in (target / about["file_name"]).read_text().splitlines():
            row = json.loads(line)
            assert set(about["columns"].values()) <= set(row), "a column that is registered stands in every row"
            if "messages" in about["columns"]:  # its converter wants human and gpt in turn
                said = [turn["from"] for turn in row["conversations"]]
                assert said == ["human", "gpt"] * (len(said) // 2) + ["human"] * (len(said) % 2)
                assert (len(said) % 2 == 1) == bool(about.get("ranking"))


def test_rows_that_a_format_cannot_show_are_counted_and_named(tmp_path: Path) -> None:
    odd = Conversation(id="c9", messages=(SAYS, Message(role="user", content="嗯"), SAYS))
    folder = dataset(tmp_path / "d", [*ROWS["conversation"], odd])
    for name in ("alpaca", "llama_factory"):
        notes = export(folder, name, tmp_path / name, Silent())
        assert ["1 rows left out" in note.en for note in notes] == [True]
        lines = [line for part in (tmp_path / name).glob("*.jsonl") for line in part.read_text().splitlines()]
        assert len(lines) == 2
    assert export(folder, "messages", tmp_path / "messages", Silent()) == []


def test_a_format_without_a_form_for_the_rows_says_which_have_one(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "d", ROWS["rubric"])
    with pytest.raises(InputError) as caught:
        export(folder, "alpaca", tmp_path / "out", Silent())
    assert "rubric" in caught.value.message.en and "XLSX" in (caught.value.hint or "").en  # type: ignore[union-attr]
    assert not (tmp_path / "out").exists()


def test_what_breaks_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "d", ROWS["question"])
    with (folder / "train.jsonl").open("a") as stream:
        stream.write('{"id": 1}\n')
    for name in set(EXPORTERS.names()) - {"parquet"}:  # which takes the lines as they are
        with pytest.raises(InputError, match="no question"):
            export(folder, name, tmp_path / "out" / name, Silent())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_prompt_of_several_rounds_keeps_what_the_assistant_said() -> None:
    pair = Preference(id="p", prompt=(ASKS[1], SAYS, ASKS[1]), chosen="看医生", rejected="不用")
    _, _, made = Conversion().rows(dict(messages.show(pair)), HERE)
    assert made == [pair.model_copy(update={"source": HERE})]


@pytest.mark.parametrize("record", ROWS)
def test_a_folder_of_parquet_is_opened_by_datasets_as_it_is(tmp_path: Path, record: str) -> None:
    from datasets import load_dataset

    folder, rows = dataset(tmp_path / "d", ROWS[record]), ROWS[record]
    export(folder, "parquet", tmp_path / "out", Silent())
    opened = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert set(opened) == ({"train", "test"} if len(rows) > 1 else {"train"}), "no part is there that holds nothing"
    back = [row for part in opened.values() for row in part]
    assert [_unfolded(row, type(rows[0])).model_copy(update={"source": None}) for row in back] == list(rows)


def _unfolded(row: dict[str, Any], record: type[Row]) -> Row:
    """Return a row of columns as what it was: mappings are lists of key and value there."""
    folded = {
        name for name, field in record.model_fields.items() if getattr(field.annotation, "__origin__", None) is dict
    }
    return record.model_validate(
        {
            name: {item["key"]: item["value"] for item in value} if name in folded else value
            for name, value in row.items()
        }
    )


def test_a_recipe_has_its_dataset_exported_and_loses_no_rows_over_a_format_that_cannot(workspace: Workspace) -> None:
    (workspace.uploads / "a.jsonl").write_text(
        '{"prompt": "头痛怎么办？", "criteria": [{"criterion": "建议就医", "points": 5}]}\n', encoding="utf-8"
    )
    text = "kind: dataset\nname: d\nval: 0\ntest: 0\nsources: [{file: uploads/a.jsonl}]\nexports: [alpaca, xlsx]\n"
    checked = check_whole(workspace, recipes.read(text, "r.yaml"))
    run = prepare(workspace, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    exports = run.path / "dataset" / "exports"
    assert [path.relative_to(exports).as_posix() for path in exports.rglob("*") if path.is_file()] == ["xlsx/d.xlsx"]
    assert "not exported: Alpaca has no form for a rubric question" in run.events_file.read_text()
