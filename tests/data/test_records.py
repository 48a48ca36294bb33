"""A dataset of any record: written, read back, de-duplicated, counted on its card, and turned into training rows."""

from __future__ import annotations

import doctest
import importlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.records import Message, Role
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.dataset_folder import read_rows, record_of
from studio.data.layouts.base import BadRow
from studio.data.normal import marks
from studio.data.recipe import DatasetRecipe
from studio.data.records import RECORDS
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric
from studio.data.source_file import SourceFile
from studio.models.chat_template import IGNORED
from studio.models.load import load_tokenizer
from studio.training.encoding import encode
from tests.data.test_deduplicate import Kept

HEPARIN, WARFARIN = "Which drug reverses heparin?", "Which drug reverses warfarin?"


def talk(id: str, *said: str, system: str = "") -> Conversation:
    """A conversation whose turns are the user's and the assistant's by turns."""
    roles: Sequence[Role] = ("user", "assistant")
    turns = [Message(role=roles[number % 2], content=text) for number, text in enumerate(said)]
    return Conversation(id=id, messages=(*([Message(role="system", content=system)] if system else []), *turns))


def pair(id: str, prompt: str, chosen: str, rejected: str) -> Preference:
    return Preference(id=id, prompt=(Message(role="user", content=prompt),), chosen=chosen, rejected=rejected)


@pytest.mark.parametrize("name", RECORDS)
def test_the_example_in_its_docstring(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"studio.data.records.{name}"))
    assert result.attempted > 0 and result.failed == 0
    assert RECORDS[name].record == name


ROWS: dict[str, list[Row]] = {
    "question": [
        Question(id="1", stem=HEPARIN, gold="Protamine.", source=RowOrigin(file="a.jsonl", line=1)),
        Question(id="2", stem=WARFARIN, options={"A": "Vitamin K", "B": "Naloxone"}, gold="A"),
    ],
    "conversation": [
        talk("1", HEPARIN, "Protamine."),
        talk("2", WARFARIN, "Vitamin K.", "How much?", "10 mg.", system="You are a pharmacist."),
    ],
    "preference": [pair("1", HEPARIN, "Protamine.", "Aspirin."), pair("2", WARFARIN, "Vitamin K.", "Aspirin.")],
    "judged": [
        Judged(id=str(number), prompt=(Message(role="user", content=asked),), answer="Protamine.", good=good)
        for number, (asked, good) in enumerate([(HEPARIN, True), (WARFARIN, False)], 1)
    ],
    "rubric": [
        Rubric(
            id=str(number),
            prompt=(Message(role="user", content=asked),),
            criteria=(Criterion(text="Names it.", points=5),),
        )
        for number, asked in enumerate([HEPARIN, WARFARIN], 1)
    ],
}
CARD = {
    "question": "| Split | Multiple choice | Open | All |\n|---|---:|---:|---:|\n| Training | 1 | 1 | 2 |",
    "conversation": "| Split | Single turn | Several turns | All |\n|---|---:|---:|---:|\n| Training | 1 | 1 | 2 |",
    "preference": "| Split | All |\n|---|---:|\n| Training | 2 |",
    "judged": "| Split | Good | Bad | All |\n|---|---:|---:|---:|\n| Training | 1 | 1 | 2 |",
    "rubric": "| Split | All |\n|---|---:|\n| Training | 2 |",
}


