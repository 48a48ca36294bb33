from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError
from studio.core.workspace import Workspace
from studio.knowledge.kinds.knowledge import run
from studio.knowledge.search import KnowledgeBase

ENGLISH = """# Antidotes

## Heparin
Bleeding under this anticoagulant is treated with protamine sulfate.

## Warfarin
Vitamin K brings the coagulation factors back within a day.

## Opioids
Naloxone displaces the drug from its receptor and restores breathing.

## Paracetamol
Acetylcysteine refills glutathione in the liver.

## Benzodiazepines
Flumazenil wakes the patient, yet may provoke seizures.
"""
CHINESE = """# 解毒药

## 肝素
肝素过量引起出血时，静脉注射鱼精蛋白。

## 华法林
华法林过量时给予维生素K。

## 二甲双胍
二甲双胍引起乳酸酸中毒时应停药并行血液透析。

## 氯吡格雷
服用氯吡格雷者术前五到七天停药。

## 有机磷
有机磷中毒用阿托品和氯解磷定。
"""


@pytest.fixture(scope="module")
def base(make_job_in: Any, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("base")
    (folder / "en.md").write_text(ENGLISH)
    (folder / "zh.md").write_text(CHINESE, encoding="utf-8")
    recipe, job = make_job_in(Workspace(folder / "workspace").prepare(), folder / "en.md", folder / "zh.md")
    run(recipe, job)
    return KnowledgeBase.open(job.workspace, job.path / "knowledge")


@pytest.fixture
def copy(base: KnowledgeBase, tmp_path: Path) -> Path:
    """A folder with the same knowledge base, to be spoilt."""
    return shutil.copytree(base.folder, tmp_path / "copy")


def test_finds_by_meaning_by_words_and_in_chinese(base: KnowledgeBase) -> None:
    for query, expected in {
        "What reverses a morphine overdose?": "Antidotes › Opioids",
        "protamines": "Antidotes › Heparin",
        "too much Tylenol, protecting hepatocytes": "Antidotes › Paracetamol",
        "肝素过量怎么办？": "解毒药 › 肝素",
        "吃了太多华法林，用什么药？": "解毒药 › 华法林",
        "二甲双胍的严重不良反应是什么": "解毒药 › 二甲双胍",
        "氯吡格雷 手术前": "解毒药 › 氯吡格雷",
        "阿托品": "解毒药 › 有机磷",
        "ＡＴＯＰＩＮＥ 阿托品": "解毒药 › 有机磷",
    }.items():
        found = base.search(query)
        assert found[0].title == expected, query


def test_scores_fall_from_one_and_answers_repeat(base: KnowledgeBase) -> None:
    found = base.search("Which drug treats heparin bleeding?", top_k=8)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1
    assert found == base.search("Which drug treats heparin bleeding?", top_k=8)
    assert found[:3] == base.search("Which drug treats heparin bleeding?", top_k=3)
    assert len(base.search("heparin", top_k=500)) == len(base.passages) == 10


@pytest.mark.parametrize("query", ["?", "the of", "🙂", "zzyzx"])
def test_what_is_merely_nearest_is_no_full_match(base: KnowledgeBase, query: str) -> None:
    assert all(passage.score <= 0.5 for passage in base.search(query))


def test_chinese_without_a_common_word_finds_nothing_by_guessing(base: KnowledgeBase) -> None:
    assert base.search("骨折复位") == []


def test_a_passage_is_found_by_its_id(base: KnowledgeBase) -> None:
    passage = base.passages[3]
    assert base.get(passage.id) == passage
    assert base.get("nothing") is None


@pytest.mark.parametrize(("query", "top_k"), [("", 5), (" \n\u3000", 5), ("heparin", 0)])
def test_what_cannot_be_searched_is_refused(base: KnowledgeBase, query: str, top_k: int) -> None:
    with pytest.raises(InputError):
        base.search(query, top_k)


def test_queries_of_any_kind_are_answered(base: KnowledgeBase) -> None:
    for query in ("?", "the", "的", "🙂", "heparin " * 2000, "a\0b", "肝素 heparin", "\udcff", "heparin \ud83d"):
        base.search(query)


def test_threads_get_the_answers_of_one(base: KnowledgeBase) -> None:
    queries = ["heparin bleeding", "肝素过量", "opioid breathing", "华法林", "liver", "seizures"] * 4
    expected = [base.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(base.search, queries)) == expected


def edit(folder: Path, **embedder: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["embedder"] |= embedder
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_another_or_no_embedder_is_refused(copy: Path, workspace: Workspace) -> None:
    edit(copy, dimension=512)
    with pytest.raises(InputError, match="not the one the knowledge base was built with"):
        KnowledgeBase.open(workspace, copy)
    edit(copy, dimension=384, sha256="0" * 64)
    with pytest.raises(InputError, match="then sha256 000000000000") as caught:
        KnowledgeBase.open(workspace, copy)
    assert caught.value.hint is not None
    edit(copy, given="all-minilm-l6-v2", path="models/gone")
    with pytest.raises(InputError, match="all-minilm-l6-v2, which is not here") as caught:
        KnowledgeBase.open(workspace, copy)
    assert caught.value.hint is not None
    assert "models fetch all-minilm-l6-v2" in caught.value.hint.en


def test_an_embedder_that_moved_is_found_by_name(copy: Path, workspace: Workspace, minilm: Path) -> None:
    shutil.copytree(minilm, workspace.models / "all-minilm-l6-v2")
    edit(copy, given="all-minilm-l6-v2", path="elsewhere/minilm")
    assert KnowledgeBase.open(workspace, copy).search("heparin")


def test_a_damaged_base_is_named_as_such(copy: Path, workspace: Workspace) -> None:
    lines = (copy / "passages.jsonl").read_text().splitlines(keepends=True)
    (copy / "passages.jsonl").write_text("".join(lines[:-1]))
    with pytest.raises(InputError, match="damaged"):
        KnowledgeBase.open(workspace, copy)
    (copy / "vectors.faiss").write_bytes(b"torn")
    with pytest.raises(InputError, match="damaged"):
        KnowledgeBase.open(workspace, copy)
    (copy / "manifest.json").write_text('{"format": 9}')
    with pytest.raises(InputError, match=r"manifest\.json"):
        KnowledgeBase.open(workspace, copy)


def test_a_folder_that_is_no_base_is_named_as_such(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no knowledge base"):
        KnowledgeBase.open(workspace, tmp_path)
