"""Marking single answers."""

from __future__ import annotations

import asyncio
import doctest
import importlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from studio.core.choice import Chosen
from studio.data.records.question import Question
from studio.scoring.base import Mark, Response
from studio.scoring.rouge import common_subsequence, rouge_1, rouge_l, tokens
from studio.scoring.scorers import SCORERS, markers

CHOICE = Question(id="c", stem="Which drug?", options={"A": "Aspirin", "B": "Heparin", "C": "Warfarin"}, gold="AC")
HEPARIN = Question(id="o", stem="?", gold="Protamine sulfate reverses heparin.", accepted=("protamine", "鱼精蛋白"))


def score(scorer: str, question: Question, text: str) -> float:
    found = mark(scorer, question, Response(text))
    assert found is not None
    return found.score


def mark(scorer: str, question: Question, response: Response) -> Mark | None:
    return asyncio.run(markers([Chosen(scorer)])[scorer].mark(question, response))


@pytest.mark.parametrize("name", ["rouge", *(f"scorers.{name}" for name in SCORERS.names())])
def test_examples_in_the_docstrings(name: str) -> None:
    results = doctest.testmod(importlib.import_module(f"studio.scoring.{name}"))
    assert results.attempted > 0 and results.failed == 0


def test_scorers_are_found_and_say_what_they_apply_to() -> None:
    ours = ["accuracy", "named", "likelihood", "rouge_l", "rouge_1"]
    assert [name for name in markers() if name in ours] == ours
    assert list(markers([Chosen("rouge_1"), Chosen("accuracy")])) == ["accuracy", "rouge_1"]
    applies = {name: (at.scorer.applies(CHOICE), at.scorer.applies(HEPARIN)) for name, at in markers().items()}
    assert applies["accuracy"] == (True, False) and applies["named"] == (False, True)
    assert applies["rouge_l"] == applies["rouge_1"] == (False, True)
    assert not SCORERS.load("likelihood").applies(CHOICE)  # several letters are no single choice


def test_all_letters_and_only_those_count() -> None:
    assert [score("accuracy", CHOICE, text) for text in ("A, C", "C、A", "A", "ABC", "?")] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("PROTAMINE is given.", True),
        ("Give protamine, slowly", True),
        ("Give (protamine)", True),
        ("Ｐｒｏｔａｍｉｎｅ", True),
        ("protamines", False),
        ("antiprotamine", False),
        ("应立即使用鱼精蛋白拮抗", True),
        ("鱼 精 蛋 白", True),
        ("鱼精", False),
        ("", False),
    ],
)
def test_named(text: str, named: bool) -> None:
    assert score("named", HEPARIN, text) == named


def test_named_edges() -> None:
    vitamin = Question(id="v", stem="?", gold="维生素K")
    assert [score("named", vitamin, text) for text in ("用维生素 K。", "用维生素K2", "用维生素k拮抗")] == [1, 0, 1]
    hyphen = Question(id="h", stem="?", gold="N-acetylcysteine", accepted=("NAC",))
    assert [score("named", hyphen, text) for text in ("n acetylcysteine", "NAC!", "acetylcysteine", "NACl")] == [
        1,
        1,
        0,
        0,
    ]
    sentence = Question(
        id="s", stem="?", gold="The patient should be put to bed and given fluids until the doctor comes."
    )
    assert not SCORERS.load("named").applies(sentence)


def test_likelihood_is_normalised_by_length_and_keeps_both() -> None:
    question = Question(id="1", stem="?", options={"A": "short", "B": "a much longer option", "C": ""}, gold="B")
    found = mark("likelihood", question, Response("", {"A": (-4.0, 1), "B": (-8.0, 4), "C": (0.0, 0)}))
    assert found is not None and (found.read, found.score) == ("B", 1.0)
    assert (found.details["unnormalised"], found.details["unnormalised_correct"]) == ("A", False)
    assert mark("likelihood", question, Response("B")) is None


def test_likelihood_counts_a_twin_of_the_right_option() -> None:
    question = Question(id="1", stem="?", options={"A": "Aspirin", "B": "Aspirin", "C": "Heparin"}, gold="B")
    twin = mark("likelihood", question, Response("", {"A": (-1.0, 1), "B": (-1.0, 1), "C": (-3.0, 1)}))
    assert twin is not None and twin.score == 1.0 and twin.details["unnormalised_correct"] is True
    other = mark("likelihood", question, Response("", {"A": (-3.0, 1), "B": (-3.0, 1), "C": (-1.0, 1)}))
    assert other is not None and other.score == 0.0


def test_rouge_by_hand() -> None:
    # answer of 4, gold of 6 tokens, 3 in common, 3 in order
    answer, gold = tokens("the cat sat down"), tokens("the old cat sat on it")
    assert rouge_1(answer, gold) == pytest.approx(2 * 3 / 10) == rouge_l(answer, gold)
    assert rouge_l(tokens("sat cat"), tokens("cat sat")) == pytest.approx(0.5)
    assert rouge_1(tokens("a a a"), tokens("a b")) == pytest.approx(2 * 1 / 5)
    assert rouge_1([], gold) == rouge_l([], gold) == 0.0


class Tokens:
    """Our tokenizer as `rouge_score` takes one: its own drops everything but Latin letters and digits."""

    def tokenize(self, text: str) -> list[str]:
        return tokens(text)


@given(st.text("ab 肝素,"), st.text("ab 肝素,"))
@example("Protamine sulfate, 50 mg", "用鱼精蛋白（protamine）拮抗 50 mg 肝素")
def test_rouge_against_the_reference(answer: str, gold: str) -> None:
    reference = RougeScorer(["rouge1", "rougeL"], tokenizer=Tokens()).score(gold, answer)
    assert rouge_1(tokens(answer), tokens(gold)) == pytest.approx(reference["rouge1"].fmeasure)
    assert rouge_l(tokens(answer), tokens(gold)) == pytest.approx(reference["rougeL"].fmeasure)


def test_rouge_reads_chinese() -> None:
    assert tokens("ＡＴＰ酶，37℃") == ["atp", "酶", "37", "c"]
    assert rouge_l(tokens("用鱼精蛋白"), tokens("鱼精蛋白")) == pytest.approx(2 * 4 / 9)


def test_common_subsequence_against_the_textbook_way() -> None:
    def slow(one: str, two: str) -> int:
        row = [0] * (len(two) + 1)
        for a in one:
            new = [0]
            for index, b in enumerate(two):
                new.append(row[index] + 1 if a == b else max(row[index + 1], new[-1]))
            row = new
        return row[-1]

    words = ["abcbdab", "bdcaba", "", "aaaa", "xyzxyzxyz" * 10, "zyxzyx" * 14]
    assert all(common_subsequence(one, two) == slow(one, two) for one in words for two in words)
