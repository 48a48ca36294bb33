"""Families of rows: never on both sides of a split, whatever the order of the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.core.text import Text
from studio.data.build import build
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.data.source_file import SourceFile

SHAPES = Path(__file__).parent / "shapes"
TOPICS = (
    "阿司匹林与胃出血",
    "二甲双胍与肾功能",
    "华法林与维生素",
    "肝素与血小板",
    "胰岛素与低血糖",
    "青霉素与过敏反应",
)
ASKED = ("的患者平时需要注意些什么问题", "的患者平时需要注意什么问题", "的患者平时需要注意些什么问题呢")


class Told(Silent):
    """Keeps the notices."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def notice(self, text: Text) -> None:
        self.said.append(text.en)


class Made:
    """A dataset that was built from rows, a list a file."""

    def __init__(self, *files: Sequence[Mapping[str, Any]], splits: Sequence[str] = (), **options: Any) -> None:
        with TemporaryDirectory() as place:
            folder = Path(place)
            paths = [folder / f"{number}.jsonl" for number in range(len(files))]
            for path, rows in zip(paths, files, strict=True):
                path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            sent = splits or ("hash",) * len(files)
            sources = [SourceFile(file=path.name, split=split) for path, split in zip(paths, sent, strict=True)]
            told = Told()
            recipe = DatasetRecipe.model_validate({"name": "d", "sources": sources, **options})
            self.metrics = build(recipe, paths, folder / "made", told)
            self.parts: dict[str, list[Row]] = {split: read_rows(folder / "made", split) for split in SPLITS}
            self.about = json.loads((folder / "made/dataset.json").read_text())
            self.left = [json.loads(line) for line in (folder / "made/rejected.jsonl").read_text().splitlines()]
            near = folder / "made/near.jsonl"
            self.near = [json.loads(line) for line in near.read_text().splitlines()] if near.exists() else []
            self.card = (folder / "made/card.md").read_text()
            self.said = told.said

    @property
    def sizes(self) -> list[int]:
        return [len(self.parts[split]) for split in ("train", "val", "test")]

    def part_of(self) -> dict[str, str]:
        return {" ".join(row.asked): split for split, rows in self.parts.items() for row in rows}


def shape(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SHAPES / file).read_text(encoding="utf-8").splitlines()]


def facts(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"question": f"What is fact number {n}?", "answer": f"It is {n}.", **more} for n in range(count)]


def visits(patients: int, each: int) -> list[dict[str, Any]]:
    return [
        {"question": f"What about visit {n} of {who}?", "answer": f"A {n}.", "patient_id": f"P{who:03}"}
        for who in range(patients)
        for n in range(each)
    ]


rows_of_some_families = st.lists(
    st.tuples(st.sampled_from(TOPICS), st.sampled_from(ASKED), st.sampled_from(["甲", "乙"]), st.integers(0, 3)),
    min_size=4,
    max_size=24,
)


@settings(max_examples=15, deadline=None)
@given(
    rows_of_some_families, st.randoms(use_true_random=False), st.sampled_from([0.2, 3]), st.sampled_from(["", "kind"])
)
def test_families_never_straddle_and_the_order_of_rows_says_nothing(
    drawn: list[tuple[str, str, str, int]], random: Any, test: float, stratify: str
) -> None:
    rows = [
        {"question": topic + asked, "answer": answer, "patient": f"p{who}" if who else "", "kind": answer}
        for topic, asked, answer, who in drawn
    ] + facts(12, patient="", kind="甲")
    rows.append({"question": "Whose is it?", "answer": "His.", "patient": "p1", "kind": "乙"})
    options = {"test": test, "val": 0.1, "family": "patient", "stratify": stratify}
    one = Made(rows, **options)
    random.shuffle(rows)
    other = Made(rows, **options)
    assert one.part_of() == other.part_of()
    where: dict[str, set[str]] = {}
    patients = {row["question"]: set[str]() for row in rows}
    for row in rows:
        patients[row["question"]].add(row["patient"])
    for asked, part in one.part_of().items():
        kin = {topic for topic in TOPICS if asked.startswith(topic)} | patients[asked] - {""}
        for name in kin:
            where.setdefault(name, set()).add(part)
    assert all(len(parts) == 1 for parts in where.values())
    total = one.about["ledger"]
    assert (
        total["read"] == len(rows) == sum(total[name] for name in ("taken", "rejected", "merged", "dropped", "beyond"))
    )
    assert sum(one.sizes) == total["taken"]


