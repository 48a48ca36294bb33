from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from studio.core.accelerators import hardware
from studio.core.errors import InputError
from studio.core.files import sha256_file
from studio.core.named_input import NamedInput
from studio.core.reporter import Silent, Stopped
from studio.core.workspace import REPOSITORY, Workspace
from studio.knowledge.build import build
from studio.knowledge.kinds.knowledge import KIND, forecast, run
from studio.knowledge.language import passages_language
from studio.knowledge.passages import read_passages
from studio.knowledge.recipe import KnowledgeRecipe
from studio.knowledge.search import KnowledgeBase
from studio.runs.estimate import estimate
from studio.runs.events import read_events
from studio.runs.job import Job
from studio.runs.references import resolve_all

BOOK = REPOSITORY / "knowledge" / "demo-en" / "01-antidotes.md"
TEXTBOOK = "# Antidotes\n\n## Heparin\n\nProtamine sulfate.\n\n## Warfarin\n\nVitamin K.\n\n## Empty\n"


def notices(job: Job) -> list[str]:
    return [event["text"]["en"] for event in read_events(job.events._path)[0] if event["type"] == "notice"]


def test_a_base_is_built_from_a_folder(make_job: Any, tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "antidotes.md").write_text(TEXTBOOK)
    (book / "rows.jsonl").write_text(
        '{"text": "鱼精蛋白拮抗肝素。"}\n{"text": "鱼精蛋白拮抗肝素。"}\n{"id": "x"}\n', encoding="utf-8"
    )
    (book / "scan.pdf").write_text("%PDF")
    recipe, job = make_job(book)
    outcome = run(recipe, job)

    folder = job.path / outcome.outputs["knowledge"]
    manifest = json.loads((folder / "manifest.json").read_text())
    rows = [json.loads(line) for line in (folder / "passages.jsonl").read_text().splitlines()]
    assert [(row["title"], row["content"]) for row in rows] == [
        ("Antidotes › Heparin", "Protamine sulfate."),
        ("Antidotes › Warfarin", "Vitamin K."),
        ("", "鱼精蛋白拮抗肝素。"),
    ]
    assert outcome.metrics["passages"] == manifest["passages"] == 3
    assert outcome.metrics["sources"] == 2
    assert {"seconds", "passages_per_s"} <= outcome.metrics.keys()
    assert manifest["embedder"]["sha256"] == job.references["embedder"].sha256
    assert manifest["embedder"]["dimension"] == 384
    assert manifest["chunker"] == {"name": "token", "chunk_tokens": 128, "overlap_tokens": 64}
    assert [source["sha256"] for source in manifest["sources"]] == [
        sha256_file(book / "antidotes.md"), sha256_file(book / "rows.jsonl")
    ]  # fmt: skip
    assert manifest["versions"]["bm25s"]
    told = "\n".join(notices(job))
    for part in ("scan.pdf", "1 row holds no text (row 3)", "1 passage repeats", "1 of 3 passages are Chinese"):
        assert part in told
    events = read_events(job.run.events_file)[0]
    assert [e["name"] for e in events if e["type"] == "stage"] == ["reading", "cutting", "embedding", "indexing"]
    assert {"time": 0, "type": "progress", "done": 3, "total": 3, "unit": "passages"} in [
        {**e, "time": 0} for e in events
    ]
    assert not list(job.path.glob(".*"))


def test_the_same_sources_give_the_same_passages(make_job: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXTBOOK)
    texts = []
    for _ in range(2):
        recipe, job = make_job(tmp_path / "a.md")
        run(recipe, job)
        texts.append((job.path / "knowledge" / "passages.jsonl").read_text())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("stage", ["cutting", "embedding", "indexing"])
