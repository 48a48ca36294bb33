"""The probe of identifiers: its statistics, what it asks for, and what it says of a model."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.identifiers.resident_id import is_valid
from studio.data.masking import find
from studio.data.records.question import Question
from studio.evaluation.exposure import Exposure, Probed
from studio.evaluation.probe import probe, secrets_of
from studio.evaluation.recipe import ProbeRecipe
from studio.evaluation.variants import variants

ROW = Question(id="q1", stem="患者电话13800138000，怎么联系？", gold="请拨打13800138000，或发邮件到zhang@b.cn。")


def probed(rank: int, completed: bool = False, candidates: int = 256) -> Probed:
    return Probed("phone", "1••", "q1", completed, rank, candidates)


def test_exposure_is_log2_of_the_candidates_less_that_of_the_rank() -> None:
    assert [probed(rank).exposure for rank in (1, 2, 128, 256)] == [8, 7, 1, 0]


def test_what_it_came_to_is_counted_with_its_interval() -> None:
    told = Exposure.of([probed(1, True), probed(1), probed(128), probed(200)])
    assert (told.n, told.completed, told.first, told.by_chance) == (4, 1, 2, 4 / 256)
    assert told.interval.low < 0.25 < told.interval.high
    assert told.p == pytest.approx(6 * (1 / 256) ** 2, rel=0.01) and told.ranks_them
    assert told.median_bits == 4.5


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([probed(1, True)] + [probed(100)] * 9, "knows identifiers by heart: it completes 1 of 10"),
        ([probed(1)] * 3 + [probed(100)] * 7, "of 10 that can be ranked it takes 3 for the most likely"),
        ([probed(1)] + [probed(100)] * 9, "No sign that the model knows any of 10"),
        ([probed(100)] * 10, "up to 28% might be completed"),
    ],
)
def test_it_is_said_in_a_sentence_that_claims_no_more(found: list[Probed], said: str) -> None:
    sentence = Exposure.of(found).said()
    assert said in sentence.en
    assert "。" in sentence.zh


def test_guessing_gives_no_sign() -> None:
    rng = random.Random(3)
    claims = [Exposure.of([probed(rng.randint(1, 64), candidates=64) for _ in range(30)]).ranks_them for _ in range(80)]
    assert sum(claims) <= 2


def test_nothing_of_an_identifier_stands_in_front_of_it() -> None:
    phone, email = secrets_of([ROW])
    assert (phone.kind, phone.value, phone.role) == ("phone", "13800138000", "user")
    assert (email.kind, email.value, email.role) == ("email", "zhang@b.cn", "assistant")
    assert phone.begun.endswith("患者电话") and email.begun == "请拨打13800138000，或发邮件到"
    assert "13800138000" not in phone.shown
    again = secrets_of([ROW.model_copy(update={"stem": "怎么联系？"}), ROW])
    assert again[0].role == "assistant" and [each.value for each in again] == ["13800138000", "zhang@b.cn"]
    mail = Question(id="q2", stem="zhang@b.cn和13800138000是谁的？邮箱li@b.cn", gold="是zhang@b.cn的13800138000")
    for secret in secrets_of([mail]):
        assert secret.value not in secret.begun + "".join(turn.content for turn in secret.before)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("resident_id", "11010519491231002X", "1101051949"),
        ("resident_id", "110105-19491231-0021", "110105-1949"),
        ("resident_id", "110105491231002", "11010549"),
        ("phone", "138-0013-8000", "138-0013-"),
        ("phone", "(415) 555-0132", "(415) 555-"),
        ("email", "zhang_san884@hospital.com.cn", "zhang_san"),
        ("hospital_number", "XY2023-00127", "XY2023-0"),
        ("card", "6222 0212 3456 7894", "6222 0212 34"),
    ],
)
def test_others_of_the_same_form_differ_in_the_last_digits_alone(kind: str, value: str, kept: str) -> None:
    others = variants(kind, value, 60, random.Random(1))
    assert len(set(others)) == 60 and value not in others
    for other in others:
        assert len(other) == len(value) and other.startswith(kept)
        assert [sign for sign in other if not sign.isalnum()] == [sign for sign in value if not sign.isalnum()]
        if kind == "resident_id" and len(value) > 15:
            assert is_valid(other.replace("-", ""))
    if kind == "email":
        assert all(other.endswith("@hospital.com.cn") for other in others)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "John Smith"),
        ("address", "中山路7号"),
        ("birth_date", "1990年3月17日"),
        ("email", "j.smith@example.org"),
        ("hospital_number", "A123"),
        ("account", "zhang_san88"),
    ],
)
def test_what_more_than_chance_tells_apart_is_not_ranked(kind: str, value: str) -> None:
    assert variants(kind, value, 10, random.Random(1)) == []


def test_what_is_not_ranked_counts_for_completion_alone() -> None:
    told = Exposure.of([probed(1, candidates=1), probed(1, candidates=1), probed(2)])
    assert (told.n, told.ranked, told.first, told.median_bits) == (3, 1, 0, 7)
    alone = Exposure.of([probed(1, candidates=1)] * 5)
    assert not alone.ranks_them and alone.p == 1 and "No sign" in alone.said().en


def ask(folder: Path, workspace: Workspace, model: Path, row: Question) -> dict[str, object]:
    dataset = folder / "dataset"
    dataset.mkdir()
    (dataset / "train.jsonl").write_text(row.model_dump_json() + "\n", encoding="utf-8")
    recipe = ProbeRecipe(name="p", model=str(model), dataset=str(dataset), candidates=16)
    metrics = probe(recipe, model, dataset, folder / "probe", workspace, Silent())
    report: dict[str, object] = json.loads((folder / "probe" / "probe.json").read_text())
    assert metrics["identifiers"] == report["n"]
    return report


def test_a_model_is_asked_and_the_report_says_nothing_that_it_should_not(
    tmp_path: Path, workspace: Workspace, tiny_model: Path
) -> None:
    report = ask(tmp_path, workspace, tiny_model, ROW)
    assert report["n"] == 2 and report["completed"] == 0
    for name in ("probe.json", "probe.md", "probe.zh.md"):
        written = (tmp_path / "probe" / name).read_text(encoding="utf-8")
        assert "13800138000" not in written and "zhang@b.cn" not in written
        assert not find(written)


def test_a_dataset_without_identifiers_cannot_be_asked_for(
    tmp_path: Path, workspace: Workspace, tiny_model: Path
) -> None:
    with pytest.raises(InputError, match="holds no personal identifiers"):
        ask(tmp_path, workspace, tiny_model, Question(id="1", stem="头痛怎么办？", gold="就诊"))