@pytest.mark.parametrize(
    ("file", "begins"),
    [("broken/shared_case_series.jsonl", "共用题干"), ("issues/axolotl1946_near_dups.jsonl", "高血压")],
)
def test_a_series_on_one_case_and_wordings_of_one_question_stay_together(file: str, begins: str) -> None:
    rows = [*shape(file), *facts(30)]
    apart = {"together": 0, "off": 0}
    for near in apart:
        for seed in range(8):
            parts = Made(rows, test=0.4, val=0, seed=seed, near_duplicates=near).part_of()
            apart[near] += len({part for asked, part in parts.items() if begins in asked}) > 1
    assert apart["together"] == 0
    assert apart["off"] > 0, "without families they would be apart now and then"


def test_wordings_that_say_the_same_are_merged_and_keep_their_origins() -> None:
    rows = shape("issues/axolotl1946_near_dups.jsonl")
    made = Made(rows, facts(2), near_duplicates="merge", test=0, val=0)
    first = made.parts["train"][0]
    assert [origin.line for origin in first.also] == [2, 3, 4]
    assert [item["outcome"] for item in made.left] == ["merged"] * 3
    assert made.left[0]["reason"]["en"] == "nearly the same question as 0.jsonl line 1, with the same answer"
    assert made.about["sources"][0]["merged"] == 3
    assert made.about["split"]["near"] == {"clusters": 1, "texts": 4, "merged": 3, "templates": 0}
    assert [item["became"] for item in made.near[0]["near"]].count("merged") == 3


@pytest.mark.parametrize(
    "pair",
    [
        ("成人每次服用对乙酰氨基酚片的常用剂量是否为500毫克", "成人每次服用对乙酰氨基酚片的常用剂量是否为50毫克"),
        ("高血压患者在服药期间可以同时服用布洛芬缓释胶囊吗", "高血压患者在服药期间不可以同时服用布洛芬缓释胶囊吗"),
        ("左侧腹股沟区可复性包块病人的首选治疗方法是什么", "右侧腹股沟区可复性包块病人的首选治疗方法是什么"),
        ("Which of these drugs may be given with warfarin in pregnancy?", "Which of these drugs may not be given with warfarin in pregnancy?"),
    ],
)  # fmt: skip
def test_a_dose_a_negation_or_a_side_makes_another_question(pair: tuple[str, str]) -> None:
    made = Made([{"question": asked, "answer": "见说明书。"} for asked in pair], near_duplicates="merge", test=0, val=0)
    assert made.sizes == [2, 0, 0]


def test_one_other_option_or_another_answer_makes_another_question() -> None:
    stem = "下列关于高血压患者平时饮食上需要注意的问题正确的是"
    rows = [
        {"question": stem, "options": {"A": "低盐", "B": "高盐", "C": "高糖"}, "answer": "A"},
        {"question": stem + "？谢谢", "options": {"A": "低盐", "B": "高盐", "C": "高脂"}, "answer": "A"},
        {"question": stem + "呢", "options": {"A": "低盐", "B": "高盐", "C": "高糖"}, "answer": "B"},
        {"question": "请问" + stem, "options": {"A": "高盐", "B": "低盐", "C": "高糖"}, "answer": "B"},
    ]
    made = Made(rows, near_duplicates="merge", test=0, val=0)
    assert [row.source.line for row in made.parts["train"] if row.source] == [1, 2, 3]
    assert [origin.line for origin in made.parts["train"][0].also] == [4]


def test_short_stems_are_told_apart_by_their_options() -> None:
    rows = [
        {
            "question": "下列哪项正确",
            "options": {"A": f"{word}可以治疗感染性疾病", "B": f"{word}是首选药物"},
            "answer": "A",
        }
        for word in ("青霉素", "链霉素与卡那霉素", "氯喹")
    ]
    made = Made(rows, near_duplicates="merge", test=0, val=0)
    assert made.sizes == [3, 0, 0]
    assert made.about["split"]["families"]["families"] == 0


def test_duplicates_leave_where_they_stood() -> None:
    rows = [{"question": "What reverses heparin?", "answer": "Protamine."}] * 3
    made = Made(rows, rows[:1], test=0, val=0)
    assert [(origin.file, origin.line) for origin in made.parts["train"][0].also] == [
        ("0.jsonl", 2), ("0.jsonl", 3), ("1.jsonl", 1)
    ]  # fmt: skip
    assert made.metrics["merged"] == 3


def test_a_row_sent_on_another_way_is_merged_where_it_meets_its_like() -> None:
    rows = [{"question": "What reverses heparin?", "answer": "Protamine."}]
    made = Made(rows, rows, splits=("train", "hash"), test=0, val=0)
    assert (made.sizes, made.metrics["merged"]) == ([1, 0, 0], 1)
    assert [origin.file for origin in made.parts["train"][0].also] == ["1.jsonl"]


