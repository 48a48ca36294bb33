"""Write the demo's raw files and textbooks from ``facts.en.yaml`` and ``facts.zh.yaml``.

    python recipes/demo/write.py           # write the files
    python recipes/demo/write.py --check   # exit 1 when a written file is not what the facts give

The facts are the only thing to edit by hand. Everything else follows from them, from the
reading templates in ``templates.yaml`` and from hashes of the ids, so that two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LANGUAGES = ("en", "zh")
LETTERS = "ABCD"

# How many facts a group has, and how many reading exercises are made.
FACTS_PER_GROUP = {"en": 50, "zh": 35}
READINGS = {"en": 120, "zh": 40}
# Bounds for the length of a textbook section: words in English, characters in Chinese.
SECTION_LENGTH = {"en": (40, 95), "zh": (60, 200)}

# File stem of a chapter -> its title in each language. The order is the order of the chapters.
CHAPTERS = {
    "antidotes": {"en": "Antidotes", "zh": "解毒药"},
    "vitamins": {"en": "Vitamins and trace elements", "zh": "维生素与微量元素"},
    "microbes": {"en": "Microbes", "zh": "病原微生物"},
    "parasites": {"en": "Parasites and vectors", "zh": "寄生虫与传播媒介"},
    "enzymes": {"en": "Enzymes", "zh": "酶与代谢病"},
    "nerves": {"en": "Nerves", "zh": "周围神经"},
    "signs": {"en": "Signs", "zh": "体征"},
    "hormones": {"en": "Hormones", "zh": "激素"},
    "cells": {"en": "Cells and blood", "zh": "细胞与血液"},
    "drugs": {"en": "Drugs", "zh": "药物"},
}


@dataclass(frozen=True)
class Fact:
    """One fact, as it stands in the YAML file."""

    id: str
    topic: str
    group: str
    heading: str
    statement: str
    context: str
    answer: str
    accepted: tuple[str, ...]
    reply: str
    questions: tuple[str, ...]
    test: str
    wrong: tuple[str, ...]

    @property
    def forms(self) -> list[str]:
        """Every spelling that counts as naming the answer, the answer first."""
        return [self.answer, *self.accepted]

    @property
    def wordings(self) -> tuple[str, ...]:
        return (*self.questions, self.test)


class FactError(ValueError):
    """The facts break a rule; the message lists every fault."""


def load(language: str) -> list[Fact]:
    """Read the facts of a language, in chapter order."""
    rows = yaml.safe_load((HERE / f"facts.{language}.yaml").read_text(encoding="utf-8"))
    lists = ("accepted", "questions", "wrong")
    fields: list[dict[str, Any]] = [
        {key: tuple(value) if key in lists else value for key, value in row.items()} for row in rows
    ]
    facts = [Fact(**row) for row in fields]
    faults = find_faults(facts, language)
    if faults:
        raise FactError(f"facts.{language}.yaml:\n" + "\n".join(f"  {fault}" for fault in faults))
    order = [topic_of(stem, language) for stem in CHAPTERS]
    return sorted(facts, key=lambda fact: order.index(fact.topic))


def topic_of(stem: str, language: str) -> str:
    return CHAPTERS[stem][language].lower()


def names(text: str, form: str, language: str) -> bool:
    """Whether ``text`` names ``form``: as whole words in English, as a substring in Chinese."""
    if language == "zh":
        return form.casefold() in text.casefold()
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE) is not None


def length(text: str, language: str) -> int:
    return len(text) if language == "zh" else len(text.split())


def find_faults(facts: Sequence[Fact], language: str) -> list[str]:
    """Every rule that the facts of a language break."""
    faults: list[str] = []
    topics = {topic_of(stem, language) for stem in CHAPTERS}
    for group in ("taught", "textbook"):
        count = sum(fact.group == group for fact in facts)
        if count != FACTS_PER_GROUP[language]:
            faults.append(f"group {group} has {count} facts, not {FACTS_PER_GROUP[language]}")
    seen_ids: set[str] = set()
    seen_headings: set[str] = set()
    owners: dict[str, str] = {}
    wordings: dict[str, str] = {}
    for fact in facts:
        own = fact_faults(fact, language, topics)
        if fact.id in seen_ids:
            own.append("id is used twice")
        if fact.heading in seen_headings:
            own.append("heading is used twice")
        seen_ids.add(fact.id)
        seen_headings.add(fact.heading)
        for form in fact.forms:
            owner = owners.setdefault(form.casefold(), fact.id)
            if owner != fact.id:
                own.append(f"{form!r} also answers {owner}")
        for wording in fact.wordings:
            owner = wordings.setdefault(wording.casefold(), fact.id)
            if owner != fact.id:
                own.append(f"shares a question with {owner}")
        faults += [f"{fact.id}: {fault}" for fault in own]
    return faults


def fact_faults(fact: Fact, language: str, topics: Iterable[str]) -> list[str]:
    """Every rule that one fact breaks by itself."""
    faults: list[str] = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fact.id):
        faults.append("id is not kebab-case")
    if fact.topic not in topics:
        faults.append(f"unknown topic {fact.topic!r}")
    if fact.group not in ("taught", "textbook"):
        faults.append(f"unknown group {fact.group!r}")
    texts = (fact.heading, fact.statement, fact.context, *fact.forms, fact.reply, *fact.wordings, *fact.wrong)
    if not all(isinstance(text, str) and text and text == text.strip() for text in texts):
        faults.append("a text is empty, padded or no text")
        return faults
    if len(fact.questions) != 3 or len(fact.wrong) != 3:
        faults.append("needs three questions and three wrong options")
    low, high = SECTION_LENGTH[language]
    if not low <= length(fact.statement + " " + fact.context, language) <= high:
        faults.append(f"section length is not within {low}-{high}")
    for field, text in (("statement", fact.statement), ("reply", fact.reply)):
        if not names(text, fact.answer, language):
            faults.append(f"{field} does not contain the answer")
    for wording in fact.wordings:
        if wording[-1] not in "?.\uff1f":
            faults.append(f"question has no closing mark: {wording}")
        faults += [f"{form!r} stands in: {wording}" for form in fact.forms if names(wording, form, language)]
    if len({wording.casefold() for wording in fact.wordings}) != 4:
        faults.append("two wordings are the same")
    if len({option.casefold() for option in (fact.answer, *fact.wrong)}) != 4:
        faults.append("two options are the same")
    for option in fact.wrong:
        faults += [f"wrong option {option!r} names {form!r}" for form in fact.forms if names(option, form, language)]
    return faults


def digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def json_lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def taught_rows(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Question and answer rows for training: three wordings of every taught fact."""
    return [
        {
            "id": f"{fact.id}-{number}",
            "question": question,
            "answer": fact.reply,
            "accepted": fact.forms,
            "topic": fact.topic,
        }
        for fact in facts
        if fact.group == "taught"
        for number, question in enumerate(fact.questions, start=1)
    ]


