"""Personal identifiers: found, masked, told on the card, and no training before somebody said what is to be done."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.identifiers import tally
from benchmarks.planting import KINDS, NEGATIVES, plant
from studio.core.errors import InputError
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.checks import CHECKS
from studio.data.checks.base import Action
from studio.data.clearance import require_cleared
from studio.data.identifiers import IDENTIFIERS
from studio.data.lookalikes import around, look_alikes
from studio.data.masking import find, hidden, kinds, masked
from studio.data.recipe import DatasetRecipe
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.data.source_file import SourceFile

CHECK = CHECKS.load("identifiers")


@pytest.mark.parametrize("name", IDENTIFIERS.names())
def test_a_kind_finds_its_examples_and_leaves_the_look_alikes(name: str) -> None:
    kind = IDENTIFIERS.load(name)
    for text, wanted in kind.finds:
        assert (name, wanted) in [(span.kind, text[span.start : span.end]) for span in find(text)], text
        assert wanted not in masked(text)
    for text in kind.passes:
        assert not find(text), text


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_only_looks_like_an_identifier_is_let_pass(text: str) -> None:
    assert not find(text)


@pytest.mark.parametrize("seed", [1, 22, 333])
def test_no_resident_id_phone_or_email_is_missed(seed: int) -> None:
    told = tally(plant(600, 400, seed))
    assert set(told.planted) == set(KINDS)
    assert [told.recall(kind) for kind in ("resident_id", "phone", "email")] == [1.0, 1.0, 1.0], told.missed
    assert all(told.recall(kind) >= 0.8 for kind in KINDS), told.missed
    assert not told.wrong


def test_a_masked_text_says_what_stood_there_in_its_language() -> None:
    assert masked("患者张三，电话１３８ ００１３ ８０００。") == "患者[姓名]，电话[电话号码]。"
    assert masked("Patient name: John Smith, MRN 00123456") == "Patient name: [name], MRN [hospital number]"
    assert masked("头痛三天") == "头痛三天"


@settings(deadline=None)  # the first one loads the kinds
@given(st.lists(st.sampled_from([*NEGATIVES, *(row.text for row in plant(80, 80, 9))]), min_size=1, max_size=4))
def test_masking_twice_changes_nothing_more(texts: list[str]) -> None:
    once = masked("\n".join(texts))
    assert masked(once) == once


@given(st.text(alphabet="0123456789 -+().X身份证号电话1380岁男@a.cn：:", max_size=60))
def test_spans_stand_in_order_and_apart(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in itertools.pairwise(spans))


def test_a_long_text_takes_time_in_proportion() -> None:
    import time

    for piece in ("1", "1 ", "a@", "a.", "北京市", "路1", "姓名：", "0-", "A", "138 ", "(0"):
        begun = time.process_time()
        find(piece * (20_000 // len(piece)))
        assert time.process_time() - begun < 2, piece


@pytest.mark.parametrize("row", CHECK.finds, ids=lambda row: row.id)
def test_the_check_masks_a_row(row: Question) -> None:
    finding = CHECK.find(row)
    assert finding is not None and finding.fixed is not None
    assert CHECK.find(finding.fixed) is None
    assert "•" in finding.shown and not find(finding.shown)


@pytest.mark.parametrize("row", CHECK.passes, ids=lambda row: row.id)
def test_the_check_lets_other_numbers_pass(row: Question) -> None:
    assert CHECK.find(row) is None


def test_every_text_of_a_row_is_looked_at() -> None:
    talk = {"role": "user", "content": "头痛"}, {"role": "assistant", "content": "请拨打13800138000"}
    row = Conversation.model_validate({"id": "1", "messages": talk, "labels": {"from": "a@b.cn"}})
    finding = CHECK.find(row)
    assert finding is not None and finding.kind.en == "e-mail address + telephone number"
    fixed = finding.fixed
    assert isinstance(fixed, Conversation)
    assert fixed.messages[1].content == "请拨打[电话号码]" and fixed.labels == {"from": "[e-mail]"}


def test_what_is_shown_keeps_the_form_and_hides_the_rest() -> None:
    text = "患者张三丰，电话138-0013-8000，头痛"
    assert hidden(text, find(text)) == "患者张••，电话1••-••••-••••，头痛"


def test_a_look_alike_is_told_with_why() -> None:
    text = "国药准字H20033998；编码110105194912310021；热线400-820-8820；李某，男；NCT01380013；号源20807000"
    told = {text[piece.start : piece.end]: piece.why.en for piece in look_alikes(text, find(text))}
    assert told == {
        "H20033998": "a drug's approval number",
        "110105194912310021": "its check digit or date is none of a resident ID",
        "400-820-8820": "a business's free number",
        "李某": "made anonymous already",
        "NCT01380013": "a reference: DOI, PMID, ISBN, trial or gene number",
        "20807000": "digits of no known form, without a label",
    }
    assert "«NCT01380013»" in around(
        text, next(piece for piece in look_alikes(text, find(text)) if "NCT" in text[piece.start :][:3])
    )


def test_the_card_shows_what_is_there_masked_and_what_was_let_pass(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        {
            "question": f"电话1380013800{number}，头痛{number}天怎么办？",
            "answer": f"就诊{number}，批准文号国药准字H2003399{number}",
        }
        for number in range(8)
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    recipe = DatasetRecipe(name="d", sources=[SourceFile(file=str(file))], val=0, test=0)
    build(recipe, [file], tmp_path / "dataset", Silent())
    card = (tmp_path / "dataset" / "card.zh.md").read_text(encoding="utf-8")
    assert "## 个人身份信息" in card and "电话号码：`电话1••••••••••，" in card
    assert "13800138" not in card
    assert "药品批准文号：`" in card and "«H2003399" in card
    assert "Personal identifiers" in (tmp_path / "dataset" / "card.md").read_text(encoding="utf-8")


def told(folder: Path, **found: object) -> Path:
    """Write what a dataset's folder tells of its check for identifiers."""
    folder.mkdir(exist_ok=True)
    about = {"action": "count", "said": False, "rows": 0, "fixed": 0, "dropped": 0, **found}
    (folder / "dataset.json").write_text(json.dumps({"checks": {"identifiers": about}}))
    return folder


