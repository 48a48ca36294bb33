"""The token chunker, mostly on the real MiniLM tokenizer."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from studio.knowledge.chunkers.token import windows

Tokenize = Callable[[str], list[tuple[int, int]]]
ENGLISH = " ".join(
    f"Patient {n} received {n}.5 mg of heparin, and then protamine sulfate was given. Was it enough? It was (mostly)."
    for n in range(40)
)
CHINESE = "".join(f"第{n}例患者肝素过量，静脉注射鱼精蛋白{n}.5mg后好转。“是否足够？”基本足够！" for n in range(40))
MARKED = "e\u0301a\u0308\u0301 👩\u200d⚕\ufe0f👍🏽 🇨🇳🇫🇷 न\u093fम " * 40


@pytest.fixture(scope="module")
def tokenize(minilm: Path) -> Tokenize:
    backend = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    backend.no_truncation()
    backend.no_padding()
    return lambda text: [span for span in backend.encode(text, add_special_tokens=False).offsets if span[1] > span[0]]


def each_character(text: str) -> list[tuple[int, int]]:
    return [(index, index + 1) for index, char in enumerate(text) if not char.isspace()]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, MARKED, "x" * 900, "a b\n\n" * 300], ids=str.__len__)
@pytest.mark.parametrize(("size", "overlap"), [(128, 64), (32, 0), (32, 31), (16, 5)])
def test_windows_cover_the_text_and_share_their_overlap(text: str, size: int, overlap: int, tokenize: Tokenize) -> None:
    spans = windows(text, tokenize, size, overlap)
    starts = [start for start, _ in tokenize(text)]
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    for start, end in spans:
        # one character of several tokens may stand over where windows move on by a single token
        assert sum(start <= place < end for place in starts) <= size + 2 * (text is MARKED and overlap == size - 1)
    for (first, end), (start, last) in pairwise(spans):
        assert first < start <= end < last
        shared = sum(start <= place < end for place in starts)
        assert shared <= overlap
        if text in (ENGLISH, CHINESE):
            assert shared >= overlap * 3 // 4 - 3


@pytest.mark.parametrize("size", [8, 32, 128])
def test_no_character_is_parted_from_its_marks(size: int) -> None:
    for begin, _ in windows(MARKED, each_character, size, size // 2)[1:]:
        assert unicodedata.category(MARKED[begin]) not in ("Mn", "Mc", "Me")
        assert MARKED[begin] not in "\u200d\ufe0f🏽"
        assert MARKED[begin - 1] != "\u200d"
        assert MARKED[begin - 1 : begin + 1] not in ("🇨🇳", "🇫🇷")


def test_windows_end_at_sentences_where_that_costs_little(tokenize: Tokenize) -> None:
    for text in (ENGLISH, CHINESE):
        spans = windows(text, tokenize, 128, 64)
        at_sentences = sum(text[:end].rstrip()[-1] in ".?!。！？”" for _, end in spans)
        assert at_sentences == len(spans)


def test_no_word_and_no_number_is_parted(tokenize: Tokenize) -> None:
    text = "thrombocytopenia 12.5 mg/kg hyperkalaemia " * 60
    for start, end in windows(text, tokenize, 20, 7):
        assert re.fullmatch(
            r"(thrombocytopenia|12\.5|mg/kg|hyperkalaemia)( (thrombocytopenia|12\.5|mg/kg|hyperkalaemia))*",
            text[start:end].strip(),
        )


def test_a_short_text_stays_whole(tokenize: Tokenize) -> None:
    text = "  Vitamin K reverses warfarin. Give it slowly.\n\nThen measure.  "
    assert windows(text, tokenize, 64, 32) == [(0, len(text))]


def test_a_long_row_of_flags_is_cut_between_flags_and_at_once() -> None:
    text = "🇨🇳🇫🇷" * 15_000
    began = time.monotonic()
    spans = windows(text, lambda text: [(place, place + 1) for place in range(len(text))], 100, 50)
    assert time.monotonic() - began < 10
    assert all(begin % 2 == end % 2 == 0 for begin, end in spans)