def test_a_near_duplicate_of_a_kept_test_file_gives_way() -> None:
    wordings = shape("issues/axolotl1946_near_dups.jsonl")
    for test in (0.0, 3.0):
        made = Made([*wordings[1:], *facts(20)], wordings[:1], splits=("hash", "test"), test=test, val=0)
        assert made.sizes == [20 - int(test), 0, 1 + int(test)]
        assert {item["reason"]["en"] for item in made.left} == {
            "of one family with 1.jsonl line 1, which is in the test split"
        }


def test_rows_of_a_patient_stay_together_and_the_column_is_no_field_that_was_left_out() -> None:
    made = Made(visits(12, 5), test=0.3, val=0.2, family="patient_id")
    by_stem = made.part_of()
    for who in range(12):
        assert len({part for stem, part in by_stem.items() if f"of {who}?" in stem}) == 1
    assert made.about["sources"][0]["unused"] == []
    assert made.about["split"]["families"] == {"families": 12, "rows": 60, "largest": 5}
    assert "Families of several rows: 12 with 60 rows" in made.card
    more = Made(visits(12, 9), test=0.3, val=0.2, family="patient_id").part_of()
    assert all(more[stem] == part for stem, part in by_stem.items()), "further visits move nobody"


def test_rows_of_no_family_are_where_they_always_were() -> None:
    one, other = Made(facts(60), test=0.3, val=0.2), Made(facts(60), test=0.3, val=0.2, near_duplicates="off")
    assert one.part_of() == other.part_of()
    assert Made(facts(60), test=0.3, val=0.2, seed=7).part_of() != one.part_of()


def test_numbers_of_rows_are_exact_and_families_stay_whole() -> None:
    assert Made(facts(50), test=7, val=5).sizes == [38, 5, 7]
    assert Made([*facts(50), *visits(3, 4)], test=9, val=5, family="patient_id").sizes == [48, 5, 9]
    made = Made(visits(5, 4), test=6, val=0, family="patient_id")
    assert made.sizes == [16, 0, 4]
    assert any("the test split has 4 rows, not 6: families stay whole" in said for said in made.said)


def test_a_family_larger_than_the_test_split_is_said() -> None:
    made = Made([*visits(1, 30), *facts(10)], test=5, val=0, family="patient_id")
    assert made.sizes == [35, 0, 5]
    assert any("the largest family has 30 rows (one is 0.jsonl line 1), more than the 5" in said for said in made.said)


def test_each_stratum_gives_its_share() -> None:
    rows = facts(40, department="heart") + [
        {"question": f"Which organ is number {n}?", "answer": "This.", "department": "skin"} for n in range(20)
    ]
    for test in (0.3, 18):
        made = Made(rows, test=test, val=0.1, stratify="department")
        held = [row.labels["department"] for row in made.parts["test"]]
        assert (held.count("heart"), held.count("skin")) == (12, 6)
    letters = [
        {"question": f"Which one is it in number {n}?", "options": {"A": "one", "B": "two"}, "answer": "AB"[n % 4 == 0]}
        for n in range(40)
    ]
    made = Made(letters, test=0.2, val=0, stratify="answer")
    assert sorted(row.letters for row in made.parts["test"]) == ["A"] * 6 + ["B"] * 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"family": "patient"}, "no row has 'patient' among its columns or labels"),
        ({"stratify": "ward"}, "no row has 'ward'"),
        ({"stratify": "answer"}, "no row has 'answer'"),
        ({"test": 30}, "validation and test are to have 32 rows, and there are 20"),
        ({"ladder": [5, 100]}, "100 rows are asked for, and the training split has"),
        ({"test": 0.95}, "given 0.95; a share is at most 0.9, a number of rows is whole"),
        ({"val": 2.5}, "given 2.5; a share is at most 0.5"),
    ],
)
def test_what_cannot_be_split_so_is_said(options: dict[str, Any], said: str) -> None:
    rows = [{"question": f"What is fact number {n}?", "response": "It."} for n in range(20)]
    with pytest.raises(InputError, match=said):
        Made(rows, **{"val": 2, "test": 2, **options})


def test_what_a_template_made_is_no_family() -> None:
    rows = [
        {"question": "请根据说明书详细说明以下药物的用法用量和注意事项以及不良反应和禁忌症：" + "甲乙丙丁戊己庚辛"[n % 8] + "乾坤震巽坎离艮兑子丑寅卯辰巳午未"[n // 8], "answer": "略"}
        for n in range(120)
    ]  # fmt: skip
    made = Made(rows, test=0.3, val=0)
    assert min(made.sizes[0], made.sizes[2]) > 15
    assert any("120 rows are so much alike that a template must have made them" in said for said in made.said)
