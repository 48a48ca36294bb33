from __future__ import annotations

import subprocess
import sys

import pytest

from studio.knowledge.words import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return Words()


def test_medical_words_stay_whole_and_are_found_by_their_parts(words: Words) -> None:
    assert "二甲双胍" in words("二甲双胍是首选药物吗？")
    assert "氯吡格雷" in words("阿司匹林联合氯吡格雷")
    assert {"心肌", "梗死", "心肌梗死"} <= set(words("急性心肌梗死"))


def test_a_word_broken_by_a_line_end_is_mended(words: Words) -> None:
    assert "鱼精蛋白" in words("静脉注射鱼精 \n蛋白")


def test_forms_of_a_word_meet(words: Words) -> None:
    assert words("Antidotes of HEPARINS") == words("antidote heparin")
    assert words("ﬁbrillation，Ｂ１２") == ["fibrillation", "b12"]
    assert words("Ménière") == words("meniere")
    assert words("therapies allergies diuretics") == ["therapy", "allergy", "diuretic"]
    assert words("sepsis virus loss CYP2C19 0.9% β-blockers") == [
        "sepsis", "virus", "loss", "cyp2c19", "0.9", "β", "blocker"
    ]  # fmt: skip


def test_words_that_only_hold_a_question_together_are_left_out(words: Words) -> None:
    assert words("What is the antidote of heparin?") == ["antidote", "heparin"]
    assert not {"的", "是", "什么"} & set(words("肝素的拮抗剂是什么？"))


def test_the_article_goes_and_the_letter_stays(words: Words) -> None:
    assert words("A patient took a drug. A dose") == ["patient", "took", "drug", "dose"]
    for text in ("hepatitis A virus", "维生素A缺乏", "维生素a缺乏", "Vitamin A"):
        assert "a" in words(text), text


def test_jieba_says_nothing_and_leaves_no_cache() -> None:
    program = "import tempfile; from studio.knowledge.words import Words; print(Words()('头痛'), tempfile.gettempdir())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("['头痛']")


def test_two_have_dictionaries_of_their_own(words: Words) -> None:
    other = Words()
    other._jieba.add_word("胍肝素")
    assert "胍肝素" in other("胍肝素")
    assert "胍肝素" not in words("胍肝素")
