"""The questions that a conversation may begin with: of what is here, in a language that the model reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui.chat.chat_handlers import ChatHandlers
from studio.ui.chat.examples import examples
from studio.ui.chat.transcript import whole
from studio.ui.context import Context


def make_model(workspace: Workspace, name: str, words: list[str]) -> Path:
    folder = workspace.models / name
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"0" * 64)
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    return folder


def finish(run: Run, output: str, file: str, rows: list[dict[str, object]]) -> None:
    folder = run.path / output
    folder.mkdir()
    (folder / file).write_text("\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), "{broken"]))
    run.write_result("finished", outputs={output: output}, metrics={}, error=None)


@pytest.fixture
def filled(workspace: Workspace, new_run: Callable[..., Run]) -> Workspace:
    """A model that reads Chinese and one that does not, a dataset and a knowledge base in each language."""
    make_model(workspace, "both", [chr(0x4E00 + number) for number in range(1200)])
    # 肝 as a byte-level vocabulary writes it, eighty times: what an English model met by chance
    make_model(workspace, "english", [f"èĤĿ{'a' * number}" for number in range(80)] + ["Ġthe", "drug"])
    for name, stem, passage in (
        ("en", "What reverses drug {}?", "Protamine sulfate reverses heparin; the antidote is given slowly."),
        ("zh", "第 {} 种药用什么拮抗？", "鱼精蛋白可以中和肝素的抗凝作用，应当缓慢静脉注射。"),
    ):
        rows: list[dict[str, object]] = [{"stem": stem.format(number)} for number in range(9)]
        choice: dict[str, object] = {"stem": stem.format("x"), "options": {"A": "1"}}
        finish(
            new_run("dataset", name=f"data-{name}", sources=[{"file": "x"}]), "dataset", "test.jsonl", [choice, *rows]
        )
        base = new_run("knowledge", name=f"kb-{name}", sources=["x"])
        finish(base, "knowledge", "passages.jsonl", [{"content": passage}] * 12)
        (base.path / "knowledge" / "manifest.json").write_text("{}")
    return workspace


def test_they_are_in_the_language_of_what_is_chosen(filled: Workspace, en: Context, zh: Context) -> None:
    chinese = [f"第 {number} 种药用什么拮抗？" for number in (0, 3, 6)]
    english = [f"What reverses drug {number}?" for number in (0, 3, 6)]
    assert examples(zh, "both") == examples(zh, "both", "kb-zh") == examples(en, "both", "kb-zh") == chinese
    assert examples(zh, "both", "kb-en") == english, "the passages are English"
    assert examples(zh, "english") == examples(zh, "english", "kb-zh") == english, "it cannot read Chinese"
    assert examples(en, "both") == english


def test_without_a_dataset_they_are_our_own(workspace: Workspace, en: Context, zh: Context) -> None:
    assert examples(zh)[0] == "用什么药物逆转肝素的作用？为什么？"
    make_model(workspace, "english", ["the"])
    assert examples(zh, "english") == examples(en) != examples(zh)


def test_they_change_with_what_is_chosen_until_something_is_asked(filled: Workspace, zh: Context) -> None:
    handlers = ChatHandlers(zh, gateway=None)  # type: ignore[arg-type]
    assert "What reverses drug 3?" in whole(handlers.suggest([], "english", ""))
    assert "第 3 种药用什么拮抗？" in whole(handlers.suggest([], "both", "kb-zh"))
    assert "drug" not in str(handlers.suggest([{"question": "q", "answer": "a"}], "english", ""))
    assert "第 3 种药用什么拮抗？" in whole(handlers.restore([], ["both", "kb-zh", 0, 256, 4])[0])
    assert "What reverses" in whole(handlers.forget("english", None)[0])
