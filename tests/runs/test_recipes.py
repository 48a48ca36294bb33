"""What `check` refuses before anything is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.workspace import Workspace
from studio.runs.recipes import check_whole
from studio.runs.store import RunStore

KNOWLEDGE = "kind: knowledge\nname: k\nsources: [uploads/a.txt]\n"
SERVE = "kind: serve\nname: s\n"
EVALUATE = "kind: evaluate\nname: e\ndataset: uploads/rows\nmodels: [chat]\nways: [direct]\n"
DATASET = "kind: dataset\nname: d\nsources:\n  - file: uploads/a.jsonl\n"


@pytest.fixture
def stocked(workspace: Workspace, tiny_model: Path) -> Workspace:
    """A workspace with a text, rows, a dataset, a chat model and an embedding model that is only looked at."""
    (workspace.uploads / "a.txt").write_text("Protamine reverses heparin.")
    (workspace.uploads / "a.jsonl").write_text('{"question": "q?", "answer": "a"}\n')
    for name in ("bytes.jsonl", "bytes.txt"):
        (workspace.uploads / name).write_bytes(bytes(range(256)) * 8)
    (workspace.uploads / "quote.csv").write_text('question,answer\n"q?,a\nr?,b\n')
    (workspace.uploads / "other.jsonl").write_text('{"colour": "red"}\n')
    (workspace.uploads / "a.exe").write_text("text")
    (workspace.uploads / "rows").mkdir()
    (workspace.uploads / "rows" / "test.jsonl").write_text("")
    shutil.copytree(tiny_model, workspace.models / "chat")
    for name in ("all-minilm-l6-v2", "embeds"):
        shutil.copytree(tiny_model, workspace.models / name)
        (workspace.models / name / "modules.json").write_text("[]")
    return workspace


def faults(workspace: Workspace, text: str) -> list[str]:
    try:
        check_whole(workspace, recipes.read(text, "r.yaml"))
    except RecipeError as error:
        return [fault.to("en") for fault in error.faults]
    return []


@pytest.mark.parametrize("text", [KNOWLEDGE, f"{SERVE}model: chat\n", EVALUATE, DATASET])
def test_what_is_good_is_found_good(stocked: Workspace, text: str) -> None:
    assert faults(stocked, text) == []


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (f"{KNOWLEDGE}chunker: nope\n", "line 4: chunker", "accepted: 'token'"),
        (f"{KNOWLEDGE}chunk_tokens: 64\noverlap_tokens: 64\n", "line 5: overlap_tokens", "(chunk_tokens), which is 64"),
        (f"{KNOWLEDGE}embedder: chat\n", "line 4: embedder", "no embedding model"),
        (KNOWLEDGE.replace("uploads/a.txt", "/"), "sources.0", "holds the whole workspace"),
        (KNOWLEDGE.replace("uploads/a.txt", "."), "sources.0", "holds the whole workspace"),
        (f"{SERVE}model: chat\nengine: nope\n", "line 4: engine", "accepted: 'local'"),
        (SERVE, "model", "one of the two"),
        (f"{SERVE}model: chat\nknowledge: uploads\n", "line 4: knowledge", "one of the two"),
        (f"{SERVE}model: embeds\n", "line 3: model", "embedding model"),
        (f"{SERVE}model: uploads\n", "line 3: model", "this is no model"),
        (EVALUATE.replace("[chat]", "[chat, embeds]"), "models.1", "embedding model"),
        (EVALUATE.replace("uploads/rows", "recipes"), "line 3: dataset", "this is no dataset"),
        (DATASET.replace("a.jsonl", "bytes.jsonl"), "line 4: sources.0.file", "binary file"),
        (
            DATASET.replace("a.jsonl", "quote.csv"),
            "line 4: sources.0.file",
            "quote.csv line 2: the row that begins here",
        ),
        (DATASET.replace("a.jsonl", "other.jsonl"), "line 4: sources.0.file", "No known layout: the fields are colour"),
        (KNOWLEDGE.replace("a.txt", "bytes.txt"), "line 3: sources.0", "binary file"),
        (KNOWLEDGE.replace("a.txt", "a.exe"), "line 3: sources.0", "no reader for '.exe'"),
        (f"{DATASET}val: 0.5\ntest: 0.9\n", "line 6: test", "more than 1 (1.4)"),
    ],
)
def test_what_can_only_fail_is_refused_where_it_stands(stocked: Workspace, text: str, where: str, said: str) -> None:
    assert any(where in fault and said in fault for fault in faults(stocked, text)), faults(stocked, text)


def test_a_knowledge_base_whose_folder_is_gone_is_named(stocked: Workspace) -> None:
    document = recipes.read(KNOWLEDGE, "r.yaml")
    run = RunStore(stocked).create(check_whole(stocked, document).recipe, {})
    run.write_result("finished", outputs={"knowledge": "knowledge"}, metrics={})
    [fault] = faults(stocked, f"{SERVE}knowledge: k\n")
    assert "this is no knowledge base" in fault
    assert str(run.path) in fault


def test_a_fault_of_form_hides_no_missing_file_or_name(workspace: Workspace) -> None:
    text = "kind: knowledge\nname: a b\nsources: [nosuch.txt]\nembedder: nothing\nchunk_tokens: 1\n"
    found = faults(workspace, text)
    assert [fault.split(": ")[1] for fault in found] == ["name", "sources.0", "embedder", "chunk_tokens"]
    text = "kind: dataset\nname: d\nsources:\n  - {file: nosuch.csv, layout: nope}\n  - {file: [1]}\n"
    found = faults(workspace, text)
    assert [fault.split(": ")[1] for fault in found] == ["sources.0.layout", "sources.0.file", "sources.1.file"]
