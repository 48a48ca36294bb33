"""Open questions: the longest common subsequence of answer and gold, as F1.

>>> question = Question(id="1", stem="用什么拮抗肝素？", gold="鱼精蛋白")
>>> SCORER.mark(question, Response("鱼肝蛋白")).score
0.75
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Response, Scorer
from studio.scoring.rouge import TOKENIZER, applies, marker, rouge_l

__all__ = ["SCORER", "Question", "Response"]

SCORER = Scorer(
    Text("ROUGE-L", "ROUGE-L"),
    Text(
        f"Mean F1 of the longest common subsequence with the gold answer. Tokenizer: {TOKENIZER}.",
        "与标准答案最长公共子序列的平均 F1。分词：NFKC 归一、不分大小写；汉字逐字，其他文字按词，不做词干还原。",
    ),
    applies,
    marker(rouge_l),
    rank=3,
    binary=False,
    beside={"tokenizer": TOKENIZER},
)
