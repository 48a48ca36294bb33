"""Multiple choice by likelihood: the option whose text the model finds likeliest, per token, is its choice.

The stem is asked without its options and each option's text is tried as the answer, so that a model too small to handle
letters can still show what it knows. It needs the model's probabilities: only *direct* has them.

>>> import asyncio
>>> question = Question(id="1", stem="Which?", options={"A": "one", "B": "a longer two"}, gold="B")
>>> asyncio.run(mark(question, Response("", {"A": (-4.0, 1), "B": (-6.0, 3)}))).read
'B'
"""

from __future__ import annotations

from studio.core.text import Text
from studio.data.records.question import Question
from studio.scoring.base import Mark, Response, Scorer


def applies(question: Question) -> bool:
    return question.is_choice and len(question.gold) == 1


async def mark(question: Question, response: Response, *_: object) -> Mark | None:
    """Mark the choice, or None where no likelihoods were measured."""
    measured = {letter: pair for letter, pair in (response.likelihoods or {}).items() if pair[1] > 0}
    if not measured:
        return None
    means = {letter: total / tokens for letter, (total, tokens) in measured.items()}
    normalised = max(means, key=lambda letter: means[letter])
    unnormalised = max(measured, key=lambda letter: measured[letter][0])
    # options of one text are equally likely: a model that prefers the text cannot prefer one of their letters
    right = {letter for letter, text in question.options.items() if text == question.options.get(question.gold)}
    return Mark(
        float(normalised in right),
        normalised,
        "likeliest text per token",
        details={
            "per_token": {letter: round(mean, 4) for letter, mean in means.items()},
            "sum": {letter: round(total, 4) for letter, (total, _) in measured.items()},
            "unnormalised": unnormalised,
            "unnormalised_correct": unnormalised in right,
        },
    )


SCORER = Scorer(
    Text("Option likelihood", "选项似然"),
    Text(
        "Share of single-answer multiple-choice questions where the right option's text is the likeliest answer per "
        "token; the stem is asked without options. Direct only.",
        "单选题中，正确选项的文本按每个 token 的平均概率最高的比例；提问时不列出选项。仅 direct 方式。",
    ),
    applies,
    mark,
    rank=2,
)
