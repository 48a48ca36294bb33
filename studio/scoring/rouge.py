"""ROUGE F-measures with a tokenizer that knows Chinese.

Lin, C.-Y. (2004). ROUGE: a package for automatic evaluation of summaries. ACL workshop Text Summarization Branches Out.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from studio.core.scripts import words
from studio.core.text import Text, both
from studio.data.records.question import Question
from studio.scoring.base import Mark, Response, Scorer

TOKENIZER = "NFKC, casefold; CJK characters one by one, other scripts by word, no stemming"


def tokens(text: str) -> list[str]:
    """Return a text's tokens.

    >>> tokens("肝素用Protamine拮抗")
    ['肝', '素', '用', 'protamine', '拮', '抗']
    """
    return words(unicodedata.normalize("NFKC", text).casefold())


def rouge_1(answer: Sequence[str], gold: Sequence[str]) -> float:
    """Return the F1 of single tokens, each counted at most as often as the gold has it."""
    return _f1(sum((Counter(answer) & Counter(gold)).values()), len(answer), len(gold))


def rouge_l(answer: Sequence[str], gold: Sequence[str]) -> float:
    """Return the F1 of the longest common subsequence."""
    return _f1(common_subsequence(answer, gold), len(answer), len(gold))


def common_subsequence(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, 64 and more columns a step.

    Hyyrö, H. (2004). Bit-parallel LCS-length computation revisited. AWOCA.
    """
    places: dict[str, int] = {}
    for index, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << index
    full = (1 << len(one)) - 1
    row = full
    for token in two:
        met = row & places.get(token, 0)
        row = ((row + met) | (row - met)) & full
    return len(one) - row.bit_count()


def scorer(title: str, share: Text, measure: Callable[[Sequence[str], Sequence[str]], float], rank: int) -> Scorer:
    """Return the scorer of a measure, with its tokenizer beside the figure; an empty answer scores 0.

    Args:
        share: what the F1 is of.
    """

    async def mark(question: Question, response: Response, *_: object) -> Mark:
        return Mark(measure(tokens(response.text), tokens(question.gold)))

    told = Text(
        f"Mean F1 of {share.en} with the gold answer. Tokenizer: {TOKENIZER}.",
        f"与标准答案{share.zh}的平均 F1。分词：NFKC 归一、不分大小写；汉字逐字，其他文字按词，不做词干还原。",
    )
    return Scorer(both(title), told, applies, mark, rank=rank, binary=False, beside={"tokenizer": TOKENIZER})


def applies(question: Question) -> bool:
    return not question.is_choice and bool(tokens(question.gold))


def _f1(hits: int, answered: int, wanted: int) -> float:
    return 2 * hits / (answered + wanted) if hits else 0.0