RAW: dict[str, list[dict[str, object]]] = {
    "question": [
        {"question": HEPARIN, "answer": "Protamine."},
        {"question": WARFARIN, "options": {"A": "Vitamin K", "B": "Naloxone"}, "answer": "A"},
    ],
    "conversation": [
        {"conversations": [{"from": "human", "value": HEPARIN}, {"from": "gpt", "value": "Protamine."}]},
        {
            "conversations": [
                {"from": "system", "value": "You are a pharmacist."},
                {"from": "human", "value": WARFARIN},
                {"from": "gpt", "value": "Vitamin K."},
                {"from": "human", "value": "How much?"},
                {"from": "gpt", "value": "10 mg."},
            ]
        },
    ],
    "preference": [
        {"prompt": HEPARIN, "chosen": "Protamine.", "rejected": "Aspirin."},
        {"prompt": WARFARIN, "chosen": "Vitamin K.", "rejected": "Aspirin."},
    ],
    "judged": [
        {"prompt": HEPARIN, "completion": "Protamine.", "label": True},
        {"prompt": WARFARIN, "completion": "Protamine.", "label": False},
    ],
    "rubric": [
        {"prompt": [{"role": "user", "content": asked}], "rubrics": [{"criterion": "Names it.", "points": 5}]}
        for asked in (HEPARIN, WARFARIN)
    ],
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_dataset_is_written_and_read_back(name: str, tmp_path: Path, tiny_model: Path) -> None:
    file, folder = tmp_path / "a.jsonl", tmp_path / "dataset"
    file.write_text("".join(json.dumps(row) + "\n" for row in RAW[name]))
    recipe = DatasetRecipe(name="d", sources=[SourceFile(file="a.jsonl", split="train")])
    build(recipe, [file], folder, Silent())
    assert json.loads((folder / "dataset.json").read_text())["record"] == name
    assert record_of(folder) is RECORDS[name]
    read = read_rows(folder, "train")
    ids = {"id": "", "source": None}
    assert [row.model_copy(update=ids) for row in read] == [row.model_copy(update=ids) for row in ROWS[name]]
    assert CARD[name] in (folder / "card.md").read_text()

    if "sft" not in RECORDS[name].serves:
        return
    tokenizer = load_tokenizer(tiny_model)
    encoded = encode(read, tokenizer, 512)
    learned = [tokenizer.decode([label for label in row["labels"] if label != IGNORED]) for row in encoded.rows]
    assert learned[0] == "Protamine.<|im_end|>" and "Vitamin K" in learned[1] and "Aspirin" not in learned[1]
    assert name != "conversation" or learned[1] == "Vitamin K.<|im_end|>10 mg.<|im_end|>"


def test_conversations_and_preferences_are_deduplicated() -> None:
    kept = Kept()
    kept.take(talk("1", HEPARIN, "Protamine."), "train", 1)
    kept.take(talk("2", HEPARIN, "Protamine sulfate."), "train", 2)
    kept.take(talk("3", HEPARIN, "Protamine.", "How much?", "50 mg."), "train", 3)
    kept.take(talk("4", WARFARIN, "Vitamin K."), "train", 4)
    with pytest.raises(BadRow, match=r"the same question as a\.jsonl line 1"):
        kept.take(talk("5", "which drug reverses HEPARIN", "protamine"), "train", 5)
    kept.take(talk("6", HEPARIN, "Never mind."), "test", 6)
    assert kept.left("train") == ["4"], "what begins like a test conversation is in no other"

    pairs = Kept()
    pairs.take(pair("1", HEPARIN, "Protamine.", "Aspirin."), "train", 1)
    pairs.take(pair("2", HEPARIN, "Protamine.", "Vitamin K."), "train", 2)
    pairs.take(pair("3", HEPARIN, "Aspirin.", "Protamine."), "train", 3)
    with pytest.raises(BadRow, match="line 1"):
        pairs.take(pair("4", HEPARIN, "protamine", "vitamin k"), "train", 4)


def test_conversations_of_which_no_user_speaks_are_told_apart() -> None:
    kept = Kept()
    for line, (text, part) in enumerate(
        (("Protamine reverses heparin.", "train"), ("Vitamin K is fat-soluble.", "test")), 1
    ):
        kept.take(Conversation(id=text, messages=(Message(role="assistant", content=text),)), part, line)
    assert not kept.leaks()


def test_a_question_and_a_conversation_that_begins_with_it_go_to_one_part() -> None:
    question = Question(id="q", stem=HEPARIN, options={"A": "one", "B": "two"}, gold="A")
    assert marks(question).shared == marks(talk("c", HEPARIN, "Protamine.", "Why?", "It binds it.")).shared


def test_a_dataset_holds_one_sort_of_rows() -> None:
    kept = Kept()
    kept.take(Question(id="q", stem=HEPARIN, gold="Protamine."), "train", 1)
    with pytest.raises(BadRow, match="this is a conversation, the rows before are questions"):
        kept.take(talk("c", WARFARIN, "Vitamin K."), "train", 2)


def test_an_older_dataset_holds_questions_and_an_unknown_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(ROWS["question"][0].model_dump_json() + "\n")
    assert read_rows(tmp_path, "train") == ROWS["question"][:1]
    (tmp_path / "dataset.json").write_text('{"record": "rollout"}')
    with pytest.raises(InputError, match="'rollout', known are: question, conversation, preference"):
        read_rows(tmp_path, "train")
    (tmp_path / "dataset.json").write_text('{"record": "preference"}')
    with pytest.raises(InputError, match="this line is no preference") as caught:
        read_rows(tmp_path, "train")
    assert caught.value.where == f"{tmp_path / 'train.jsonl'} line 1"


def test_the_reasoning_in_front_of_an_answer_can_be_left_out() -> None:
    said = "<think>It binds it.</think>Protamine."
    prompt = (Message(role="user", content=HEPARIN),)
    rows = [
        Question(id="1", stem=HEPARIN, gold="Protamine.", thought="It binds it."),
        talk("1", HEPARIN, said),
        pair("1", HEPARIN, said, "<think>x</think>Aspirin."),
        Judged(id="1", prompt=prompt, answer=said, good=True),
        Rubric(id="1", prompt=prompt, criteria=(Criterion(text="Names it.", points=5),)),
    ]
    for row in rows:
        left = row.without_thought()
        assert type(left) is type(row) and left.id == "1"
        assert "binds" not in left.model_dump_json() and "<think>" not in left.model_dump_json()
        assert left.without_thought() == left and left.asked == row.asked
        if left.turns[-1].role == "assistant":
            assert left.turns[-1].content == "Protamine."
            assert row.turns[-1].content.startswith("<think>")


@pytest.mark.parametrize("name", ROWS)
def test_every_text_of_a_row_can_be_rewritten(name: str) -> None:
    for row in ROWS[name]:
        texts = list(row.texts())
        assert texts and row.rewritten(str) is row
        louder = row.rewritten(lambda text: f"{text}!")
        assert list(louder.texts()) == [f"{text}!" for text in texts]
        assert (louder.id, louder.form, louder.source) == (row.id, row.form, row.source)


def test_the_letters_of_right_options_are_no_text() -> None:
    row = Question(id="2", stem=WARFARIN, options={"A": "Vitamin K", "B": "Naloxone"}, gold="A", family="a case")
    assert list(row.texts()) == [WARFARIN, "Vitamin K", "Naloxone", "a case"]
    assert row.rewritten(str.upper).gold == "A"
