from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.core.text import Text
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows, record_of
from studio.data.recipe import DatasetRecipe
from studio.data.records.conversation import Conversation
from studio.data.source_file import SourceFile


def recipe_for(*sources: tuple[str, str, str], val: float = 0, test: float = 0) -> DatasetRecipe:
    """Return a recipe over (file, layout, split)."""
    files = [SourceFile(file=file, layout=layout, split=split) for file, layout, split in sources]
    return DatasetRecipe(name="d", sources=files, val=val, test=test)


class Notices(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def notice(self, text: Text) -> None:
        self.said.append(text.en)


def jsonl(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def facts(count: int, word: str = "fact") -> list[dict[str, object]]:
    return [{"question": f"What is {word} number {n}?", "answer": f"It is {n}."} for n in range(count)]


def test_every_row_is_taken_or_rejected_with_its_line(tmp_path: Path) -> None:
    rows = [*facts(10), {"question": "", "answer": "x"}, {"question": "what is FACT number 3", "answer": "It is 3"}]
    folder = tmp_path / "dataset"
    recipe = recipe_for(("a.jsonl", "auto", "hash"), val=0.1, test=0.2)
    metrics = build(recipe, [jsonl(tmp_path, "a.jsonl", rows)], folder, Silent())
    assert [metrics[name] for name in ("read", "rows", "rejected", "merged")] == [12, 10, 1, 1]
    taken = [row for split in SPLITS for row in read_rows(folder, split)]
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]
    assert len(taken) == 10
    assert [(item["line"], item["outcome"], item["reason"]["en"]) for item in rejected] == [
        (11, "rejected", "the question is empty"),
        (12, "merged", "the same question as a.jsonl line 4"),
    ]
    assert rejected[0]["row"] == rows[10]
    assert json.loads((folder / "dataset.json").read_text())["rows"] == 10
    assert "an earlier row" in (folder / "card.md").read_text()
    chinese = (folder / "card.zh.md").read_text()
    assert "an earlier row" not in chinese
    assert "## 未采用的行" in chinese


def test_a_question_stays_in_its_part_when_rows_are_added(tmp_path: Path) -> None:
    parts = []
    for count in (200, 400):
        folder = tmp_path / str(count)
        recipe = recipe_for(("a", "qa", "hash"), val=0.1, test=0.2)
        build(recipe, [jsonl(tmp_path, "a.jsonl", facts(count))], folder, Silent())
        parts.append({row.stem: split for split in SPLITS for row in read_rows(folder, split)})
    assert all(parts[1][stem] == split for stem, split in parts[0].items())
    assert 40 < sum(split == "test" for split in parts[1].values()) < 120


def test_a_training_row_that_stands_in_the_test_file_is_rejected(tmp_path: Path) -> None:
    files = [jsonl(tmp_path, "train.jsonl", facts(6)), jsonl(tmp_path, "test.jsonl", facts(2))]
    recipe = recipe_for(("train.jsonl", "qa", "train"), ("test.jsonl", "qa", "test"))
    build(recipe, files, tmp_path / "dataset", Silent())
    assert [len(read_rows(tmp_path / "dataset", split)) for split in SPLITS] == [4, 0, 2]


def test_what_gives_way_is_the_training_row_wherever_the_files_stand(tmp_path: Path) -> None:
    """The second file is spread by hash: what of it falls into the test part is kept, the first file's row is not."""
    files = [jsonl(tmp_path, "train.jsonl", facts(40)), jsonl(tmp_path, "all.jsonl", facts(40))]
    recipe = recipe_for(("train.jsonl", "qa", "train"), ("all.jsonl", "qa", "hash"), val=0.2, test=0.3)
    folder = tmp_path / "dataset"
    build(recipe, files, folder, Silent())
    parts = {split: {row.id for row in read_rows(folder, split)} for split in SPLITS}
    assert sum(map(len, parts.values())) == 40
    assert parts["test"] and parts["val"]
    assert all(id.startswith("all.jsonl") for id in parts["test"] | parts["val"])
    about = json.loads((folder / "dataset.json").read_text())
    assert [item["taken"] + item["rejected"] + item["merged"] for item in about["sources"]] == [40, 40]
    assert not any(item["rejected"] for item in about["sources"][1:])
    assert about["sources"][0]["rejected"] == len(parts["test"] | parts["val"])
    assert "a row of the test split" in (folder / "card.md").read_text()


def test_the_card_names_the_encoding_and_the_fields_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question,answer,remark,note\n肝素过量用什么药？,鱼精蛋白,急诊科,\n", encoding="gb18030")
    told = Notices()
    build(recipe_for(("a.csv", "auto", "hash")), [path], tmp_path / "dataset", told)
    card = (tmp_path / "dataset/card.md").read_text()
    assert card.index("| a.csv | 1 | 1 | 1 | 0 | 0 | 0 | 0 |\n") < card.index("## ")
    assert "| a.csv | GB18030 | Question and answer | Automatic |\n" in card
    assert "- a.csv: `question` → Question, `answer` → Answer\n" in card
    assert "a.csv: the text was read as GB18030" in card
    assert "mean the same" not in card
    chinese = (tmp_path / "dataset/card.zh.md").read_text()
    assert "| a.csv | 1 | 1 | 1 | 0 | 0 | 0 | 0 |\n" in chinese
    assert "| a.csv | GB18030 | 问答 | 自动划分 |\n" in chinese
    assert all(f"\n| {title} |" in chinese for title in ("训练集", "验证集", "测试集"))
    assert not any(word in chinese for word in ("hash", "| train", "sha256 |"))
    assert "- a.csv: `remark`\n" in card
    assert told.said[0].startswith("a.csv: the text was read as GB18030")


def test_the_text_of_the_gold_letter_is_no_field_that_was_dropped(tmp_path: Path) -> None:
    row = {"question": "What reverses heparin?", "options": {"A": "vitamin K", "B": "protamine"}, "answer_idx": "B"}
    (tmp_path / "20261127-101722-0a1b2c").mkdir()
    path = jsonl(tmp_path / "20261127-101722-0a1b2c", "a.jsonl", [{**row, "answer": "protamine", "topic": "antidotes"}])
    build(recipe_for((str(path), "medqa", "test")), [path], tmp_path / "dataset", Silent())
    about = json.loads((tmp_path / "dataset/dataset.json").read_text())["sources"][0]
    assert (about["unused"], about["same"], about["file"]) == (["topic"], {"answer": "answer_idx"}, str(path))
    card, chinese = ((tmp_path / "dataset" / name).read_text() for name in ("card.md", "card.zh.md"))
    assert "- a.jsonl: `answer_idx` was read, `answer` was not needed\n" in card
    assert "- a.jsonl：读取的是 `answer_idx`，不需要 `answer`\n" in chinese
    assert "- a.jsonl: `topic`\n" in card
    assert str(tmp_path) not in card + chinese


def test_a_file_that_no_layout_fits(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", [{"foo": 1, "bar": 2}])
    with pytest.raises(InputError, match="foo, bar") as caught:
        build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())
    assert "columns: {foo: question" in caught.value.to("en")


def test_nothing_is_written_where_no_row_is_good(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", [{"question": "q", "answer": ""}] * 3)
    with pytest.raises(InputError, match="none of 3 rows"):
        build(recipe_for(("a", "qa", "hash")), [path], tmp_path / "dataset", Silent())
    assert not (tmp_path / "dataset").exists()


def test_a_row_with_half_a_character_is_rejected_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "good", "answer": "x"}\n{"question": "bad \\ud83d", "answer": "y"}\n')
    build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())
    rejected = [json.loads(line) for line in (tmp_path / "dataset/rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(item["line"], item["row"]["question"]) for item in rejected] == [(2, "bad \ud83d")]
    assert "half a character" in rejected[0]["reason"]["en"]
    assert len(read_rows(tmp_path / "dataset", "train")) == 1


def test_a_file_whose_rows_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n"one",\n"two"]')
    with pytest.raises(InputError, match=r"a.json line 2: none of 2 rows can be read.*no JSON object"):
        build(recipe_for(("a", "auto", "hash")), [path], tmp_path / "dataset", Silent())


def test_public_files_go_through(shared_data: Path, tmp_path: Path) -> None:
    """Real files, where they lie beside the checkout; the rows they have are known."""
    expected = {
        "medqa_us/phrases_no_exclude_test.jsonl": 1273,
        "medqa_mainland/medqa_mainland_685.jsonl": 685,
        "medqa_mainland/mcmle_171_misspelt_keys.jsonl": 171,
        "cmexam/cmexam_annotated_200.csv": 200,
    }
    for name, rows in expected.items():
        if (shared_data / name).exists():
            recipe = recipe_for((name, "auto", "hash"), val=0.1, test=0.1)
            metrics = build(recipe, [shared_data / name], tmp_path / str(rows), Silent())
            assert metrics["rows"] + metrics["rejected"] == rows
            assert metrics["rows"] >= rows - 3


def test_shares_that_are_more_than_the_whole_are_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path, "a.jsonl", facts(3))
    with pytest.raises(
        InputError,
        match=r"test: given 0.9; 'Validation share' \(val\) and 'Test share' \(test\) together are more than 1 \(1.4\)",
    ):
        build(recipe_for(("a", "qa", "hash"), val=0.5, test=0.9), [path], tmp_path / "dataset", Silent())


