from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.records import Message
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.models.chat_template import IGNORED, prompt_ids
from studio.models.load import load_tokenizer
from studio.runs.view import view
from studio.training.encoding import encode, load
from tests.training.conftest import Order, questions, silent


def test_labels_are_what_serving_would_have_to_generate(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    row = questions()[0]
    tokens = encode([row], tokenizer, 512).rows[0]
    prompt = prompt_ids(tokenizer, row.turns[:-1])
    assert tokens["input_ids"][: len(prompt)] == prompt
    assert set(tokens["labels"][: len(prompt)]) == {IGNORED}
    learned = [label for label in tokens["labels"] if label != IGNORED]
    assert tokenizer.decode(learned) == "Protamine sulfate reverses heparin.<|im_end|>"


def long_rows() -> list[Row]:
    """A long answer, a long prompt, both long, and a system prompt that leaves room for neither."""
    system = Message(role="system", content="brief " * 200)
    talk = (system, Message(role="user", content="heparin"), Message(role="assistant", content="Protamine."))
    return [
        Question(id="answer", stem="What reverses heparin?", gold="sulfate " * 200),
        Question(id="prompt", stem="heparin " * 200 + "What reverses it?", gold="Protamine."),
        Question(id="both", stem="heparin " * 200, gold="sulfate " * 200),
        Conversation(id="neither", messages=talk),
    ]


def test_long_rows_are_learned_from_their_prompt_on_and_counted(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    encoded = encode([*questions(), *long_rows()], tokenizer, 80)
    assert (encoded.truncated, encoded.ends, encoded.beginnings, encoded.too_long) == (3, 2, 2, 1)
    assert len(encoded.rows) == 7
    for row in encoded.rows:
        assert len(row["input_ids"]) == len(row["labels"]) <= 80
        assert tokenizer.decode(row["input_ids"]).startswith("<|im_start|>user\n")
        assert any(label != IGNORED for label in row["labels"])
    assert encode(questions(), tokenizer, 512).truncated == 0


def test_rows_without_an_answer_are_left_out_and_counted(tiny_model: Path) -> None:
    encoded = encode([silent(), *questions()], load_tokenizer(tiny_model), 512)
    assert (len(encoded.rows), encoded.no_answer) == (4, 1)


def test_the_user_is_told_what_became_of_every_row(order: Order, tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    tokenizer.chat_template = "{% if messages[0].content == 'Refused' %}{{ raise_exception('no') }}{% endif %}" + str(
        tokenizer.chat_template
    )
    refused = Question(id="refused", stem="Refused", gold="Never.")
    _, job = order(train=[silent(), refused, *questions(), *long_rows()], val=questions())
    load(job.locate("dataset"), tokenizer, 80, job)
    notices = view(job.run).notices
    assert [notice.en for notice in notices] == [
        "3 of 11 rows are longer than 80 tokens and are learned shortened: 2 without the end of an answer, or without "
        "later turns; 2 without the beginning of their prompt's text. Raise 'Longest row' (max_length) to keep more of them.",
        "1 row was left out: no answer to learn from",
        "1 row was left out: not even a part of prompt and answer fits into 80 tokens",
        "1 row was left out: the model's chat template refuses such a row, or shows it otherwise than when "
        "the model is asked",
    ]
    assert notices[0].zh == (
        "11 行中有 3 行超过 80 个 token，截短后用于学习：2 行截去了回答的结尾或后面的轮次；2 行截去了提问开头的文字。"
        "调大“最大长度”（max_length）可以多保留一些。"
    )


def test_a_dataset_of_which_nothing_fits_says_what_to_raise(order: Order, tiny_model: Path) -> None:
    _, job = order(train=long_rows()[-1:])
    with pytest.raises(InputError, match="no rows to train on") as caught:
        load(job.locate("dataset"), load_tokenizer(tiny_model), 80, job)
    assert caught.value.hint is not None
    assert "max_length" in caught.value.hint.en


def test_a_model_whose_template_fits_no_row_is_named_as_the_reason(order: Order, tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    tokenizer.chat_template = str(tokenizer.chat_template).replace(
        "assistant\n{% endif %}", "assistant\n<think>{% endif %}"
    )
    _, job = order()
    with pytest.raises(InputError, match="no rows to train on") as caught:
        load(job.locate("dataset"), tokenizer, 512, job)
    assert caught.value.hint is not None
    assert "chat template" in caught.value.hint.en


@pytest.mark.parametrize("train", [[], [silent()]])
def test_nothing_to_learn_from_is_the_users_mistake(order: Order, tiny_model: Path, train: list[object]) -> None:
    _, job = order(train=train)
    with pytest.raises(InputError, match="no rows to train on"):
        load(job.locate("dataset"), load_tokenizer(tiny_model), 512, job)


def test_a_training_on_some_rows_takes_a_subset_of_them(order: Order, tiny_model: Path) -> None:
    _, job = order(train=questions(), val=questions())
    tokenizer = load_tokenizer(tiny_model)
    train, val = load(job.locate("dataset"), tokenizer, 512, job, rows=2)
    assert (len(train.rows), len(val.rows)) == (2, len(questions()))
    with pytest.raises(InputError, match=f"99 training rows are asked for, and the dataset has {len(questions())}"):
        load(job.locate("dataset"), tokenizer, 512, job, rows=99)
