from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.data.prompt import conversation
from studio.models.chat import IGNORED, prompt_ids
from studio.models.load import load_tokenizer
from studio.runs.view import view
from studio.training.rows import encode, load
from tests.training.conftest import Order, questions, silent


def test_labels_are_what_serving_would_have_to_generate(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    row = questions()[0]
    tokens = encode([row], tokenizer, 512).rows[0]
    prompt = prompt_ids(tokenizer, conversation(row)[:-1])
    assert tokens["input_ids"][: len(prompt)] == prompt
    assert set(tokens["labels"][: len(prompt)]) == {IGNORED}
    learned = [label for label in tokens["labels"] if label != IGNORED]
    assert tokenizer.decode(learned) == "Protamine sulfate reverses heparin.<|im_end|>"


def test_long_rows_lose_their_beginning_and_are_counted(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    whole = encode(questions(), tokenizer, 512)
    short = encode(questions(), tokenizer, 20)
    assert (whole.cut, short.cut) == (0, 4)
    for full, cut in zip(whole.rows, short.rows, strict=True):
        assert cut["input_ids"] == full["input_ids"][-20:]
        assert cut["labels"] == full["labels"][-20:]


def test_rows_without_an_answer_are_left_out_and_counted(tiny_model: Path) -> None:
    encoded = encode([silent(), *questions()], load_tokenizer(tiny_model), 512)
    assert (len(encoded.rows), encoded.mute) == (4, 1)


def test_the_user_is_told(order: Order, tiny_model: Path) -> None:
    _, job = order(train=[silent(), *questions()])
    load(job.locate("dataset"), load_tokenizer(tiny_model), 20, job)
    notices = [notice.en for notice in view(job.run).notices]
    assert notices == [
        "5 rows were longer than 20 tokens and lost their beginning",
        "1 rows were left out: they hold no answer to learn from",
    ] or notices[0].startswith("4 rows")


@pytest.mark.parametrize("train", [[], [silent()]])
def test_nothing_to_learn_from_is_the_users_mistake(order: Order, tiny_model: Path, train: list[object]) -> None:
    _, job = order(train=train)
    with pytest.raises(InputError, match="no rows to train on"):
        load(job.locate("dataset"), load_tokenizer(tiny_model), 512, job)
