"""Which of the questions a model has learned from, and what is said of it beside the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.leaks.leak import SORTS, Leak
from studio.data.leaks.portion import Portion
from studio.data.records.question import Question

_BETWEEN_CHECKS = 2_000


@dataclass(frozen=True)
class Contamination:
    """What the models that are asked have learned of the questions.

    Args:
        learned: of each model whose training data is known, the datasets.
        found: of each of them, the questions that stand there, by their ids, each with the sort of its strongest leak.
    """

    learned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    found: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """The questions that any of the models has learned from."""
        return frozenset(id for questions in self.found.values() for id in questions)

    def sort(self, model: str, question: str) -> str:
        """Return how a question stands in what a model learned; empty where it does not, or nobody knows."""
        return self.found.get(model, {}).get(question, "")

    def said(self, questions: int) -> list[Text]:
        """Return a sentence for each model whose training data is known."""
        return [_said(model, names, questions, self.found[model]) for model, names in self.learned.items()]

    def dump(self, questions: int) -> dict[str, Any]:
        """Return the JSON form, as `metrics.json` holds it beside the figures on the clean questions."""
        return {
            "models": {
                model: {
                    "datasets": list(names),
                    "questions": len(self.found[model]),
                    "sorts": _sorts(self.found[model]),
                }
                for model, names in self.learned.items()
            },
            "said": [text.dump() for text in self.said(questions)],
            "clean": questions - len(self.known),
        }


def contamination(
    questions: Sequence[Question], learned: Mapping[str, Sequence[Portion]], report: Reporter
) -> Contamination:
    """Look for the questions in what models learned.

    Args:
        learned: what each model learned from; a model of which nobody knows is not there.

    Raises:
        InputError: a dataset cannot be read.
        Stopped: somebody asked.
    """
    from studio.data.leaks.index import LeakIndex  # numpy, which the page does without

    learned = {model: portions for model, portions in learned.items() if portions}
    if not learned:
        return Contamination()
    report.stage("contamination", Text("Looking for the questions in the training data", "在训练数据中查找这些题目"))
    index = LeakIndex(questions)
    strongest: dict[Portion, dict[int, Leak]] = {}
    for portion in dict.fromkeys(portion for portions in learned.values() for portion in portions):
        found = strongest[portion] = {}
        for number, (_, leaks) in enumerate(index.search(row for row, _ in portion.rows())):
            if number % _BETWEEN_CHECKS == 0:
                report.check_stop()
            for leak in leaks:
                found[leak.probe] = min(leak, found.get(leak.probe, leak), key=_strength)
    return Contamination(
        {model: [portion.name for portion in portions] for model, portions in learned.items()},
        {
            model: _merged(questions, [strongest[portion] for portion in portions])
            for model, portions in learned.items()
        },
    )


def heed(metrics: Mapping[str, Any]) -> Text | None:
    """Return what to heed of a report's figures, where models have learned some of its questions; None where none has."""
    found = metrics.get("contamination")
    if not isinstance(found, Mapping) or found["clean"] == metrics["n"]:
        return None
    n, clean = int(metrics["n"]), int(found["clean"])
    if not clean:
        return Text(
            f"A model was trained on all {n:,} questions, or near-duplicates of them: these figures show what it remembers, not what it can do.",
            f"全部 {n:,} 道题（含近似重复）都在训练数据中出现过：这些成绩反映的是记忆，而不是能力。",
        )
    return Text(
        f"A model was trained on {n - clean:,} of the {n:,} questions, or near-duplicates of them: judge it by the figures on the {clean:,} clean ones.",
        f"{n:,} 道题中有 {n - clean:,} 道（含近似重复）在训练数据中出现过：请以去除这些题目后 {clean:,} 道题的成绩为准。",
    )


def _strength(leak: Leak) -> tuple[int, float]:
    return leak.strength


def _merged(questions: Sequence[Question], several: Sequence[Mapping[int, Leak]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, question in enumerate(questions):
        leaks = [leaks[number] for leaks in several if number in leaks]
        if leaks:
            found[question.id] = min(leaks, key=_strength).sort
    return found


def _sorts(found: Mapping[str, str]) -> dict[str, int]:
    counts = Counter(found.values())
    return {sort: counts[sort] for sort in SORTS if counts[sort]}


def _said(model: str, names: Sequence[str], questions: int, found: Mapping[str, str]) -> Text:
    en, zh = ", ".join(names), "、".join(names)
    if not found:
        return Text(
            f"None of the {questions:,} questions was found in what {model} was trained on ({en}).",
            f"{questions:,} 道题均未出现在 {model} 的训练数据（{zh}）中。",
        )
    sorts = _sorts(found)
    how_en = ", ".join(f"{SORTS[sort].en} {count:,}" for sort, count in sorts.items())
    how_zh = "、".join(f"{SORTS[sort].zh} {count:,} 道" for sort, count in sorts.items())
    return Text(
        f"Of {questions:,} questions, {len(found):,} also stand in what {model} was trained on ({en}): {how_en}.",
        f"{questions:,} 道题中，有 {len(found):,} 道也出现在 {model} 的训练数据（{zh}）中：{how_zh}。",
    )
