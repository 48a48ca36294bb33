"""Every example of docs/plugins.md, dropped into a workspace as it stands, allowed, shown on the page, and at work in a run."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.answering.gateway import Gateway
from studio.core import plugins
from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.records import Message, Request, Sampling
from studio.core.workspace import REPOSITORY, Workspace
from studio.data.records.preference import Preference
from studio.engines.remote import RemoteEngine
from studio.evaluation.variants import variants
from studio.hubs.accounts import accounts
from studio.runs import launch
from studio.runs.directory import Run
from studio.runs.job import Termination
from studio.runs.recipes import check_whole
from studio.runs.work import perform
from studio.ui import page
from studio.ui import plugins as shown
from studio.ui.context import Context
from tests.hubs.huggingface import HuggingFace
from tests.hubs.server import serving
from tests.runs.helpers import stop, wait

DOCUMENT = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, str] = {
    name: body for name, body in re.findall(r"```python\n# plugins/(\w+)\.py\n(.*?)```", DOCUMENT, re.DOTALL)
}
QUESTIONS = [
    ("What reverses heparin?", "Protamine."),
    ("What reverses warfarin?", "Vitamin K."),
    ("What is it?", "A fact."),
]


@pytest.fixture
def stocked(
    workspace: Workspace, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """A workspace with every example in `plugins/`, allowed, and a tiny model."""
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    workspace.plugins.mkdir()
    for name, body in EXAMPLES.items():
        (workspace.plugins / f"{name}.py").write_text(body, encoding="utf-8")
    plugins.forget()
    for name in EXAMPLES:
        plugins.allow(name)
    shutil.copytree(tiny_model, workspace.models / "tiny")
    yield workspace
    plugins.forget()
    for name in [name for name in sys.modules if name.startswith("medqa_studio_plugins")]:
        del sys.modules[name]


def done(workspace: Workspace, text: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Do a recipe in this process."""
    with monkeypatch.context() as patch:
        patch.setattr(launch, "launch", lambda *_: None)
        run = started(workspace, text)
    assert perform(run, Termination()) == 0, (run.result() or {}).get("error")
    return run


def started(workspace: Workspace, text: str) -> Run:
    checked = check_whole(workspace, recipes.read(text, "r.yaml"))
    return launch.start(workspace, checked.recipe, checked.resolved)


def over(run: Run) -> Run:
    wait(lambda: not run.active(), 120)
    assert run.status() == "finished", run.log_file.read_text(encoding="utf-8")[-3000:]
    return run


def questions(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, test: float = 0.0) -> Run:
    rows = "".join(json.dumps({"q": stem, "a": gold}) + "\n" for stem, gold in QUESTIONS)
    (workspace.uploads / "rows.jsonl").write_text(rows)
    recipe = (
        f"kind: dataset\nname: rows\nval: 0\ntest: {test}\nsources:\n- file: uploads/rows.jsonl\n  layout: hospital\n"
    )
    return done(workspace, recipe + ("  split: test\n" if test else ""), monkeypatch)


def test_every_sort_that_recipes_choose_has_an_example() -> None:
    held = {name for body in EXAMPLES.values() for name in re.findall(r"^([A-Z]+) = ", body, re.MULTILINE)}
    later = {"VERBS", "PART", "LISTING", "OUTPUT"}  # of the endpoint and of the page itself
    assert {registry.attribute for registry in shown.REGISTRIES} - later == held


def test_all_load_and_none_is_heavy(stocked: Workspace) -> None:
    assert shown.broken() == () and shown.waiting() == []
    loaded = {(registry.attribute, name) for registry in shown.REGISTRIES for name in registry.names()}
    assert {name for _, name in loaded} >= set(EXAMPLES)


