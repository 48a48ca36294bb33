"""Tokens become text without half a character, and stop texts end it to the letter."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from studio.engines.detokenizer import Detokenizer


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(tiny_model)


def decoding(tokenizer: PreTrainedTokenizerBase, calls: list[int] | None = None):
    def decode(tokens: list[int]) -> str:
        if calls is not None:
            calls.append(len(tokens))
        return tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    return decode


@pytest.mark.parametrize("seed", range(20))
def test_random_tokens_give_the_text_that_decoding_them_all_gives(
    tokenizer: PreTrainedTokenizerBase, seed: int
) -> None:
    chooser = random.Random(seed)
    tokens = [chooser.randrange(3, 512) for _ in range(300)]
    detokenizer = Detokenizer(decoding(tokenizer))
    text, place = "", 0
    while place < len(tokens):
        step = chooser.randrange(1, 4)
        text += detokenizer.add(tokens[place : place + step])
        place += step
    assert text + detokenizer.finish() == tokenizer.decode(tokens, skip_special_tokens=True)


def test_no_piece_holds_half_a_character(tokenizer: PreTrainedTokenizerBase) -> None:
    wanted = "肝素过量 🧪 é 用鱼精蛋白拮抗。𝔘 café"
    backend = tokenizer("", add_special_tokens=False)
    assert backend["input_ids"] == []
    single = [tokenizer.convert_tokens_to_ids(token) for token in _bytes(wanted)]
    detokenizer = Detokenizer(decoding(tokenizer))
    pieces = [detokenizer.add([token]) for token in single]
    assert "".join(pieces) + detokenizer.finish() == wanted
    assert not any("�" in piece for piece in pieces)
    assert pieces[2] == "肝"  # each character comes with its last byte, not later


def test_a_character_cut_off_at_the_end_is_shown_as_such(tokenizer: PreTrainedTokenizerBase) -> None:
    detokenizer = Detokenizer(decoding(tokenizer))
    half = [tokenizer.convert_tokens_to_ids(token) for token in _bytes("好")][:2]
    assert detokenizer.add(half) == ""
    assert detokenizer.finish() == "�"


def test_decoding_a_token_does_not_decode_the_answer_again(tokenizer: PreTrainedTokenizerBase) -> None:
    calls: list[int] = []
    detokenizer = Detokenizer(decoding(tokenizer, calls))
    for token in tokenizer("Naloxone reverses opioids. " * 40, add_special_tokens=False)["input_ids"]:
        detokenizer.add([token])
    assert max(calls) <= 4


@pytest.mark.parametrize(
    ("stop", "wanted"),
    [
        (["reverses"], "Vitamin K "),
        (["verses war"], "Vitamin K re"),
        (["K", "Vita"], ""),
        (["farin.", "in. Na"], "Vitamin K reverses war"),
        (["zzz"], "Vitamin K reverses warfarin. Naloxone"),
        (["Naloxone!"], "Vitamin K reverses warfarin. Naloxone"),
        (["e"], "Vitamin K r"),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 100])
def test_the_answer_ends_before_the_first_stop_text(
    tokenizer: PreTrainedTokenizerBase, stop: list[str], wanted: str, step: int
) -> None:
    tokens = tokenizer("Vitamin K reverses warfarin. Naloxone", add_special_tokens=False)["input_ids"]
    detokenizer = Detokenizer(decoding(tokenizer), stop)
    text = "".join(detokenizer.add(tokens[place : place + step]) for place in range(0, len(tokens), step))
    assert text + detokenizer.finish() == wanted
    assert detokenizer.stopped == (stop[0] not in ("zzz", "Naloxone!"))


def test_what_may_begin_a_stop_text_is_held_back(tokenizer: PreTrainedTokenizerBase) -> None:
    detokenizer = Detokenizer(lambda tokens: "".join("ab\nc"[token] for token in tokens), ["\n\n"])
    assert detokenizer.add([0]) == "a"
    assert detokenizer.add([2]) == ""
    assert detokenizer.add([1]) == "\nb"
    assert detokenizer.add([2]) == ""
    assert detokenizer.add([2]) == ""
    assert detokenizer.stopped
    assert detokenizer.add([0]) == ""


def _bytes(text: str) -> list[str]:
    """Return the byte-level tokens of a text, one a byte."""
    from tokenizers import pre_tokenizers

    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return list(level.pre_tokenize_str(text)[0][0])
