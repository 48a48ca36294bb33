"""Reading which option a generated answer chose, by ordered, named rules.

The first rule that finds something decides. What no rule can read is unreadable: it counts as wrong, is counted, and is
never given a default letter. The reader sees the options and the stem, never the gold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from studio.scoring.extraction.letters import OptionIndex
from studio.scoring.extraction.rules import RULES, after_echo

# where a model that was not stopped goes on with a question of its own
_NEXT = re.compile(
    r"\n\s*(?:question\b|问题|题目|user\b|human\b|用户|下一题|next question|q\d*[:.])[^\n]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Extraction:
    """What an answer chose: letters in the options' order, and the name of the rule that found them."""

    letters: str
    rule: str


def read_choice(text: str, options: Mapping[str, str], stem: str = "") -> Extraction | None:
    """Return what a generated answer chose, or None where it cannot be read.

    >>> read_choice("本题考查DNA复制。A错，B错，故选C", {"A": "一", "B": "二", "C": "三"})
    Extraction(letters='C', rule='final')

    Args:
        text: the answer as generated.
        options: letter to text, letters in capitals.
        stem: the question; one that asks for the wrong statement turns verdicts round.
    """
    # options go through the same cleaning as the text, or what it takes out would keep them from being found
    choices = OptionIndex({letter: clean(option) for letter, option in options.items()})
    whole = after_echo(clean(text), choices)
    following = _NEXT.search(whole, 1)
    for part in dict.fromkeys((whole[: following.start()] if following else whole, whole)):
        for name, rule in RULES:
            letters = rule(part, choices, stem)
            if letters:
                return Extraction(letters, name)
    return None


def clean(text: str) -> str:
    """Return text in NFKC without thinking, special tokens and mark-up; a box or answer tag stays as `\\boxed{}`."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff]", "", text)
    text = re.sub(r"(?s)<think>.*?</think>|^.*</think>|<think>.*$|~~.*?~~|<\|[^|<>]*\|>|</?s>", "", text)
    text = re.sub(r"(?is)<(answer|ans|答案)>(.*?)</\1>", r"\\boxed{\2}", text)
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf|mbox|mathbb)\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\*+|__|`+|(?m:^\s*#{1,3}\s)|(?m:^\s*>\s(?!\d))|\\[()\[\]]|\$", "", text)
    text = re.sub(r"[\"“”„「」『』《》]|(?<!\w)'|'(?!\w)", "", text)
    return text.strip()
