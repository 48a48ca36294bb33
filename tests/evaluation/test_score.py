"""From answers on file to figures, comparisons, details, table and page."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from studio.answering.system import System
from studio.data.records.question import Question
from studio.evaluation.compare import pairs_of
from studio.evaluation.findings import findings
from studio.evaluation.score import Answers, score
from studio.evaluation.systems import systems_of
from studio.evaluation.table import is_share, text_table, width
from studio.scoring.scorers import SCORERS
from tests.evaluation.helpers import modes

ABOUT = {"benchmark": "tiny", "name": "tiny 报告", "split": "test", "seed": 1, "settings": {"top_k": 3}, "packages": {}}


@pytest.fixture
def metrics(answered: Answers, systems: list[System[Question]], questions: list[Question]) -> dict[str, Any]:
    return score(answered, questions, systems, ABOUT)


def test_metrics_as_promised(metrics: dict[str, Any], answered: Answers) -> None:
    on_file = json.loads((answered.folder / "metrics.json").read_text(encoding="utf-8"))
    assert on_file == metrics
    assert (on_file["benchmark"], on_file["n"], on_file["split"]) == ("tiny", 5, "test")
    assert list(on_file["systems"]) == ["base:direct", "base:rag", "tuned:direct", "tuned:rag"]
    base, tuned = on_file["systems"]["base:direct"], on_file["systems"]["tuned:direct"]
    assert set(base["named"]) == {"value", "low", "high", "n"}
    assert (base["named"]["value"], base["named"]["n"]) == (pytest.approx(1 / 3), 3)
    assert (tuned["named"]["value"], tuned["named/taught"]["value"], tuned["named/textbook"]["value"]) == (
        pytest.approx(2 / 3),
        1.0,
        0.0,
    )
    assert (base["accuracy"]["value"], base["unread"]["value"], base["unread"]["n"]) == (0.5, 0.5, 2)
    assert tuned["accuracy"]["value"] == 1.0 and tuned["accuracy"]["low"] < 1.0 == tuned["accuracy"]["high"]
    assert (tuned["likelihood"]["value"], tuned["likelihood"]["n"]) == (1.0, 1)
    assert "likelihood" not in on_file["systems"]["tuned:rag"]
    assert "characters one by one" in base["rouge_l"]["tokenizer"]


def test_what_the_report_leads_with_is_kept_in_both_languages(metrics: dict[str, Any], answered: Answers) -> None:
    topics = metrics["findings"]
    assert topics[0]["heading"] == {"en": "What fine-tuning changed", "zh": "微调带来的变化"}
    assert {item["tone"] for topic in topics for item in topic["sentences"]} <= {"up", "down", "even"}
    page = (answered.folder / "report.html").read_text(encoding="utf-8")
    for item in (item for topic in topics for item in topic["sentences"]):
        assert item["claim"]["zh"] in page and item["subject"]["en"] in page and item["figures"]["en"]
    assert [topic.dump() for topic in findings(metrics)] == topics


def test_comparisons_as_promised(metrics: dict[str, Any]) -> None:
    found = {(c["a"], c["b"], c["metric"]): c for c in metrics["comparisons"]}
    named = found["tuned:direct", "base:direct", "named"]
    assert (named["both"], named["only_a"], named["only_b"], named["neither"]) == (0, 2, 1, 0)
    assert named["difference"] == pytest.approx(1 / 3) and named["p"] == 1.0
    assert named["low"] < named["difference"] < named["high"]
    for comparison in metrics["comparisons"]:
        counted = sum(comparison[key] for key in ("both", "only_a", "only_b", "neither"))
        assert counted == comparison["n"] > 0
        value = {side: metrics["systems"][comparison[side]][comparison["metric"]]["value"] for side in "ab"}
        assert comparison["difference"] == pytest.approx(value["a"] - value["b"], abs=1e-5)
    assert ("tuned:rag", "tuned:direct", "named/taught") in found
    assert not any(metric == "unread" for _, _, metric in found)
    means = {c["metric"].partition("/")[0] for c in metrics["mean_comparisons"]}
    assert means and not any(SCORERS.load(name).binary for name in means)


def test_pairs_are_tuned_against_base_and_ways_among_themselves() -> None:
    systems = systems_of(["base", "one", "two"], modes("rag", "direct", "api"), "book")
    pairs = [(question, a.name, b.name) for question, a, b in pairs_of(systems)]
    assert ("tuning", "two:api", "base:api") in pairs and ("tuning", "two:api", "one:api") not in pairs
    assert [pair for pair in pairs if pair[1] == "one:rag"] == [
        ("tuning", "one:rag", "base:rag"),
        ("rag", "one:rag", "one:api"),
        ("rag", "one:rag", "one:direct"),
    ]
    assert pairs_of([]) == []


def test_details_as_promised(
    metrics: dict[str, Any], answered: Answers, questions: list[Question], hostile: str
) -> None:
    lines = [json.loads(line) for line in (answered.folder / "details.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 4 * len(questions)
    first = next(line for line in lines if line["contestant"] == "tuned:direct" and line["question"] == "c1")
    assert (first["read"], first["rule"], first["gold"], first["correct"]) == ("B", "declared", "B", True)
    assert first["prompt"] == [{"role": "user", "content": "Which reverses heparin?"}]
    assert (first["finish_reason"], first["passages"]) == ("stop", [])
    assert first["marks"]["likelihood"]["unnormalised"] == "B"
    told = next(line for line in lines if line["contestant"] == "base:rag" and line["question"] == "c1")
    assert (told["answer"], told["read"], told["correct"]) == (hostile, "", False)
    assert told["marks"]["accuracy"]["unread"] is True and told["passages"][0]["source"] == "book.md"


def test_table_is_aligned_with_chinese_in_it(metrics: dict[str, Any]) -> None:
    metrics = {**metrics, "systems": {f"中文{name}": figures for name, figures in metrics["systems"].items()}}
    lines = text_table(metrics).splitlines()
    head = next(line for line in lines if "accuracy" in line)
    row = next(line for line in lines if line.startswith("中文tuned:direct"))
    before = row[: row.index("100.0 [")]
    assert width(before) == head.index("accuracy")


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_needs_nothing_and_shows_answers_as_text(metrics: dict[str, Any], answered: Answers, hostile: str) -> None:
    page = (answered.folder / "report.html").read_text(encoding="utf-8")
    found = Elements()
    found.feed(page)
    tags = [tag for tag, _ in found.tags]
    assert tags.count("script") == 1 and "img" not in tags and "link" not in tags
    fetched = [
        value
        for _, attributes in found.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "action") and not (value or "").startswith("#")
    ]
    assert fetched == [] and "@import" not in page and "url(http" not in page
    assert hostile in found.text and "{{ 7*7 }}" in found.text
    assert "结论" in page and "In short" in page and "tiny 报告" in page


def test_plots_are_text(answered: Answers, systems: list[System[Question]], questions: list[Question]) -> None:
    renamed = [replace(system, model="糖尿病$模型$") if system.model == "tuned" else system for system in systems]
    for line in answered.texts.lines.read():
        if line["contestant"].startswith("tuned"):
            answered.texts.lines.append({**line, "contestant": line["contestant"].replace("tuned", "糖尿病$模型$")})
    score(answered, questions, renamed, ABOUT)
    page = (answered.folder / "report.html").read_text(encoding="utf-8")
    plots = page[page.index('<svg class="dots"') : page.rindex("</svg>")]
    assert ">糖尿病$模型$:direct</text>" in plots
    assert "<text" in plots and 'id="figure_1"' not in plots


def test_scoring_again_changes_nothing(
    metrics: dict[str, Any], answered: Answers, systems: list[System[Question]], questions: list[Question]
) -> None:
    again = score(answered, questions, systems, ABOUT)
    assert {**again, "scored": ""} == {**metrics, "scored": ""}


def test_one_contestant_alone_and_no_groups(answered: Answers, questions: list[Question]) -> None:
    plain = [question.model_copy(update={"group": ""}) for question in questions]
    alone = systems_of(["base"], modes("direct"), "")
    metrics = score(answered, plain, alone, ABOUT)
    assert metrics["comparisons"] == [] and not any("/" in name for name in metrics["systems"]["base:direct"])
    assert "By group" not in (answered.folder / "report.html").read_text(encoding="utf-8")


def test_small_groups_are_counted_instead_of_shown(
    answered: Answers, systems: list[System[Question]], questions: list[Question]
) -> None:
    metrics = score(answered, questions, systems, ABOUT, smallest_group=2)
    assert "named/taught" in metrics["systems"]["base:direct"], "two open questions"
    assert "accuracy/taught" not in metrics["systems"]["base:direct"], "one choice question"
    assert "named/textbook" not in metrics["systems"]["base:direct"]
    assert metrics["small_groups"] == {"fewer_than": 2, "groups": 1, "questions": 2}
    assert "fewer than 2 questions have no block of their own: 1, with 2 in all" in text_table(metrics)
    assert "不足 2 题的分组不单独统计：共 1 组、2 题" in (answered.folder / "report.html").read_text(encoding="utf-8")


def test_only_what_was_asked_is_scored(
    answered: Answers, systems: list[System[Question]], questions: list[Question]
) -> None:
    more = [*questions, Question(id="new", stem="?", gold="x")]
    metrics = score(answered, more, systems, ABOUT)
    assert metrics["n"] == 6 and metrics["systems"]["base:direct"]["named"]["n"] == 3


LONG = "Eat less salt, move more, keep the weight down and have the blood pressure measured every week at the surgery."


def journal(folder: Path, said: dict[str, dict[str, tuple[str, str]]]) -> Answers:
    """Return answers on file: by system and question the text and how it ended."""
    answers = Answers(folder)
    for system, lines in said.items():
        for question, (text, reason) in lines.items():
            answers.texts.lines.append(
                {
                    "contestant": system,
                    "question": question,
                    "prompt": [],
                    "answer": text,
                    "finish_reason": reason,
                    "usage": {},
                    "passages": [],
                }
            )
    return answers


def page_of(answers: Answers) -> str:
    return (answers.folder / "report.html").read_text(encoding="utf-8")


def test_a_long_gold_without_names_gets_no_verdict(tmp_path: Path) -> None:
    question = Question(id="long", stem="What helps against high blood pressure?", gold=LONG)
    choice = Question(id="c", stem="Which?", options={"A": "one", "B": "two"}, gold="B")
    systems = systems_of(["m"], modes("direct"), "")
    answers = journal(tmp_path, {"m:direct": {"long": (LONG.replace("salt", "sugar"), "stop"), "c": ("A", "stop")}})
    score(answers, [question, choice], systems, ABOUT)
    details = [json.loads(line) for line in (tmp_path / "details.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [detail["correct"] for detail in details] == [None, False]
    found = Elements()
    found.feed(page_of(answers))
    assert [a.get("data-kind") for tag, a in found.tags if tag == "details" and "data-kind" in a] == ["", "wrong"]
    assert page_of(answers).count("✗") == 1 and page_of(answers).count('<i class="no"') == 1
    assert "ROUGE-L 0.9" in " ".join(found.text.split())

    score(answers, [question], systems, ABOUT)
    assert "✗" not in page_of(answers) and 'data-show="all"' not in page_of(answers)


def test_cut_answers_and_prompts_that_did_not_fit_are_counted(tmp_path: Path) -> None:
    questions = [
        Question(id="o", stem="What reverses heparin?", gold="protamine"),
        Question(id="c", stem="Which?", options={"A": "one", "B": "two"}, gold="B"),
    ]
    said = {
        "m:direct": {"o": ("Well, heparin is a", "length"), "c": ("B", "stop")},
        "m:rag": {"o": ("", "error"), "c": ("", "error")},
    }
    answers = journal(tmp_path, said)
    metrics = score(answers, questions, systems_of(["m"], modes("direct", "rag"), "book"), ABOUT)
    shares = {
        system: {name: (figures[name]["value"], figures[name]["n"]) for name in ("cut", "too_long")}
        for system, figures in metrics["systems"].items()
    }
    assert shares["m:direct"] == {"cut": (0.5, 2), "too_long": (0.0, 2)}
    assert shares["m:rag"] == {"cut": (0.0, 2), "too_long": (1.0, 2)}
    assert not any(c["metric"] in ("cut", "too_long") for c in metrics["comparisons"])
    table = text_table(metrics)
    assert "cut n=2" in table and "too_long n=2" in table and "did not fit the model's context" in table
    page = page_of(answers)
    assert all(title in page for title in ("Cut short", "回答被截断", "Prompt too long", "提问过长"))


def test_what_nobody_met_has_no_column(metrics: dict[str, Any], answered: Answers) -> None:
    assert not {"cut", "too_long"} & {name for figures in metrics["systems"].values() for name in figures}
    assert "too_long" not in text_table(metrics) and "Prompt too long" not in page_of(answered)
    assert "Unreadable" in page_of(answered) and "unread:" in text_table(metrics)


def test_means_of_a_few_questions_claim_nothing(metrics: dict[str, Any], answered: Answers) -> None:
    figure = metrics["systems"]["tuned:direct"]["rouge_l"]
    assert (figure["n"], figure["low"], figure["high"]) == (3, 0.0, 1.0)
    assert metrics["mean_comparisons"]
    assert all((c["low"], c["high"]) == (-1.0, 1.0) and 0.2 < c["p"] <= 1.0 for c in metrics["mean_comparisons"])
    assert "[too few]" in text_table(metrics)
    assert "too few to tell" in page_of(answered) and "题数太少，无法判断" in page_of(answered)


def test_enough_questions_have_an_interval(tmp_path: Path) -> None:
    questions = [Question(id=str(number), stem="?", gold=f"word{number} and more of it") for number in range(6)]
    said = {
        "base:direct": {question.id: ("nothing", "stop") for question in questions},
        "tuned:direct": {question.id: (question.gold[: 14 - int(question.id)], "stop") for question in questions},
    }
    metrics = score(journal(tmp_path, said), questions, systems_of(["base", "tuned"], modes("direct"), ""), ABOUT)
    mean = next(c for c in metrics["mean_comparisons"] if c["metric"] == "rouge_l")
    assert mean["p"] == pytest.approx(2 / 64) and 0 < mean["low"] < mean["difference"] < mean["high"]
    assert "too few to tell" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_group_with_a_stroke_in_its_name_keeps_to_itself(tmp_path: Path) -> None:
    groups = {"1": "Ob/Gyn", "2": "Gyn"}
    questions = [Question(id=id, stem="?", gold="one", group=group) for id, group in groups.items()]
    answers = journal(tmp_path, {"m:direct": {"1": ("one", "stop"), "2": ("two", "stop")}})
    metrics = score(answers, questions, systems_of(["m"], modes("direct"), ""), ABOUT)
    blocks = text_table(metrics).split("\n\n")
    heads = {block.split()[0]: block.splitlines()[0].count("named") for block in blocks if "named" in block}
    assert heads["Ob/Gyn"] == heads["Gyn"] == 1
    by_group = page_of(answers).split('<h3 class="group">')
    assert [part.split("</h3>")[0] for part in by_group[1:]] == ["Ob/Gyn", "Gyn"]
    shares = sum(is_share(metrics["scorers"], name) for name in metrics["systems"]["m:direct"] if "/Ob" in name)
    assert all(part.partition("</div>")[0].count("<figure>") == shares for part in by_group[1:])


def test_a_group_that_only_rouge_marks_shows_it(tmp_path: Path) -> None:
    question = Question(id="1", stem="?", gold=LONG, group="advice")
    answers = journal(tmp_path, {"m:direct": {"1": ("Eat less salt.", "stop")}})
    metrics = score(answers, [question], systems_of(["m"], modes("direct"), ""), ABOUT)
    means = [name for name in metrics["systems"]["m:direct"] if name.endswith("/advice")]
    assert "rouge_l/advice" in means
    head = next(line for line in text_table(metrics).splitlines() if line.startswith("advice"))
    assert "rouge_l n=1" in head
    plots = page_of(answers).split('<h3 class="group">advice')[1].partition("<section>")[0].count("<figure>")
    assert plots == len(means)


def test_the_report_says_that_several_right_options_are_told(tmp_path: Path) -> None:
    several = Question(id="1", stem="?", options={"A": "one", "B": "two"}, gold="AB")
    answers = journal(tmp_path, {"m:direct": {"1": ("A, B", "stop")}})
    metrics = score(answers, [several], systems_of(["m"], modes("direct"), ""), ABOUT)
    assert metrics["several_right"] == 1
    assert "taken from the gold answer" in page_of(answers) and "是否多选取自标准答案" in page_of(answers)
    score(answers, [several.model_copy(update={"gold": "B"})], systems_of(["m"], modes("direct"), ""), ABOUT)
    assert "taken from the gold answer" not in page_of(answers)
