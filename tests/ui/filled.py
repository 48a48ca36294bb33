"""A workspace as it looks after some work, made without doing any: what a page shows when it has something to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.events import EventLog

_STEM = "A patient who takes warfarin has an INR of 9 and no bleeding. Which medicine reverses it?"


def fill_workspace(workspace: Workspace, new_run: Callable[..., Run]) -> dict[str, Run]:
    """Return runs of every kind by name: finished, failed and stopped, with rows, passages, curves and a report."""
    (workspace.models / "small").mkdir()
    write_json(workspace.models / "small" / "config.json", {"architectures": ["LlamaForCausalLM"]})
    rows = [
        {"id": f"{n}", "stem": f"{_STEM} ({n})", "options": {"A": "vitamin K", "B": "protamine"}, "gold": "A", "group": "taught"}
        for n in range(3)
    ]  # fmt: skip
    about = {"splits": {"train": 3, "val": 0, "test": 0}, "rejected": 0, "sources": [{"file": "uploads/raw.jsonl"}]}
    passages = [{"id": f"{n}", "content": f"Passage {n}. {_STEM}", "title": f"Chapter {n}", "source": "book.md", "start": n} for n in range(3)]  # fmt: skip
    details = [
        {
            "question": f"q{n}", "contestant": system, "group": "taught", "stem": _STEM, "options": {"A": "x", "B": "y"},
            "gold": "A", "answer": "A: vitamin K", "read": "A", "correct": n > 0, "finish_reason": "stop",
            "marks": {"accuracy": {"score": float(n > 0), "unread": n == 2}}, "passages": passages[:1], "prompt": [],
        }
        for n in range(3) for system in ("small:direct", "small:rag")
    ]  # fmt: skip
    score = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 50}
    finding = {"tone": "up", "claim": "Accuracy: better by 12.7 points", "subject": "small, with passages against without", "figures": "95% CI +1.5 to +24.3", "groups": ""}  # fmt: skip
    metrics = {
        "systems": {"small:direct": {"accuracy": score}, "small:rag": {"accuracy": score}},
        "findings": [{"heading": "What retrieval changed", "sentences": [finding]}],
    }
    made = {
        "dataset": _made(
            new_run("dataset", name="rows", sources=[{"file": "x"}]),
            {"dataset/train.jsonl": _lines(rows), "dataset/dataset.json": json.dumps(about)},
        ),
        "knowledge": _made(
            new_run("knowledge", name="book", sources=["x"], embedder="small"),
            {"knowledge/passages.jsonl": _lines(passages)},
        ),
        "evaluate": _made(
            new_run("evaluate", name="report", dataset="rows", models=["small"]),
            {"report/details.jsonl": _lines(details), "report/metrics.json": json.dumps(metrics)},
        ),
        "one": _trained(new_run("train", name="one", dataset="rows")),
        "two": _trained(new_run("train", name="two", dataset="rows", epochs=5)),
    }
    failed = new_run("train", name="went-wrong", dataset="rows")
    error = {"class": "InputError", "message": "the dataset is empty", "hint": "Choose another one."}
    failed.write_result("failed", metrics={}, outputs={}, error=error)
    return made | {"failed": failed}


def _made(run: Run, files: Mapping[str, str]) -> Run:
    for name, text in files.items():
        path = run.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    output = Path(next(iter(files))).parts[0]
    run.write_result("finished", metrics={"seconds": 3.0}, outputs={output: output}, error=None)
    return run


def _trained(run: Run) -> Run:
    events = EventLog(run.events_file)
    for step in range(1, 20):
        events.metric(step, {"loss": 2.0 / step})
    events.append("notice", text={"en": "3 rows were truncated.", "zh": "3 行被截断。"})
    run.log_file.write_text("step 1\nstep 2\n", encoding="utf-8")
    run.write_result("finished", metrics={"loss": 0.1, "seconds": 3.0}, outputs={}, error=None)
    return run


def _lines(records: list[dict[str, object]]) -> str:
    return "\n".join(json.dumps(record) for record in records) + "\n"