def test_a_stopped_build_leaves_nothing(
    stage: str, make_job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text(TEXTBOOK)
    recipe, job = make_job(tmp_path / "a.md")
    (job.path / ".knowledge.killed").mkdir()
    tell = job.events.stage

    def stage_then_stop(name: str, text: Any) -> None:
        tell(name, text)
        if name == stage:
            job.run.ask_stop()

    monkeypatch.setattr(job.events, "stage", stage_then_stop)
    with pytest.raises(Stopped):
        run(recipe, job)
    assert not [path.name for path in job.path.iterdir() if "knowledge" in path.name]


def test_sizes_that_cannot_work_are_refused(make_job: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match="overlap_tokens: given 64, accepted: less than 'Passage length'"):
        run(*make_job(tmp_path / "a.txt", chunk_tokens=64, overlap_tokens=64))
    with pytest.raises(InputError, match=r"chunker: passages have up to 512 tokens, but .* reads 254 at most"):
        run(*make_job(tmp_path / "a.txt", chunk_tokens=512))


@pytest.mark.parametrize("text", ["# Title\n", "---\n\n***\n"])
def test_sources_without_text_are_an_error(text: str, make_job: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(text)
    recipe, job = make_job(tmp_path / "a.md")
    with pytest.raises(InputError, match="hold no"):
        run(recipe, job)
    assert not (job.path / "knowledge").exists()


def test_file_names_in_gbk_are_read_and_shown(make_job: Any, tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    for name, content in {"肝素.txt": b"Protamine reverses heparin.", "扫描.png": b"x", "空.txt": b""}.items():
        Path(os.fsdecode(os.fsencode(book) + b"/" + name.encode("gbk"))).write_bytes(content)
    recipe, job = make_job(book)
    run(recipe, job)
    [passage] = read_passages(job.path / "knowledge" / "passages.jsonl")
    assert passage.source == "肝素.txt"
    assert "扫描.png" in "\n".join(notices(job))
    Path(os.fsdecode(os.fsencode(book) + b"/" + "坏.json".encode("gbk"))).write_text("no JSON")
    recipe, job = make_job(book)
    with pytest.raises(InputError, match=r"坏\.json"):
        run(recipe, job)


def test_texts_that_are_no_utf8_and_linked_folders_are_told(make_job: Any, tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    text = "肝素过量引起出血时，静脉注射鱼精蛋白。"
    (book / "plain.txt").write_text(text, encoding="utf-8")
    (book / "old.txt").write_text(text + "甲", encoding="gb18030")
    (book / "old.md").write_text(text + "乙", encoding="gb18030")
    (book / "rows.json").write_text(json.dumps([{"text": text + "丙"}], ensure_ascii=False), encoding="utf-16")
    (book / "more").symlink_to(tmp_path)
    recipe, job = make_job(book)
    run(recipe, job)
    told = "\n".join(notices(job))
    assert "read as GB18030: old.md, old.txt;" in told
    assert "read as UTF-16: rows.json;" in told
    assert "1 folder is a link, not followed: more" in told
    assert "plain.txt" not in told


def test_a_build_needs_no_run(minilm: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXTBOOK)
    recipe = KnowledgeRecipe(name="kb", sources=["a.md"])
    metrics = build(recipe, [tmp_path / "a.md"], NamedInput.at(minilm), tmp_path / "kb", Workspace(tmp_path), Silent())
    assert metrics["passages"] == 2
    assert KnowledgeBase.open(Workspace(tmp_path), tmp_path / "kb").search("heparin")[0].content == "Protamine sulfate."
    assert json.loads((tmp_path / "kb" / "manifest.json").read_text())["sources"][0]["path"] == "a.md"


@pytest.mark.real
def test_files_and_characters_and_how_long_the_last_one_took(make_job: Any, workspace: Workspace) -> None:
    recipe, job = make_job(BOOK)
    resolved = resolve_all(workspace, recipe)
    told = forecast(recipe, resolved)
    assert [amount.count for amount in told.amounts] == [1, 3_500]
    assert told.warnings == ()
    assert estimate(recipe, resolved, told.work) is None
    began = time.time()
    metrics = build(recipe, [BOOK], job.named("embedder"), job.path / "knowledge", workspace, job)
    assert passages_language(job.path / "knowledge") == "en"
    job.run.write_result("finished", started=began, hardware=hardware())
    took = time.time() - began
    assert KIND.pace is not None
    worth = KIND.pace.worth(recipe, job.run)
    assert worth * metrics["passages"] == pytest.approx(told.work, rel=0.05)
    found = estimate(recipe, resolved, told.work)
    assert found is not None
    assert (found.run, found.rough) == ("kb", False)
    assert found.seconds == pytest.approx(took, rel=0.1)
