"""Open questions: the longest common subsequence of answer and gold, as F1.

>>> import asyncio
>>> question = Question(id="1", stem="用什么拮抗肝素？", gold="鱼精蛋白")
>>> asyncio.run(SCORER.mark(question, Response("鱼肝蛋白"), None, None)).score
0.75
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Response
from studio.scoring.rouge import rouge_l, scorer

__all__ = ["SCORER", "Question", "Response"]

SCORER = scorer("ROUGE-L", Text("the longest common subsequence", "最长公共子序列"), rouge_l, rank=3)
