"""Checks in a dataset: what is found is counted, put right or dropped as the recipe says, and written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from studio.core.errors import InputError, RecipeError
from studio.core.reporter import Silent
from studio.data.answer_letters import AnswerLetters, LetterSpread
from studio.data.build import build
from studio.data.checks.base import Action
from studio.data.cleaning import FINDINGS_FILE, Cleaner, Unclean
from studio.data.dataset_folder import read_rows
from studio.data.recipe import DatasetRecipe
from studio.data.records.question import Question

_GOOD = {"question": "急性阑尾炎的首选治疗方法是什么？", "answer": "确诊后尽早行阑尾切除术，并给予抗生素。"}
_ROWS = [
    _GOOD,
    {"question": "<p>高血压首选什么药物？</p>", "answer": "卡托普利，每日一次。祝您早日康复！"},
    {"question": "乙肝怎么治疗？", "answer": "建议抗病毒治疗，详情请添加医生微信。"},
    {"question": "糖尿病患者如何控制饮食？", "answer": "作为一个AI语言模型，我不能提供医疗建议。"},
]


def _made(
    folder: Path, rows: list[dict[str, Any]], clean: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, float]]:
    file = folder / "raw.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    source = {"file": str(file), "split": "train"}
    recipe = DatasetRecipe.model_validate({"name": "d", "sources": [source], "clean": clean or {}})
    metrics = build(recipe, [file], folder / "dataset", Silent())
    return json.loads((folder / "dataset" / "dataset.json").read_text("utf-8")), metrics


def _findings(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "dataset" / FINDINGS_FILE).read_text("utf-8").splitlines()]


def test_what_is_found_is_counted_and_what_is_sure_is_put_right(tmp_path: Path) -> None:
    about, metrics = _made(tmp_path, _ROWS)
    checks = about["checks"]
    assert checks["html"] | {"samples": []} == {
        "action": "fix",
        "said": False,
        "rows": 1,
        "fixed": 1,
        "dropped": 0,
        "samples": [],
    }
    assert checks["advertisement"]["rows"] == 1 and checks["advertisement"]["dropped"] == 0
    assert about["rows"] == 4 and metrics["fixed"] == 1 and metrics["dropped"] == 0
    [sample] = checks["html"]["samples"]
    assert sample == {
        "file": "raw.jsonl",
        "line": 2,
        "before": "<p>高血压首选什么药物？</p>",
        "after": "高血压首选什么药物？",
    }
    row = read_rows(tmp_path / "dataset", "train")[1]
    assert isinstance(row, Question) and (row.stem, row.gold) == (
        "高血压首选什么药物？",
        "卡托普利，每日一次。祝您早日康复！",
    )
    found = [(each["line"], each["check"], each["action"]) for each in _findings(tmp_path)]
    assert found == [
        (2, "html", "fix"),
        (2, "forum_noise", "count"),
        (3, "advertisement", "count"),
        (4, "as_an_ai", "count"),
    ]
    card = (tmp_path / "dataset" / "card.zh.md").read_text("utf-8")
    assert "| 网页标签 | 1 | 修正 | 1 | 0 |" in card


def test_a_recipe_says_what_is_done(tmp_path: Path) -> None:
    clean = {"html": "off", "forum_noise": "fix", "advertisement": "drop", "as_an_ai": "drop"}
    about, metrics = _made(tmp_path, _ROWS, clean)
    assert about["checks"]["html"]["rows"] == 0 and about["checks"]["html"]["said"]
    assert about["ledger"]["taken"] == 2 and about["ledger"]["dropped"] == 2 and metrics["dropped"] == 2
    rows = read_rows(tmp_path / "dataset", "train")
    assert isinstance(rows[1], Question) and rows[1].gold == "卡托普利，每日一次。"
    left = [json.loads(line) for line in (tmp_path / "dataset" / "rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(each["line"], each["outcome"], each["kind"]["zh"]) for each in left] == [
        (3, "dropped", "含有广告"),
        (4, "dropped", "其他模型的自述"),
    ]


def test_rows_that_a_fix_makes_alike_are_duplicates(tmp_path: Path) -> None:
    again = {"question": f"<b>{_GOOD['question']}</b>", "answer": _GOOD["answer"]}
    about, _ = _made(tmp_path, [_GOOD, again])
    assert about["ledger"]["merged"] == 1


def test_a_check_that_removes_everything_is_named(tmp_path: Path) -> None:
    rows = [{"question": f"第{number}种疾病如何治疗才好？", "answer": "详情请添加医生微信。"} for number in range(7)]
    with pytest.raises(InputError) as caught:
        _made(tmp_path, rows, {"advertisement": "drop"})
    assert "'Advertisements' drops 7 of 7 rows" in caught.value.message.en
    assert "丢弃了 7 行中的 7 行" in caught.value.message.zh
    assert not (tmp_path / "dataset").exists()


def test_a_recipe_with_a_strange_check_or_an_impossible_fix_is_refused_in_one_message() -> None:
    values = yaml.safe_load("{name: d, sources: [{file: a.csv}], clean: {html: off, htmll: fix, too_short: fix}}")
    recipe = DatasetRecipe.model_validate(values)
    assert recipe.clean["html"] == "off"
    with pytest.raises(RecipeError) as caught:
        recipe.require_consistent()
    assert [fault.where for fault in caught.value.faults] == ["clean.htmll", "clean.too_short"]
    assert "html" in caught.value.faults[0].message.zh and "count, drop, off" in caught.value.faults[1].message.en


def test_a_later_check_sees_what_an_earlier_one_has_put_right() -> None:
    row = Question(id="q", stem="急性心肌梗死如何处理？", gold="<p>略</p>")
    chosen: dict[str, Action] = {"empty": "drop"}
    with pytest.raises(Unclean) as caught:
        Cleaner(chosen).clean(row)
    assert [(each.check, each.action) for each in caught.value.found] == [("html", "fix"), ("empty", "drop")]


def _spread(golds: str, taken: list[bool] | None = None) -> LetterSpread | None:
    letters = AnswerLetters()
    for number, gold in enumerate(golds):
        options = {"A": "一", "B": "二", "C": "三", "D": "四"} if gold != "-" else {}
        letters.add(Question(id=f"{number}", stem="?", options=options, gold=gold))
    return letters.spread(taken or [True] * len(golds))


def test_letters_that_are_far_from_even_are_told_with_what_naming_one_would_score() -> None:
    far = _spread("B" * 60 + "ACD" * 20 + "-")
    assert far is not None and far.is_far_from_even and far.rows == 120
    assert far.commonest == "B" and far.accuracy == 0.5 and far.chi_square == pytest.approx(40.0)
    assert "一律选 B 的准确率就有 50.0%" in far.note.zh
    even = _spread("ABCD" * 30 + "B")
    assert even is not None and not even.is_far_from_even
    few = _spread("B" * 20)
    assert few is not None and not few.is_far_from_even
    assert _spread("---") is None
    without = _spread("BBBA", [False, False, False, True])
    assert without is not None and without.counts == {"A": 1, "B": 0, "C": 0, "D": 0}


def test_a_dataset_tells_of_its_letters(tmp_path: Path) -> None:
    rows = [
        {
            "question": f"第{number}题：下列哪一项是正确的处理方法？",
            "A": "休息",
            "B": "输液",
            "C": "手术",
            "answer": "A",
        }
        for number in range(60)
    ]
    about, _ = _made(tmp_path, rows)
    assert about["answer_letters"]["counts"] == {"A": 60, "B": 0, "C": 0} and not about["answer_letters"]["even"]
    assert any("always naming A would be right in 100.0% of 60 rows" in note["en"] for note in about["notes"])


def test_rows_are_compared_only_where_a_check_does_that() -> None:
    assert Cleaner().compares
    assert not Cleaner({"contradiction": "off"}).compares
