"""The whole job as stations: from a raw file to a cited answer, with whatever hands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, expect

from studio.core.text import Language
from studio.core.workspace import REPOSITORY
from tests.ui.walk.walker import Walker

RUNS = 300_000  # milliseconds that a run of the job may take
DRAWS = 30_000  # and the page, over a slow line


@dataclass(frozen=True)
class Material:
    """The files of the job, and a question that they answer."""

    rows: Path
    textbook: Path
    question: str


MATERIAL: dict[Language, Material] = {
    language: Material(
        REPOSITORY / f"recipes/demo/choice.{language}.jsonl",
        sorted((REPOSITORY / f"knowledge/demo-{language}").iterdir())[0],
        question,
    )
    for language, question in (("en", "What is the antidote to methanol?"), ("zh", "甲醇中毒用什么解毒？"))
}


class Job:
    """Does every station's part of the job, each on the tab of its own."""

    looks_for = "my"
    """What the names of its runs begin with, as the page proposes them."""

    def __init__(self, walker: Walker, material: Material | None = None) -> None:
        self.walker = walker
        self.page = walker.page
        self.hands = walker.hands
        self.material = material or MATERIAL[walker.language]

    def whole(self) -> None:
        """Do all of it."""
        self.arrive()
        self.dataset()
        self.rows()
        self.training()
        self.knowledge()
        self.passages()
        self.evaluation()
        self.questions()
        self.chat()
        self.models()
        self.runs()
        self.comparison()

    def arrive(self) -> None:
        with self.walker.station("first load"):
            self.walker.open()
            expect(self.page.locator("#tab-home .live").first).not_to_be_empty(timeout=DRAWS)

    def dataset(self) -> None:
        with self.walker.station("data"):
            form = self._form("data", "dataset")
            self.hands.choose(form.locator("button.drop-area"), self.material.rows)
            expect(form.locator(".rows-line input")).to_have_value(re.compile("^uploads/"), timeout=DRAWS)
            self._begin(form)

    def training(self) -> None:
        with self.walker.station("train"):
            self._ended(self._train(3))

    def training_begins(self) -> None:
        """Start a training that takes a while, and leave it alone."""
        with self.walker.station("train, until it runs"):
            self._train(16)

    def _train(self, steps: int) -> Locator:
        form = self._form("train", "train")
        self.hands.write(form.locator("#field-train-max_steps input"), str(steps))
        self.hands.write(form.locator("#field-train-batch_size input"), "1")
        self._start(form)
        return form

    def knowledge(self) -> None:
        with self.walker.station("knowledge"):
            form = self._form("knowledge", "knowledge")
            self.hands.choose(form.locator("button.drop-area"), self.material.textbook)
            expect(form.locator("#field-knowledge-sources textarea")).to_have_value(
                re.compile("^uploads/"), timeout=DRAWS
            )
            self._begin(form)

    def evaluation(self, questions: int = 4) -> None:
        with self.walker.station("evaluate"):
            form = self._form("evaluate", "evaluate")
            self.hands.write(form.locator("#field-evaluate-limit input"), str(questions))
            self._begin(form)

    def chat(self) -> None:
        with self.walker.station("chat"):
            self._open("chat")
            self.page.wait_for_selector("body.ready-chat", timeout=DRAWS)
            self.hands.write(self.page.locator("#chat-input textarea"), self.material.question)
            self.hands.key("Enter")
            answered(self)
            passage = self.page.locator(".cite").first
            self.hands.press(passage.locator("summary"))
            expect(passage.locator("blockquote")).to_be_visible()

    def rows(self) -> None:
        self._sheet("rows", "data")

    def passages(self) -> None:
        self._sheet("passages", "knowledge")

    def questions(self) -> None:
        self._sheet("questions", "evaluate")

    def models(self) -> None:
        with self.walker.station("models"):
            self._open("models")
            expect(self.page.locator("#tab-models tbody tr").first).to_be_visible(timeout=DRAWS)

    def runs(self) -> None:
        """Look for a run, and look at it."""
        with self.walker.station("runs"):
            self._open("runs")
            tab = self.page.locator("#tab-runs")
            expect(tab.locator("tbody tr").first).to_be_visible(timeout=DRAWS)
            self.hands.write(tab.locator("input[type=search]"), self.looks_for)
            self.page.wait_for_function("(words) => location.hash.endsWith(`search=${words}`)", arg=self.looks_for)
            expect(tab.locator("tbody tr").first).to_be_visible(timeout=DRAWS)
            self.hands.press(tab.locator("tbody tr[tabindex='0']").first)
            expect(tab.locator(".title[data-run]")).to_be_visible(timeout=DRAWS)

    def comparison(self) -> None:
        """Compare the first two runs of the list."""
        with self.walker.station("compare"):
            tab = self.page.locator("#tab-runs")
            self.hands.pick(tab.locator("tbody"), 2)
            self.hands.press(tab.locator(".picked [data-lead]").first)
            expect(self.page.locator("#tab-compare .live").first).not_to_be_empty(timeout=DRAWS)

    def _sheet(self, name: str, tab: str) -> None:
        """Look at what a run has made, at one line of it closely, and come back."""
        with self.walker.station(name):
            self.hands.press(self.page.locator(f"#tab-{tab} a[href^='#{name}=']").first)
            sheet = self.page.locator("dialog.sheet")
            row = sheet.locator("tbody tr").first
            expect(row).to_be_visible(timeout=DRAWS)
            self.hands.press(row)
            expect(sheet.locator(".drawer")).to_be_visible(timeout=DRAWS)
        self.hands.key("Escape")
        expect(sheet).to_be_hidden(timeout=DRAWS)

    def _open(self, tab: str) -> None:
        self.hands.press(self.page.locator(f"#tab-{tab}-button"))
        self.page.wait_for_selector(f"#tab-{tab}:visible", timeout=DRAWS)

    def _form(self, tab: str, kind: str) -> Locator:
        self._open(tab)
        self.page.wait_for_selector(f"body.ready-{kind}", timeout=DRAWS)
        return self.page.locator(f"#tab-{tab}")

    def _begin(self, form: Locator) -> None:
        self._start(form)
        self._ended(form)

    def _start(self, form: Locator) -> None:
        self.hands.press(form.locator("button.begin"))
        expect(form.locator(".live .title[data-run]").first).to_be_visible(timeout=DRAWS)

    def _ended(self, form: Locator) -> None:
        chip = form.locator(".live .chip").first
        expect(chip).to_have_class(re.compile("finished|failed|stopped"), timeout=RUNS)
        expect(chip).to_have_class(re.compile("finished"))


def answered(job: Job) -> None:
    """Wait until the chat's last answer is whole."""
    expect(job.page.locator(".turn .prose").last).to_be_visible(timeout=RUNS)
    expect(job.page.locator("#chat-send")).to_be_visible(timeout=RUNS)
