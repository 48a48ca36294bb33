"""Comparisons in words."""

from __future__ import annotations

from typing import Any

from studio.answering.modes.rag import MODE as RAG
from studio.core.text import Text
from studio.evaluation.sentences import finding, p_value, signed

NAMED = Text("Named", "答出率")
AGAINST = RAG.against


def comparison(difference: float, p: float, only_a: int = 5, only_b: int = 1, **more: Any) -> dict[str, Any]:
    fixed = {"question": "rag", "a": "m:rag", "b": "m:api", "metric": "named", "low": -0.1, "high": 0.2, "n": 100}
    counts = {"both": 0, "only_a": only_a, "only_b": only_b, "neither": 9}
    return {**fixed, **counts, "difference": difference, "p": p, **more}


def test_worse_is_called_worse() -> None:
    said = finding(comparison(-0.082, 0.004), NAMED, AGAINST)
    assert said.claim.en == "Named: worse by 8.2 points" and said.claim.zh == "答出率：降低 8.2 个百分点"
    assert said.subject.en == "m with passages against without (rag against api)"
    assert said.figures.en == "95% CI \u221210.0 to +20.0, p = 0.004, n = 100"


def test_chance_is_not_called_better() -> None:
    assert finding(comparison(0.04, 0.22), NAMED, AGAINST).claim.en == "Named: no clear difference, +4.0 points"
    assert finding(comparison(0.38, 0.0001), NAMED, AGAINST).claim.en == "Named: better by 38.0 points"
    same = finding(comparison(0.0, 1.0, 0, 0), NAMED, AGAINST)
    assert same.claim.zh == "答出率：每道题都没有差别"


def test_a_few_questions_tell_nothing() -> None:
    said = finding(comparison(1.0, 0.0625, 5, 0, n=5), NAMED, AGAINST)
    assert said.claim.en == "Named: too few questions to tell (5)"
    assert said.claim.zh == "答出率：题数太少（5 题），无法判断"


def test_groups_stand_behind() -> None:
    parts = [comparison(0.8, 0.001, metric="named/taught"), comparison(0.02, 0.9, metric="named/textbook")]
    assert (
        finding(comparison(0.4, 0.001), NAMED, AGAINST, parts).groups.en == "by group: taught +80.0, textbook +2.0 (?)"
    )


def test_numbers() -> None:
    assert [signed(value, True) for value in (0.1234, -0.1234, 0.0, -0.0001)] == ["+12.3", "\u221212.3", "0.0", "0.0"]
    assert signed(0.1234, False) == "+0.123"
    assert [p_value(p) for p in (0.00001, 0.0123, 0.4)] == ["p < 0.001", "p = 0.012", "p = 0.40"]
