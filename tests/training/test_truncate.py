from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerBase

from studio.core.records import Message
from studio.models.chat_template import IGNORED, prompt_text, training_row
from studio.models.load import load_tokenizer
from studio.training.truncate import Truncated, truncate

LONGEST = 80
END = "<|im_end|>"


def turn(role: str, word: str, times: int) -> Message:
    return Message(role=role, content=f"{word} " * (times - 1) + word)  # type: ignore[arg-type]


def shorten(tokenizer: PreTrainedTokenizerBase, *turns: Message, longest: int = LONGEST) -> tuple[Truncated, str, str]:
    """What a conversation becomes: the cut, its whole text, and what it teaches."""
    row = training_row(tokenizer, turns)
    assert row is not None
    assert len(row["input_ids"]) > longest
    short = truncate(row, prompt_text(tokenizer, turns), longest)
    assert short is not None
    ids, labels = short.row["input_ids"], short.row["labels"]
    assert len(ids) == len(labels) <= longest
    assert all(label in (IGNORED, token) for token, label in zip(ids, labels, strict=True))
    return short, tokenizer.decode(ids), tokenizer.decode([label for label in labels if label != IGNORED])


def test_a_long_answer_keeps_its_prompt_and_loses_its_end(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    short, text, taught = shorten(
        tokenizer, Message(role="user", content="What reverses heparin?"), turn("assistant", "sulfate", 200)
    )
    assert (short.prompt, short.answer) == (False, True)
    assert text.startswith("<|im_start|>user\nWhat reverses heparin?<|im_end|>\n<|im_start|>assistant\nsulfate sulfate")
    assert taught.count("sulfate") > 30
    assert END not in taught, "it would learn to stop in mid-sentence"


def test_a_long_prompt_loses_the_beginning_of_its_text_only(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    question = Message(role="user", content="heparin " * 200 + "What reverses it?")
    short, text, taught = shorten(
        tokenizer, Message(role="system", content="Be brief."), question, turn("assistant", "K", 3)
    )
    assert (short.prompt, short.answer) == (True, False)
    assert text.startswith(f"<|im_start|>system\nBe brief.{END}\n<|im_start|>user\n")
    assert f"heparin What reverses it?{END}\n<|im_start|>assistant\n" in text
    assert taught == f"K K K{END}"


def test_of_a_long_prompt_and_a_long_answer_both_keep_a_part(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    short, text, taught = shorten(tokenizer, turn("user", "warfarin", 300), turn("assistant", "sulfate", 300))
    assert (short.prompt, short.answer) == (True, True)
    assert len(short.row["input_ids"]) == LONGEST
    learned = sum(label != IGNORED for label in short.row["labels"])
    assert learned == LONGEST // 4
    assert text.count("warfarin") >= 8
    assert END not in taught


def test_a_long_conversation_keeps_its_first_turns(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    short, text, taught = shorten(
        tokenizer,
        turn("user", "warfarin", 2),
        turn("assistant", "K", 4),
        turn("user", "heparin", 100),
        turn("assistant", "sulfate", 4),
    )
    assert (short.prompt, short.answer) == (False, True)
    assert taught == f"K K K K{END}"
    assert text.endswith(taught), "a question without its answer only costs time"


def test_a_row_that_loses_only_what_follows_its_end_of_turn_loses_nothing(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    turns = [turn("user", "warfarin", 2), turn("assistant", "K", 4)]
    row = training_row(tokenizer, turns)
    assert row is not None
    short, _, taught = shorten(tokenizer, *turns, longest=len(row["input_ids"]) - 1)
    assert (short.prompt, short.answer) == (False, False)
    assert taught == f"K K K K{END}"


@pytest.mark.parametrize("prompt, answer", [(5, 5), (300, 300)])
def test_where_the_headers_leave_no_room_there_is_no_row(tiny_model: Path, prompt: int, answer: int) -> None:
    tokenizer = load_tokenizer(tiny_model)
    turns = [turn("system", "brief", 60), turn("user", "warfarin", prompt), turn("assistant", "K", answer)]
    row = training_row(tokenizer, turns)
    assert row is not None
    assert truncate(row, prompt_text(tokenizer, turns), LONGEST) is None