def exam_rows(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The wording of every fact that is never used in training."""
    return [
        {
            "id": fact.id,
            "question": fact.test,
            "answer": fact.reply,
            "accepted": fact.forms,
            "topic": fact.topic,
            "group": fact.group,
        }
        for fact in facts
    ]


def choice_rows(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The exam in MedQA's layout, every letter equally often right in either group."""
    ranked = sorted(facts, key=lambda fact: (fact.group, digest(fact.id)))
    place = {fact.id: rank % len(LETTERS) for rank, fact in enumerate(ranked)}
    rows: list[dict[str, Any]] = []
    for fact in facts:
        options = sorted(fact.wrong, key=lambda option: digest(f"{fact.id}/{option}"))
        options.insert(place[fact.id], fact.answer)
        rows.append(
            {
                "question": fact.test,
                "options": dict(zip(LETTERS, options, strict=True)),
                "answer": fact.answer,
                "answer_idx": LETTERS[place[fact.id]],
                "meta_info": fact.group,
                "id": fact.id,
            }
        )
    return rows


def chapter(stem: str, facts: Sequence[Fact], language: str) -> str:
    """One chapter of the textbook: a section for each fact."""
    glue = "" if language == "zh" else " "
    topic = topic_of(stem, language)
    own = [fact for fact in facts if fact.topic == topic]
    sections = [f"## {fact.heading}\n\n{fact.statement}{glue}{fact.context}\n" for fact in own]
    return "\n".join([f"# {CHAPTERS[stem][language]}\n", *sections])


class Draw:
    """Choices that depend on a seed alone, not on the version of Python."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.count = 0

    def below(self, limit: int) -> int:
        self.count += 1
        return digest(f"{self.seed}/{self.count}") % limit

    def pick(self, items: Sequence[str]) -> str:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[str]) -> list[str]:
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(items))]


def reading_rows(language: str) -> list[dict[str, Any]]:
    """Questions about invented things, each with the passage that answers it and one to three that do not.

    A search brings more than the one passage that is needed: a model that has only ever seen the right one does not
    learn to choose.
    """
    material = yaml.safe_load((HERE / "templates.yaml").read_text(encoding="utf-8"))[language]
    templates: list[dict[str, Any]] = material["templates"]
    parts: dict[str, list[list[str]]] = material["names"]
    draw = Draw(f"reading-{language}")
    used: set[str] = set()

    def invent(kind: str) -> str:
        for _ in range(1000):
            name = "".join(draw.pick(syllables) for syllables in parts[kind])
            if name not in used:
                used.add(name)
                return name
        raise FactError(f"templates.yaml: no names left for {kind!r}")

    def upper(text: str) -> str:
        return text[0].upper() + text[1:]

    rows: list[dict[str, Any]] = []
    for number in range(READINGS[language]):
        template = templates[number % len(templates)]
        lines: list[str] = template["lines"]
        closing: list[str] = [template["closing"]] if "closing" in template else []
        slots = sorted(set(re.findall(r"{(\w+)}", " ".join(lines + closing))))
        filled = {slot: invent(slot.rstrip("0123456789")) for slot in slots}
        asks: list[dict[str, str]] = template["asks"]
        ask = asks[(number // len(templates) + number) % len(asks)]
        sentences = [upper(line.format(**filled)) for line in draw.shuffled(lines) + closing]
        answer = filled[ask["answer"]]
        passage = ("" if language == "zh" else " ").join(sentences)
        question, reply = (upper(ask[key].format(**filled)) for key in ("question", "reply"))
        key = f"reading-{language}-{number + 1:03d}"
        if not names(passage, answer, language) or not names(reply, answer, language):
            raise FactError(f"{key}: the passage or the reply lacks the answer")
        if names(question, answer, language):
            raise FactError(f"{key}: the question gives the answer away")
        rows.append({"id": key, "question": question, "answer": reply, "accepted": [answer], "contexts": [passage]})
    own = [row["contexts"][0] for row in rows]
    for number, row in enumerate(rows):
        # A passage of the same template could answer the question as well.
        others = [other for place, other in enumerate(own) if (place - number) % len(templates)]
        row["contexts"] = draw.shuffled([own[number], *draw.shuffled(others)[: 1 + draw.below(3)]])
    return rows


def build() -> dict[Path, str]:
    """Every file that the facts give, with its text."""
    files: dict[Path, str] = {}
    facts_of = {language: load(language) for language in LANGUAGES}
    groups: dict[str, str] = {}
    for fact in (fact for facts in facts_of.values() for fact in facts):
        # A fact taught in one language would no longer be known to the textbook of the other alone.
        if groups.setdefault(fact.id, fact.group) != fact.group:
            raise FactError(f"{fact.id}: the languages put it in different groups")
    for language, facts in facts_of.items():
        files[HERE / f"taught.{language}.jsonl"] = json_lines(taught_rows(facts))
        files[HERE / f"reading.{language}.jsonl"] = json_lines(reading_rows(language))
        files[HERE / f"exam.{language}.jsonl"] = json_lines(exam_rows(facts))
        files[HERE / f"choice.{language}.jsonl"] = json_lines(choice_rows(facts))
        for number, stem in enumerate(CHAPTERS, start=1):
            path = ROOT / "knowledge" / f"demo-{language}" / f"{number:02d}-{stem}.md"
            files[path] = chapter(stem, facts, language)
    return files


def strays(files: dict[Path, str]) -> list[Path]:
    """Chapters on the disk that the facts no longer give."""
    return sorted(path for path in (ROOT / "knowledge").glob("demo-*/*.md") if path not in files)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the demo's raw files and textbooks from its facts.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    options = parser.parse_args(arguments)
    try:
        files = build()
    except FactError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        differing = [path for path, text in files.items() if not path.is_file() or path.read_bytes() != text.encode()]
        differing += strays(files)
        for path in differing:
            print(f"differs: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if differing else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    for path in strays(files):
        path.unlink()
    print(f"wrote {len(files)} files")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
