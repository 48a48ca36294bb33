"""Open questions: the tokens that answer and gold share, as F1.

>>> question = Question(id="1", stem="What reverses heparin?", gold="protamine sulfate")
>>> SCORER.mark(question, Response("Protamine, protamine!")).score
0.5
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Response, Scorer
from studio.scoring.rouge import TOKENIZER, applies, marker, rouge_1

__all__ = ["SCORER", "Question", "Response"]

SCORER = Scorer(
    Text("ROUGE-1", "ROUGE-1"),
    Text(
        f"Mean F1 of single tokens shared with the gold answer. Tokenizer: {TOKENIZER}.",
        "与标准答案共有词元的平均 F1。分词：NFKC 归一、不分大小写；汉字逐字，其他文字按词，不做词干还原。",
    ),
    applies,
    marker(rouge_1),
    rank=4,
    binary=False,
    beside={"tokenizer": TOKENIZER},
)
