"""Leaks: a test question is found in a row in whatever shape it stands there, and nothing else is."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.core.records import Message
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.data.kinds import leaks as kind
from studio.data.leaks.grams import Folded
from studio.data.leaks.index import LeakIndex
from studio.data.leaks.portion import Portion
from studio.data.leaks.recipe import LeaksRecipe
from studio.data.leaks.report import write_leaks
from studio.data.recipe import DatasetRecipe
from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.question import Question
from studio.data.without import Without
from studio.runs.references import resolve_all

OPTIONS = {"A": "鱼精蛋白", "B": "维生素K", "C": "纳洛酮", "D": "阿托品"}
STEM = "男性，62岁，房颤，口服华法林三年，近两日牙龈出血，INR 9.2，首选的处理是（　　）。"
ENGLISH = (
    "A 62-year-old man with atrial fibrillation who has taken warfarin for three years presents with gum bleeding for two "
    "days. His INR is 9.2. Which of the following is the most appropriate next step in management?"
)
PROBES: Sequence[Row] = [
    Question(id="zh", stem=STEM, options=OPTIONS, gold="B"),
    Question(id="en", stem=ENGLISH, gold="Vitamin K"),
    Question(id="short", stem="下列哪项正确", options=OPTIONS, gold="A"),
    Question(id="what", stem="What is asthma?", gold="A disease."),
]
CASES: Sequence[tuple[Row, tuple[str, str, str] | None]] = [
    (Question(id="r", stem="男性, 62岁,房颤,口服华法林三年,近两日牙龈出血,ＩＮＲ 9.2,首选的处理是", options={"A": "输血"}, gold="A"), ("zh", "exact", "question")),
    (Conversation(id="r", messages=(Message(role="system", content="你是医生。"), Message(role="user", content=f"请做题：{STEM}\nA. 鱼精蛋白\nB. 维生素K"), Message(role="assistant", content="B"))), ("zh", "contained", "question")),
    (Question(id="r", stem="近两日牙龈出血，INR 9.2，首选的处理是", gold="维生素K"), ("zh", "contained", "question")),
    (Question(id="r", stem="看材料", contexts=(f"真题回顾：{STEM}答案是维生素K。",), gold="对"), ("zh", "contained", "context")),
    (Question(id="r", stem="出一道题", gold=f"好的。{STEM}答案：B"), ("zh", "contained", "answer")),
    (Question(id="r", stem="男性，64岁，房颤，口服华法林三年，近两日牙龈出血，INR 9.2，首选的处理是什么", gold="B"), ("zh", "near", "question")),
    (Question(id="r", stem="A quiz", gold="It said: " + ENGLISH.replace("gum", "nose").replace("three", "3")), ("en", "overlap", "answer")),
    (Question(id="r", stem=ENGLISH.upper().replace(",", " ,"), gold="?"), ("en", "exact", "question")),
    (Question(id="r", stem="下列哪项正确", options=dict(zip("ABCD", reversed(OPTIONS.values()), strict=True)), gold="D"), ("short", "exact", "question")),
    (Question(id="r", stem="下列哪项正确？", options={"A": "高血压", "B": "糖尿病"}, gold="A"), None),
    (Question(id="r", stem="材料", gold="下列哪项正确？下列哪项正确，请选择。以下关于华法林的说法，下列哪项正确"), None),
    (Question(id="r", stem="What is asthma or rather what is its cause in children who live in cities?", gold="Dust."), None),
    (Question(id="r", stem="What is asthma", gold="Another word."), ("what", "exact", "question")),
    (Question(id="r", stem="男性，35岁，突发胸痛两小时，心电图示ST段抬高，首选的处理是", gold="溶栓"), None),
    (Question(id="r", stem="A 62-year-old man presents with cough. Which of the following is the most appropriate next step in management?", gold="X-ray"), None),
]  # fmt: skip


@pytest.mark.parametrize(("row", "wanted"), CASES)
def test_a_question_is_found_in_whatever_shape_it_stands_there(row: Row, wanted: tuple[str, str, str] | None) -> None:
    found = LeakIndex(PROBES).find(row)
    assert wanted == (found and (PROBES[found.probe].id, found.sort, found.place))
    if found is not None:
        assert (found.score == 1.0) if found.sort == "exact" else 0 < found.score < 1


def test_every_pair_is_found_that_a_comparison_of_all_pairs_finds() -> None:
    draw = random.Random(7)
    words = "高血压糖尿病患者心电图首选治疗药物的是男性女性岁咳嗽发热三天"

    def said(length: int) -> str:
        return "".join(draw.choice(words) for _ in range(length))

    stems = [said(draw.randint(14, 60)) for _ in range(120)]
    probes = [Question(id=str(number), stem=stem, gold="x") for number, stem in enumerate(stems)]
    rows: list[Row] = []
    for stem in stems * 3:
        letters = list(stem)
        for _ in range(draw.randint(0, 5)):
            letters[draw.randrange(len(letters))] = draw.choice(words)
        cut = "".join(letters)[: draw.randint(12, len(letters))] if draw.random() < 0.3 else "".join(letters)
        rows.append(Question(id="r", stem=cut, gold=said(30) + (stem if draw.random() < 0.2 else "")))
    found = {(n, leak.probe) for n, (_, leaks) in enumerate(LeakIndex(probes).search(rows)) for leak in leaks}

    def grams(text: str) -> set[str]:
        return {text[place : place + 4] for place in range(len(text) - 3)}

    for number, row in enumerate(rows):
        assert isinstance(row, Question)
        for probe, stem in enumerate(stems):
            here, there = grams(row.stem), grams(stem)
            alike = len(here & there) / len(here | there) >= 0.6
            inside = stem in row.stem or row.stem in stem or stem in row.gold
            assert not (alike or inside) or (number, probe) in found, (row.stem, stem)


def test_words_and_characters_are_counted_whatever_their_width_and_signs() -> None:
    folded = Folded(["Ｈｂ-A1c ≥ 7%，高血压。", "", "…", "Café 1.5mg"])
    assert [folded.text(number) for number in range(4)] == ["hba1c7高血压", "", "", "cafe15mg"]
    assert folded.word_counts().tolist() == [6, 0, 0, 3]
    same = Folded(["a b c", "A, b! C", "ab c d", "c b a"]).words(3)
    assert same.owners.tolist() == [0, 1, 2, 3] and len(set(same.hashes.tolist())) == 3


def dataset(folder: Path, **parts: Sequence[Row]) -> Path:
    folder.mkdir(parents=True)
    counts = {}
    for split in ("train", "val", "test"):
        rows = parts.get(split, ())
        counts[split] = len(rows)
        lines = "".join(row.model_dump_json(exclude_defaults=True) + "\n" for row in rows)
        (folder / f"{split}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "dataset.json").write_text(json.dumps({"record": "question", "splits": counts}))
    return folder


def test_a_report_has_both_sides_of_every_leak(tmp_path: Path) -> None:
    rows = [row for row, _ in CASES if isinstance(row, Question)]
    learned = Portion("mine", dataset(tmp_path / "a", train=rows), "train")
    tests = [Portion("exam", dataset(tmp_path / "b", test=PROBES[:2]), "test"), Portion("all", dataset(tmp_path / "c", val=PROBES[2:]), "all")]  # fmt: skip
    counts = write_leaks(learned, tests, 0.6, 0.5, tmp_path / "leaks", Silent())
    assert (counts["rows"], counts["questions"], counts["found"]) == (len(rows), 4, 4)
    lines = [json.loads(line) for line in (tmp_path / "leaks" / "leaks.jsonl").read_text().splitlines()]
    assert len(lines) == sum(wanted is not None for row, wanted in CASES if isinstance(row, Question))
    assert (lines[0]["sort"], lines[0]["row"]["line"], lines[0]["test"]["dataset"]) == ("exact", 1, "exam")
    assert lines[0]["test"]["record"]["stem"] == STEM and lines[0]["row"]["record"]["options"] == {"A": "输血"}
    about = json.loads((tmp_path / "leaks" / "leaks.json").read_text())
    assert about["leaking"] == counts["leaking"] and about["against"][1]["sorts"] == {"exact": 2}


def test_a_test_set_that_is_the_training_set_is_refused_with_what_to_do(workspace: Workspace) -> None:
    folder = dataset(workspace.root / "own", train=PROBES[:2], test=PROBES[2:])

    def faults(**values: object) -> list[str]:
        recipe = LeaksRecipe.model_validate({"name": "l", "dataset": "own", "against": ["own"], **values})
        return [f"{fault.where}: {fault.message.en}" for fault in kind.check(recipe, resolve_all(workspace, recipe))]

    assert faults() == []  # its own test part is what one wants to know of
    for values in ({"split": "all"}, {"split": "test"}, {"against_split": "train"}, {"against_split": "all"}):
        assert len(said := faults(**values)) == 1, values
        assert (
            said[0].startswith("against.0: 'own' is the data it would be looked for in") and "Choose another" in said[0]
        )
    assert "holds no questions (training 2, validation 0, test 2)" in faults(against_split="val")[0]
    assert folder.is_dir()


def test_many_rows_take_seconds() -> None:
    draw = random.Random(3)
    words = "高血压糖尿病患者心电图首选治疗药物的是男性女性岁咳嗽发热三天检查血常规白细胞升高诊断为肺炎应用青霉素"

    def said(length: int) -> str:
        return "".join(draw.choices(words, k=length))

    probes = [Question(id=str(number), stem=said(60), gold="x") for number in range(2_000)]
    rows: list[Row] = [Question(id=str(number), stem=said(50), gold=said(100)) for number in range(3_000)]
    index = LeakIndex(probes)
    began = time.process_time()
    assert not any(leaks for _, leaks in index.search(rows))
    assert time.process_time() - began < 10  # a comparison of all pairs takes minutes


def test_rows_are_left_out_of_the_reports_own_dataset_alone(tmp_path: Path) -> None:
    without = {"leaks": "l", "sorts": ["near"]}
    foreign = DatasetRecipe.model_validate({"name": "d", "sources": [{"file": "raw.csv"}], "without": without})
    (fault,) = foreign.conflicts()
    assert fault.where == "sources.0.layout" and "layout: studio" in fault.message.en
    own = {"file": "train.jsonl", "layout": "studio", "split": "train"}
    assert not DatasetRecipe.model_validate({"name": "d", "sources": [own], "without": without}).conflicts()
    (tmp_path / "leaks.jsonl").write_text("")
    with pytest.raises(InputError, match="names none of these leaks"):
        Without(leaks="l").rows(tmp_path)
