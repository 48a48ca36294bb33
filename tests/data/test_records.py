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
from studio.data.card import write_dataset
from studio.data.dataset_folder import read_rows, record_of
from studio.data.deduplicate import Deduplicator, SourceRow
from studio.data.layouts.base import BadRow
from studio.data.normal import split_fraction
from studio.data.records import RECORDS
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import Conversation
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.models.chat_template import IGNORED
from studio.models.load import load_tokenizer
from studio.training.encoding import encode

HEPARIN, WARFARIN = "Which drug reverses heparin?", "Which drug reverses warfarin?"


def talk(id: str, *said: str, system: str = "") -> Conversation:
    """A conversation whose turns are the user's and the assistant's by turns."""
    roles: Sequence[Role] = ("user", "assistant")
    turns = [Message(role=roles[number % 2], content=text) for number, text in enumerate(said)]
    return Conversation(id=id, messages=(*([Message(role="system", content=system)] if system else []), *turns))


def pair(id: str, prompt: str, chosen: str, rejected: str) -> Preference:
    return Preference(id=id, prompt=(Message(role="user", content=prompt),), chosen=chosen, rejected=rejected)


def take(deduplicator: Deduplicator, row: Row, part: str, line: int) -> None:
    deduplicator.take(row, part, SourceRow(0, RowOrigin(file="a.jsonl", line=line), {}))


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
}
CARD = {
    "question": "| Part | Choice | Open | All |\n|---|---:|---:|---:|\n| train | 1 | 1 | 2 |",
    "conversation": "| Part | Single turn | Several turns | All |\n|---|---:|---:|---:|\n| train | 1 | 1 | 2 |",
    "preference": "| Part | All |\n|---|---:|\n| train | 2 |",
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_dataset_is_written_and_read_back(name: str, tmp_path: Path, tiny_model: Path) -> None:
    deduplicator = Deduplicator()
    for line, row in enumerate(ROWS[name], 1):
        take(deduplicator, row, "train", line)
    deduplicator.separate_splits()
    assert deduplicator.record is RECORDS[name]
    parts = {split: [item.row for item in part] for split, part in deduplicator.parts.items()}
    write_dataset(tmp_path, "d", deduplicator.record, parts, deduplicator.rejected, [])
    assert json.loads((tmp_path / "dataset.json").read_text())["record"] == name
    assert record_of(tmp_path) is RECORDS[name]
    assert read_rows(tmp_path, "train") == ROWS[name]
    assert CARD[name] in (tmp_path / "card.md").read_text()

    tokenizer = load_tokenizer(tiny_model)
    encoded = encode(read_rows(tmp_path, "train"), tokenizer, 512)
    learned = [tokenizer.decode([label for label in row["labels"] if label != IGNORED]) for row in encoded.rows]
    assert learned[0] == "Protamine.<|im_end|>" and "Vitamin K" in learned[1] and "Aspirin" not in learned[1]
    assert name != "conversation" or learned[1] == "Vitamin K.<|im_end|>10 mg.<|im_end|>"


def test_conversations_and_preferences_are_deduplicated() -> None:
    deduplicator = Deduplicator()
    take(deduplicator, talk("1", HEPARIN, "Protamine."), "train", 1)
    take(deduplicator, talk("2", HEPARIN, "Protamine sulfate."), "train", 2)
    take(deduplicator, talk("3", HEPARIN, "Protamine.", "How much?", "50 mg."), "train", 3)
    take(deduplicator, talk("4", WARFARIN, "Vitamin K."), "train", 4)
    with pytest.raises(BadRow, match=r"the same question as a\.jsonl line 1"):
        take(deduplicator, talk("5", "which drug reverses HEPARIN", "protamine"), "train", 5)
    take(deduplicator, talk("6", HEPARIN, "Never mind."), "test", 6)
    deduplicator.separate_splits()
    assert [item.row.id for item in deduplicator.parts["train"]] == ["4"], (
        "what begins like a test conversation is in no other"
    )

    pairs = Deduplicator()
    take(pairs, pair("1", HEPARIN, "Protamine.", "Aspirin."), "train", 1)
    take(pairs, pair("2", HEPARIN, "Protamine.", "Vitamin K."), "train", 2)
    take(pairs, pair("3", HEPARIN, "Aspirin.", "Protamine."), "train", 3)
    with pytest.raises(BadRow, match="line 1"):
        take(pairs, pair("4", HEPARIN, "protamine", "vitamin k"), "train", 4)


def test_conversations_of_which_no_user_speaks_are_told_apart() -> None:
    deduplicator = Deduplicator()
    for line, (text, part) in enumerate(
        (("Protamine reverses heparin.", "train"), ("Vitamin K is fat-soluble.", "test")), 1
    ):
        take(deduplicator, Conversation(id=text, messages=(Message(role="assistant", content=text),)), part, line)
    deduplicator.separate_splits()
    assert not deduplicator.rejected


def test_a_question_and_a_conversation_that_begins_with_it_go_to_one_part() -> None:
    question = Question(id="q", stem=HEPARIN, options={"A": "one", "B": "two"}, gold="A")
    assert split_fraction(question) == split_fraction(talk("c", HEPARIN, "Protamine.", "Why?", "It binds it."))


def test_a_dataset_holds_one_sort_of_rows() -> None:
    deduplicator = Deduplicator()
    take(deduplicator, Question(id="q", stem=HEPARIN, gold="Protamine."), "train", 1)
    with pytest.raises(BadRow, match="this is a conversation, the rows before are questions"):
        take(deduplicator, talk("c", WARFARIN, "Vitamin K."), "train", 2)


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