def test_questions_and_conversations_become_conversations_and_nothing_else_is_mixed(tmp_path: Path) -> None:
    talks = [
        {"messages": [{"role": "user", "content": f"Is {n} safe?"}, {"role": "assistant", "content": f"{n} is."}]}
        for n in range(3)
    ]
    pairs = [{"prompt": f"Is {n} good?", "chosen": f"{n} is.", "rejected": "No."} for n in range(2)]
    contents = {"a": facts(3), "b": talks, "c": pairs}
    files = [jsonl(tmp_path, f"{name}.jsonl", rows) for name, rows in contents.items()]
    sources = [(file.name, "auto", "train") for file in files]
    build(recipe_for(*sources[:2]), files[:2], tmp_path / "talks", Silent())
    assert record_of(tmp_path / "talks") is Conversation and len(read_rows(tmp_path / "talks", "train")) == 6
    build(recipe_for(sources[0], sources[2]), [files[0], files[2]], tmp_path / "mixed", Silent())
    rejected = [json.loads(line) for line in (tmp_path / "mixed/rejected.jsonl").read_text("utf-8").splitlines()]
    assert [item["reason"]["en"] for item in rejected] == ["this is a preference, the rows before are questions"] * 2


def test_joined_questions_beside_conversations_become_conversations(tmp_path: Path) -> None:
    """Without the second file the first holds nothing but questions without an answer."""
    talk = {"messages": [{"role": "user", "content": "Is it safe?"}, {"role": "assistant", "content": "It is."}]}
    talks = jsonl(tmp_path, "talks.jsonl", [talk])
    asked = jsonl(tmp_path, "asked.jsonl", [{"key": 1, "question": "How is it taken?"}])
    answers = jsonl(tmp_path, "answers.jsonl", [{"key": 1, "answer": "With food."}])
    recipe = DatasetRecipe(
        name="d",
        sources=[
            SourceFile(file="asked.jsonl", split="train", join={"file": "answers.jsonl", "on": "key"}),
            SourceFile(file="talks.jsonl", split="train"),
        ],
    )
    build(recipe, [asked, talks], tmp_path / "d", Silent(), {0: answers})
    assert record_of(tmp_path / "d") is Conversation and len(read_rows(tmp_path / "d", "train")) == 2


