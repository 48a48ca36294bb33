from pathlib import Path

from studio.core.records import Message
from studio.models.chat import IGNORED, prompt_ids, training_row
from studio.models.load import load_tokenizer

TURNS = [
    Message(role="user", content="What reverses heparin?"),
    Message(role="assistant", content="Protamine sulfate."),
    Message(role="user", content="And warfarin?"),
    Message(role="assistant", content="Vitamin K."),
]


def test_labels_cover_the_assistants_turns_and_their_end(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    row = training_row(tokenizer, TURNS, 512)
    learned = [token for token in row["labels"] if token != IGNORED]
    assert tokenizer.decode(learned) == "Protamine sulfate.<|im_end|>Vitamin K.<|im_end|>"
    assert len(row["labels"]) == len(row["input_ids"])


def test_the_first_label_follows_the_prompt_that_serving_sends(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    row = training_row(tokenizer, TURNS[:2], 512)
    prompt = prompt_ids(tokenizer, TURNS[:1])
    assert row["input_ids"][: len(prompt)] == prompt
    assert set(row["labels"][: len(prompt)]) == {IGNORED}
    assert row["labels"][len(prompt)] != IGNORED


def test_a_long_row_keeps_its_answer(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    turns = [Message(role="user", content="heparin " * 200), TURNS[1]]
    row = training_row(tokenizer, turns, 40)
    assert len(row["input_ids"]) == 40
    assert "Protamine sulfate." in tokenizer.decode([t for t in row["labels"] if t != IGNORED])


def test_smollm2_labels(smollm2: Path) -> None:
    tokenizer = load_tokenizer(smollm2)
    row = training_row(tokenizer, TURNS, 512)
    learned = [token for token in row["labels"] if token != IGNORED]
    assert tokenizer.decode(learned) == "Protamine sulfate.<|im_end|>Vitamin K.<|im_end|>"
