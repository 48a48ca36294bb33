from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerBase

from studio.core.records import Message
from studio.models.chat_template import IGNORED, prompt_ids, prompt_text, training_row
from studio.models.load import load_tokenizer

TURNS = [
    Message(role="user", content="What reverses heparin?"),
    Message(role="assistant", content="Protamine sulfate."),
    Message(role="user", content="And warfarin?"),
    Message(role="assistant", content="Vitamin K."),
]
THINKING = (  # as Qwen3's: an empty thought before the last answer only
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}{{ END }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def learned(tokenizer: PreTrainedTokenizerBase, turns: list[Message]) -> str:
    """What a row teaches the model to say."""
    row = training_row(tokenizer, turns)
    assert row is not None
    assert len(row["labels"]) == len(row["input_ids"])
    return str(tokenizer.decode([token for token in row["labels"] if token != IGNORED]))


def templated(model: Path, template: str) -> PreTrainedTokenizerBase:
    tokenizer = load_tokenizer(model)
    tokenizer.chat_template = template
    return tokenizer


def test_labels_cover_the_assistants_turns_and_their_end(tiny_model: Path) -> None:
    assert learned(load_tokenizer(tiny_model), TURNS) == "Protamine sulfate.<|im_end|>Vitamin K.<|im_end|>"


def test_the_first_label_follows_the_prompt_that_serving_sends(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    row = training_row(tokenizer, TURNS[:2])
    assert row is not None
    prompt = prompt_ids(tokenizer, TURNS[:1])
    assert row["input_ids"][: len(prompt)] == prompt
    assert set(row["labels"][: len(prompt)]) == {IGNORED}
    assert row["labels"][len(prompt)] != IGNORED


def test_a_template_that_shows_the_last_turn_otherwise_teaches_no_users_words(tiny_model: Path) -> None:
    tokenizer = templated(tiny_model, THINKING.replace("{{ END }}", "<|im_end|>"))
    thought = "<think>\n\n</think>\n\n"
    assert learned(tokenizer, TURNS) == f"Protamine sulfate.<|im_end|>{thought}Vitamin K.<|im_end|>"


def test_a_turn_whose_end_is_not_certain_is_not_guessed(tiny_model: Path) -> None:
    ends_last = THINKING.replace("{{ END }}", "{% if loop.last %}<|im_end|>{% endif %}")
    assert training_row(templated(tiny_model, ends_last), TURNS) is None
    asks_to_think = (tiny_model, THINKING.replace("assistant\n{% endif %}", "assistant\n<thought>{% endif %}"))
    assert training_row(templated(*asks_to_think), TURNS) is None


def test_a_template_that_refuses_a_conversation_gives_no_row(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    refuse = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    tokenizer.chat_template = refuse + str(tokenizer.chat_template)
    assert training_row(tokenizer, [Message(role="system", content="Be brief."), *TURNS]) is None
    assert training_row(tokenizer, TURNS) is not None


def test_an_assistant_that_speaks_first_is_not_learned(tiny_model: Path) -> None:
    greeting = Message(role="assistant", content="Hello!")
    assert learned(load_tokenizer(tiny_model), [greeting, *TURNS[:2]]) == "Protamine sulfate.<|im_end|>"


def test_the_prompts_text_is_found_between_its_headers(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    system = Message(role="system", content="Be brief.")
    for turns in (TURNS, [system, *TURNS], [TURNS[1], *TURNS]):
        row = training_row(tokenizer, turns)
        assert row is not None
        text = prompt_text(tokenizer, turns)
        assert tokenizer.decode(row["input_ids"][text.start : text.stop]) == "What reverses heparin?"


@pytest.mark.parametrize("content", ["\n\nProtamine.", " Protamine."])
def test_what_stands_before_an_answers_first_word_does_not_move_its_label(smollm2: Path, content: str) -> None:
    tokenizer = load_tokenizer(smollm2)  # two newlines and more are one token of its
    assert learned(tokenizer, [TURNS[0], Message(role="assistant", content=content)]) == "Protamine.<|im_end|>"


def test_smollm2_labels(smollm2: Path) -> None:
    assert learned(load_tokenizer(smollm2), TURNS) == "Protamine sulfate.<|im_end|>Vitamin K.<|im_end|>"