def test_reasoning_is_kept_or_left_out_as_the_recipe_says(tmp_path: Path) -> None:
    file = jsonl(tmp_path, "a.jsonl", [{"question": "What?", "answer": "<think>Hm.</think>That."}])
    recipe = recipe_for(("a.jsonl", "auto", "train"))
    for thought, said in (("keep", "<think>\nHm.\n</think>\n\nThat."), ("drop", "That.")):
        build(recipe.model_copy(update={"thought": thought}), [file], tmp_path / thought, Silent())
        assert read_rows(tmp_path / thought, "train")[0].turns[-1].content == said


def test_what_numbers_count_from_is_written_down(tmp_path: Path) -> None:
    rows = [{"question": f"Which is {n}?", "options": ["a", "b", "c"], "answer": n} for n in range(3)]
    build(recipe_for(("a.jsonl", "auto", "train")), [jsonl(tmp_path, "a.jsonl", rows)], tmp_path / "d", Silent())
    assert json.loads((tmp_path / "d/dataset.json").read_text())["sources"][0]["answer_base"] == 0
    cards = [(tmp_path / "d" / name).read_text(encoding="utf-8") for name in ("card.md", "card.zh.md")]
    assert "- a.jsonl: answers that are numbers count from 0\n" in cards[0]
    assert "- a.jsonl：答案是选项序号时，从 0 开始数\n" in cards[1]
