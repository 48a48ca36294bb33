"""Answers in another language than the question."""

from __future__ import annotations

import re

from studio.core.scripts import HAN, language_of
from studio.core.text import Text
from studio.data.checks._pieces import exchanges, piece
from studio.data.checks.base import Check, Finding
from studio.data.records.base import Row
from studio.data.records.question import Question

_RUN = r"(?:[A-Za-z][A-Za-z'-]*[ ,]+){5}"  # words in Latin letters that may be a sentence
_LATIN = re.compile(_RUN)
_SOME = re.compile(f"[{HAN}]")
_TRANSLATES = re.compile(
    r"翻译|译[成为文]|[英中汉法德日]文|[英汉]语|translat|chinese|english|改写|转换|代码|语法|句子|输入|编码|拼写",
    re.IGNORECASE,
)
_LONGEST = 600  # characters looked at: a text is in its language from the beginning


def _has_latin(text: str) -> bool:
    return text.count(" ") >= 4 and _LATIN.search(text) is not None


def _find(row: Row) -> Finding | None:
    for question, answer in exchanges(row):
        asked, said = question[:_LONGEST], answer[:_LONGEST]
        if asked.isascii() and said.isascii():
            continue
        one, other = _SOME.search(asked) is not None, _SOME.search(said) is not None
        if one == other and not (one and (_has_latin(said) or _has_latin(asked))):
            continue
        languages = language_of([asked]), language_of([said])
        if None not in languages and languages[0] != languages[1] and not _TRANSLATES.search(asked):
            return Finding(
                Text("question and answer are in different languages", "题目与答案语言不同"),
                f"{asked[:60]} → {piece(said)}",
            )
    return None


CHECK = Check(
    Text("Wrong language", "语言不一致"),
    Text(
        "A question in Chinese with an answer in English, or the reverse: the model answers patients in a language they did not ask "
        "in.",
        "中文提问配英文答案，或相反：模型会用患者没有使用的语言作答。",
    ),
    _find,
    finds=(
        Question(
            id="1",
            stem="高血压患者应该如何治疗，首选什么药物？",
            gold="The first choice is an inhibitor of the angiotensin converting enzyme, which is given once a day.",
        ),
        Question(
            id="2",
            stem="What is the first choice for a patient with hypertension, and how is it given?",
            gold="首选血管紧张素转换酶抑制剂，每日口服一次，从小剂量开始。",
        ),
    ),
    passes=(
        Question(
            id="3",
            stem="请把下面这句话翻译成英文：高血压患者应该规律服药，并定期测量血压。",
            gold="Patients with hypertension should take their medicine regularly and have their pressure taken.",
        ),
        Question(
            id="4",
            stem="Which drug is the first choice in hypertension, and why is it so?",
            gold="captopril（卡托普利）",
        ),
        Question(id="5", stem="高血压患者首选的药物是什么，请给出英文名？", gold="captopril"),
    ),
)
