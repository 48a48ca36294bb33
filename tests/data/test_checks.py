"""Every check finds what its examples say, leaves the others alone, and puts right for good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.records import Message
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.checks import CHECKS
from studio.data.checks.base import ACTIONS, Check
from studio.data.cleaning import Cleaner, Findings
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Criterion, Rubric
from studio.data.source_file import SourceFile
from studio.data.trial import converted
from tests.data.accept import HERE

_CHECKS = sorted(CHECKS.all().items())
_FOUND = [(check, row) for _, check in _CHECKS for row in check.finds]
_PASSED = [(check, row) for _, check in _CHECKS for row in check.passes]

_ASKED = Message(role="user", content="高血压患者应该如何选择降压药物？")
_SAID = Message(role="assistant", content="合并糖尿病时首选血管紧张素转换酶抑制剂，并定期监测血钾和肌酐。")
_CLEAN: tuple[Row, ...] = (
    Question(
        id="choice",
        stem="男，70岁。痰中带血1月余，Hb<90 g/L，p<0.05，首先考虑的诊断是（　　）。",
        options={"A": "周围型肺癌", "B": "弥漫型肺癌", "C": "肺结核", "D": "中心型肺癌"},
        gold="D",
        explanation="右肺门大块影伴右上肺不张，提示段支气管至主支气管的肺癌，即中心型。",
    ),
    Question(id="open", stem="Which drug is the first choice in hypertension?", gold="captopril"),
    Question(id="none", stem="患者有无药物过敏史？", gold="无"),
    Conversation(id="talk", messages=(_ASKED, _SAID)),
    Conversation(
        id="greeting", messages=(Message(role="user", content="你好"), Message(role="assistant", content="你好"))
    ),
    Preference(id="pair", prompt=(_ASKED,), chosen=_SAID.content, rejected="作为一个AI，我不能回答，"),
    Judged(id="bad", prompt=(_ASKED,), answer="顶", good=False),
    Rubric(id="rubric", prompt=(_ASKED,), criteria=(Criterion(text="提到监测血钾", points=5),)),
)


_PUBLIC = {
    "medqa_mainland/medqa_mainland_685.jsonl": {"named_letters": 500, "repeated_options": 1, "too_short": 3},
    "medqa_mainland/mcmle_171_misspelt_keys.jsonl": {"named_letters": 3, "repeated_options": 1},
    "medqa_us/phrases_no_exclude_test.jsonl": {},
    "cmexam/cmexam_annotated_200.csv": {"named_letters": 189},
    "cmexam/cmexam_multi_answer_60.csv": {"empty": 8, "named_letters": 51, "several_right": 59},
}
"""The explanations of three of them name letters nearly throughout; eight explanations are the word `nan`."""


def _name(value: object) -> str:
    return value.title.en if isinstance(value, Check) else value.id if isinstance(value, Row) else ""


@pytest.mark.parametrize(("check", "row"), _FOUND, ids=_name)
def test_a_check_finds_its_examples_and_mends_them_for_good(check: Check, row: Row) -> None:
    found = check.find(row)
    assert found is not None and found.kind.en and found.kind.zh
    assert not check.signs or any(sign in "\n".join(row.texts()) for sign in check.signs)
    if found.fixed is None:
        return
    assert check.fixes and found.fixed != row and found.fixed.id == row.id
    assert all(text.strip() for text in found.fixed.texts())
    assert check.find(found.fixed) is None
    assert found.becomes != found.shown


@pytest.mark.parametrize(("check", "row"), _PASSED, ids=_name)
def test_a_check_leaves_its_other_examples_alone(check: Check, row: Row) -> None:
    assert check.find(row) is None


@pytest.mark.parametrize("row", _CLEAN, ids=_name)
def test_no_check_finds_anything_in_a_good_row(row: Row) -> None:
    assert {name: found for name, check in _CHECKS if (found := check.find(row))} == {}
    assert Cleaner().clean(row) == (row, [])


@pytest.mark.parametrize(("name", "check"), _CHECKS, ids=[name for name, _ in _CHECKS])
def test_a_check_says_what_it_may_do(name: str, check: Check) -> None:
    assert check.action in check.actions and set(check.actions) <= set(ACTIONS)
    assert (check.finds and check.passes) or check.beside, f"{name} shows no examples"
    assert check.fixes == any((found := check.find(row)) is not None and found.fixed is not None for row in check.finds)


def test_the_texts_of_a_conversation_are_checked_and_mended_where_the_assistant_speaks() -> None:
    row = Conversation(
        id="c",
        messages=(
            Message(role="user", content="楼主你好，感冒怎么办？祝早日康复"),
            Message(role="assistant", content="多休息，多喝水。祝您早日康复！"),
        ),
    )
    found = CHECKS.load("forum_noise").find(row)
    assert found is not None and isinstance(found.fixed, Conversation)
    assert [turn.content for turn in found.fixed.messages] == ["楼主你好，感冒怎么办？祝早日康复", "多休息，多喝水。"]


def test_a_bad_answer_is_not_mended_and_a_chosen_one_is() -> None:
    said = "多休息，多喝水。祝您早日康复！"
    check = CHECKS.load("forum_noise")
    assert check.find(Judged(id="j", prompt=(_ASKED,), answer=said, good=False)) is None
    found = check.find(Preference(id="p", prompt=(_ASKED,), chosen=said, rejected=said))
    assert found is not None and isinstance(found.fixed, Preference)
    assert (found.fixed.chosen, found.fixed.rejected) == ("多休息，多喝水。", said)


def test_a_text_of_which_a_fix_would_leave_nothing_stays() -> None:
    row = Question(id="q", stem="哪里可以看到指南？", gold="http://www.example.com/a")
    found = CHECKS.load("links").find(row)
    assert found is not None and found.fixed is None


def test_good_public_files_have_only_what_truly_stands_in_them(shared_data: Path) -> None:
    """Counted by hand or by the file's own description; whatever else a check found there would be a false alarm."""
    for file, wanted in _PUBLIC.items():
        if not (shared_data / file).exists():
            continue
        rows, whole = converted(shared_data / file, SourceFile(file=file))
        assert rows and whole
        findings = Findings(Cleaner())
        for number, row in enumerate(rows, 1):
            findings.clean(row, file, number)
        assert {name: count.rows for name, count in findings.counts.items() if count.rows} == wanted, file


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("2400毫克", "240毫克", "in a number"),
        ("每日最多 2.4 g", "每天不超过 3.2 g", "in a number"),
        ("孕妇可以服用布洛芬。", "孕妇不可以服用布洛芬", "denies"),
        ("It should be given by mouth.", "It should not be given by mouth.", "denies"),
        ("多休息，多喝水。", "建议到医院做血常规检查，排除感染。", ""),
        ("口服 3 天，每次 2 片，饭后服用，注意观察有无皮疹，一周后复查血常规和肝功能，必要时停药。", "静滴 5 天后改口服，期间每 2 天复查一次，如出现发热、皮疹、黄疸等情况随时就诊，不要自行停药。", ""),
        ("2400毫克", "2400 毫克。", ""),
    ],
)  # fmt: skip
def test_two_answers_contradict_each_other_by_a_number_or_a_denial(one: str, other: str, kind: str) -> None:
    beside = CHECKS.load("contradiction").beside
    assert beside is not None
    first, second = (Question(id=str(at), stem="布洛芬怎么用？", gold=gold) for at, gold in enumerate((one, other)))
    found = beside(second, first)
    assert (found is not None, kind in (found.kind.en if found else "")) == (bool(kind), True)


def test_a_contradiction_is_counted_or_costs_the_later_row(tmp_path: Path) -> None:
    path = HERE / "broken" / "open_conflict.jsonl"
    for action, rows, left_out in (("count", 2, 0), ("drop", 1, 1)):
        recipe = DatasetRecipe(
            name="d", sources=[SourceFile(file=path.name)], val=0, test=0, clean={"contradiction": action}
        )
        counts = build(recipe, [path], tmp_path / action, Silent())
        assert (counts["rows"], counts["dropped"]) == (rows, left_out)
        about = json.loads((tmp_path / action / "dataset.json").read_text(encoding="utf-8"))
        assert about["checks"]["contradiction"]["rows"] == 1
        assert "2400" in (tmp_path / action / "findings.jsonl").read_text(encoding="utf-8")
