"""Open questions: the tokens that answer and gold share, as F1.

>>> import asyncio
>>> question = Question(id="1", stem="What reverses heparin?", gold="protamine sulfate")
>>> asyncio.run(SCORER.mark(question, Response("Protamine, protamine!"), None, None)).score
0.5
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Response
from studio.scoring.rouge import rouge_1, scorer

__all__ = ["SCORER", "Question", "Response"]

SCORER = scorer("ROUGE-1", Text("single tokens shared", "共有词元"), rouge_1, rank=4)