@pytest.mark.parametrize("found", [{}, {"rows": 3, "said": True}, {"rows": 3, "fixed": 3}, {"rows": 3, "dropped": 3}])
def test_a_dataset_without_identifiers_or_with_a_word_on_them_is_cleared(
    tmp_path: Path, found: dict[str, object]
) -> None:
    require_cleared(told(tmp_path / "d", **found))
    require_cleared(tmp_path)  # made before there were checks


def test_one_with_identifiers_is_refused_with_how_many_of_which_kinds_and_the_ways_out(tmp_path: Path) -> None:
    folder = told(tmp_path / "d", rows=5, fixed=2)
    kind = CHECK.find(CHECK.finds[1])
    assert kind is not None
    lines = [
        {"check": "identifiers", "kind": kind.kind.dump()},
        {"check": "html", "kind": {"en": "identifiers", "zh": ""}},
    ]
    (folder / "findings.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(InputError) as refused:
        require_cleared(folder)
    assert "3 of its rows" in refused.value.message.en
    assert "hospital number 1; telephone number 1" in refused.value.message.en
    assert "电话号码 1 行" in refused.value.message.zh
    hint = refused.value.hint
    assert hint is not None
    for way in ("fix", "drop", "count"):
        assert way in hint.en and way in hint.zh


def test_kinds_claim_in_one_order() -> None:
    orders = [kind.order for kind in kinds().values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders)


@pytest.mark.parametrize(
    ("clean", "rows", "refused", "stands"),
    [
        ({}, 8, True, True),
        ({"identifiers": "fix"}, 8, False, False),
        ({"identifiers": "count"}, 8, False, True),
        ({"identifiers": "drop"}, 4, False, False),
    ],
    ids=["unsaid", "fix", "count", "drop"],
)
def test_a_dataset_is_what_its_recipe_says_of_identifiers(
    tmp_path: Path, clean: dict[str, Action], rows: int, refused: bool, stands: bool
) -> None:
    file = tmp_path / "rows.jsonl"
    lines = [
        {
            "question": f"第{number}例头痛{'，电话1380013800' + str(number) if number % 2 else ''}，怎么办？",
            "answer": f"就诊，先查第{number}项。",
        }
        for number in range(8)
    ]
    lines.append({"question": "", "answer": "请拨打13800138000"})
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    recipe = DatasetRecipe(name="d", sources=[SourceFile(file=str(file))], val=0, test=0, clean=clean)
    dataset = tmp_path / "dataset"
    assert build(recipe, [file], dataset, Silent())["rows"] == rows
    written = (dataset / "train.jsonl").read_text(encoding="utf-8")
    assert ("13800138001" in written) is stands and ("[电话号码]" in written) is (clean == {"identifiers": "fix"})
    for name in ("dataset.json", "findings.jsonl", "card.md", "card.zh.md"):
        assert "13800138" not in (dataset / name).read_text(encoding="utf-8"), name
    left = (dataset / "rejected.jsonl").read_text(encoding="utf-8")
    assert ("13800138" in left) is ("identifiers" not in clean or clean["identifiers"] == "count"), left
    assert all(isinstance(json.loads(line)["row"], dict) for line in left.splitlines())
    if refused:
        with pytest.raises(InputError, match=r"4 of its rows hold personal identifiers \(telephone number 4\)"):
            require_cleared(dataset)
    else:
        require_cleared(dataset)


def test_a_column_of_patients_numbers_gives_no_ids_and_is_masked_in_what_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [{"住院号": f"2080{n}", "question": f"头痛{n}天怎么办？", "answer": "就诊" if n else ""} for n in range(4)]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    source = SourceFile(file=str(file), columns={"住院号": "id"})
    recipe = DatasetRecipe(name="d", sources=[source], val=0, test=0, clean={"identifiers": "fix"})
    build(recipe, [file], tmp_path / "dataset", Silent())
    for written in (tmp_path / "dataset").rglob("*"):
        assert not written.is_file() or "2080" not in written.read_text(encoding="utf-8"), written
    assert "[就诊编号]" in (tmp_path / "dataset" / "rejected.jsonl").read_text(encoding="utf-8")
    assert '"id":"rows.jsonl:2"' in (tmp_path / "dataset" / "train.jsonl").read_text(encoding="utf-8")