async def test_the_page_shows_them_with_their_options(stocked: Workspace) -> None:
    for language, words in (
        ("en", ["LoRA rank", "Momentum", "Beta", "CSV", "Gently", "By headings", "Most tokens", "Concise", "careful",
                "Our hospital's", "Hello from our hospital.", "The first rows of a dataset, as a dataset of its own."]),
        ("zh", ["动量", "低优先级", "按标题", "最多 token", "简洁", "我院格式", "来自我院的问候。", "抽样"]),
    ):  # fmt: skip
        built = page.build(Context(stocked, language), Gateway(stocked))  # type: ignore[arg-type]
        config = json.dumps(built.get_config_file(), ensure_ascii=False, default=str)
        assert [word for word in words if word not in config] == []


def test_hub(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {path.name: path.read_bytes() for path in (stocked.models / "tiny").iterdir()}
    with serving(HuggingFace(files)) as standing:
        monkeypatch.setenv("WARD_ENDPOINT", standing.url)
        done(stocked, "kind: fetch\nname: f\nmodel: owner/other\nhub: ward\n", monkeypatch)
    assert (stocked.models / "other" / "model.safetensors").read_bytes() == files["model.safetensors"]
    assert "ward" in accounts()


def test_layout_and_kind(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = questions(stocked, monkeypatch)
    assert (rows.result() or {})["metrics"]["rows"] == 3
    sample = done(stocked, "kind: sample\nname: few\ndataset: rows\nrows: 2\n", monkeypatch)
    assert len((sample.path / "dataset" / "train.jsonl").read_text().splitlines()) == 2
    assert (
        check_whole(stocked, recipes.read("kind: train\nname: m\nmodel: tiny\ndataset: few\n", "r")).recipe.name == "m"
    )


def test_opener_check_identifier_and_exporter(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = (
        "question = TODO What reverses heparin?\nanswer = Protamine.\n---\nquestion = Who asked?\nanswer = KH-123456\n"
    )
    (stocked.uploads / "drugs.blocks").write_text(blocks)
    recipe = (
        "kind: dataset\nname: cards\nval: 0\ntest: 0\nsources:\n- file: uploads/drugs.blocks\nexports: [flashcards]\n"
        "clean: {draft: fix, identifiers: fix}\n"
    )
    made = done(stocked, recipe, monkeypatch)
    cards = (made.path / "dataset" / "exports" / "flashcards" / "cards.tsv").read_text(encoding="utf-8").splitlines()
    assert cards == ["What reverses heparin?\tProtamine.", "Who asked?\t[badge]"]
    others = variants("badge", "KH-123456", 20, random.Random(1))
    assert len(set(others)) == 20 and all(re.fullmatch("KH-[0-9]{6}", other) for other in others)
    rows = [json.loads(line) for line in (made.path / "dataset" / "train.jsonl").read_text().splitlines()]
    assert [row["source"]["line"] for row in rows] == [1, 4]


def test_reader_chunker_and_embedder(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stocked.models / "hashing"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "hashing"}')
    (folder / "studio.json").write_text('{"purpose": "embedding"}')
    text = "# Heparin\nReversed by protamine.\n# Warfarin\nReversed by vitamin K.\n# Opioids\nReversed by naloxone, which lasts for less time than most of them do.\n"
    (stocked.uploads / "drugs.cards").write_text(text)
    recipe = "kind: knowledge\nname: book\nsources: [uploads/drugs.cards]\nembedder: hashing\nchunker: {name: headings, most: 16}\n"
    run = done(stocked, recipe, monkeypatch)
    passages = [json.loads(line) for line in (run.path / "knowledge" / "passages.jsonl").read_text().splitlines()]
    assert [passage["title"] for passage in passages] == ["Heparin", "Opioids"], "two cards in one passage"
    manifest = json.loads((run.path / "knowledge" / "manifest.json").read_text())
    assert manifest["chunker"] == {"name": "headings", "most": 16}


def test_method_tracker_and_launcher(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    questions(stocked, monkeypatch)
    recipe = "kind: train\nname: m\nmodel: tiny\ndataset: rows\nmax_steps: 2\nlearning_rate: 0.1\n"
    run = over(
        started(
            stocked,
            f"{recipe}method: bitfit\ntemplate: ward_round\ntrackers: [csv_file]\nlauncher: {{name: gently, level: 5}}\n",
        )
    )
    figures = (run.path / "figures.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in figures if ",loss," in line] == ["1", "2"]
    from safetensors.torch import load_file

    before, after = (load_file(place / "model.safetensors") for place in (stocked.models / "tiny", run.path / "model"))
    assert "[assistant]" in (run.path / "model" / "chat_template.jinja").read_text()
    moved = {name for name, weights in after.items() if not weights.equal(before[name].to(weights.dtype))}
    assert moved and all(name.endswith(".bias") for name in moved)


def test_objective(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    questions(stocked, monkeypatch)
    folder = stocked.root / "pairs"
    folder.mkdir()
    rows = [
        Preference(id=str(number), prompt=(Message(role="user", content=stem),), chosen=gold, rejected="No.")
        for number, (stem, gold) in enumerate(QUESTIONS)
    ]
    (folder / "dataset.json").write_text('{"record": "preference"}')
    for split in ("train", "val", "test"):
        (folder / f"{split}.jsonl").write_text("".join(row.model_dump_json() + "\n" for row in rows[:3]))
    recipe = "kind: train\nname: m\nmodel: tiny\nmax_steps: 3\nbatch_size: 2\nobjective: {name: dpo, beta: 0.2}\nlearning_rate: 0.01\n"
    with pytest.raises(RecipeError, match="its rows are questions; this objective learns from preferences"):
        check_whole(stocked, recipes.read(f"{recipe}dataset: rows\n", "r.yaml"))
    run = done(stocked, f"{recipe}dataset: pairs\n", monkeypatch)
    metrics: dict[str, Any] = (run.result() or {})["metrics"]
    assert metrics["steps"] == 3 and metrics["rewards/margins"] > 0
    assert (run.path / "model" / "adapter_model.safetensors").exists()


def test_mode_and_scorers(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    questions(stocked, monkeypatch, test=0.5)
    recipe = (
        "kind: evaluate\nname: e\ndataset: rows\nmodels: [tiny]\nmax_tokens: 4\nmodes: [direct, careful]\n"
        "scorers:\n- {name: concise, words: 2}\n- {name: agrees, model: tiny}\n- named\n"
    )
    run = over(started(stocked, recipe))
    metrics = json.loads((run.path / "report" / "metrics.json").read_text(encoding="utf-8"))
    assert set(metrics["systems"]["tiny:careful"]) >= {"concise", "agrees", "named"}
    assert "rouge_l" not in metrics["systems"]["tiny:careful"]
    assert {(pair["a"], pair["b"], pair["question"]) for pair in metrics["comparisons"]} == {
        ("tiny:careful", "tiny:direct", "careful")
    }
    judged = (run.path / "report" / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    assert judged and all(json.loads(line)["scorer"] == "agrees" for line in judged)
    assert "What thinking first changed" in (run.path / "report" / "report.html").read_text(encoding="utf-8")
    with pytest.raises(RecipeError, match=r"line 8: scorers\.0\.model: is missing"):
        started(stocked, recipe.partition("scorers")[0] + "scorers:\n- agrees\n")


def test_backend(stocked: Workspace) -> None:
    run = started(stocked, "kind: serve\nname: s\nmodel: tiny\nengine: parrot\n")
    try:
        wait(run.server_file.exists, 60)
        server = json.loads(run.server_file.read_text())

        async def ask() -> str:
            async with RemoteEngine(server["url"], server["model"], server["token"]) as engine:
                request = Request((Message(role="user", content="Polly?"),), Sampling(8))
                return "".join([delta.text async for delta in engine.generate(request)])

        assert asyncio.run(ask()) == "Polly?"
    finally:
        stop(run)
