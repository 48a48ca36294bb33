"""Open questions: is the gold answer, or an accepted name for it, named in the generated answer?

Latin names count as whole words, in any case and whatever hyphen joins them; Chinese names count wherever they stand.

>>> import asyncio
>>> question = Question(id="1", stem="What reverses heparin?", gold="Protamine sulfate.", accepted=("protamine",))
>>> asyncio.run(mark(question, Response("Give PROTAMINE."))).read
'protamine'
>>> asyncio.run(mark(question, Response("Give protamines."))).score
0.0
"""

from __future__ import annotations

import re
import unicodedata

from studio.core.scripts import HAN, words
from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Mark, Response, Scorer

_HAN = re.compile(f"[{HAN}]")
_LONGEST = 60


def applies(question: Question) -> bool:
    return not question.is_choice and bool(_names(question))


async def mark(question: Question, response: Response, *_: object) -> Mark:
    """Mark one answer by the first name it holds."""
    text = _normal(response.text)
    for name in _names(question):
        if _holds(text, name):
            return Mark(1.0, name, "accepted name" if name in question.accepted else "gold")
    return Mark(0.0)


def _names(question: Question) -> list[str]:
    """Return what counts as naming the answer: a gold of many words is a sentence, which nobody repeats as it is."""
    names = [*question.accepted, *([question.gold] if len(question.gold) <= _LONGEST else [])]
    return [name for name in names if words(_normal(name))]


def _holds(text: str, name: str) -> bool:
    name = _normal(name)
    if _HAN.search(name):
        wanted = "".join(words(name))
        before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", wanted) else ""
        after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", wanted) else ""
        return re.search(before + re.escape(wanted) + after, "".join(words(text))) is not None
    return f" {' '.join(words(name))} " in f" {' '.join(words(text))} "


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


SCORER = Scorer(
    Text("Expected term named", "答出率"),
    Text(
        "Share of open questions whose answer names the gold or an accepted name for it. It says named, not asserted: "
        "an answer that lists many candidates counts too.",
        "开放题中，回答提到标准答案或其公认名称的比例。只看是否提到：罗列多个候选也算。",
    ),
    applies,
    mark,
    rank=1,
)
