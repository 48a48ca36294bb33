"""A job that builds in this process, and a small BGE-shaped model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.core.workspace import Workspace
from studio.knowledge.recipe import KnowledgeRecipe
from studio.runs import references
from studio.runs.events import EventLog
from studio.runs.job import Job
from studio.runs.store import RunStore

MakeJob = Callable[..., tuple[KnowledgeRecipe, Job]]


@pytest.fixture(scope="session")
def make_job_in(minilm: Path) -> MakeJob:
    """Return a function that gives a recipe with its references pinned, and the job of its run in a workspace."""

    def make(workspace: Workspace, *sources: Path | str, **fields: Any) -> tuple[KnowledgeRecipe, Job]:
        given = {"name": "kb", "embedder": str(minilm), **fields}
        recipe = KnowledgeRecipe(sources=[str(source) for source in sources], **given)
        pinned = {
            field: references.pin(workspace, reference)
            for field, reference in references.resolve_all(workspace, recipe).require().items()
        }
        run = RunStore(workspace).create(recipe, {"references": references.dump(pinned)})
        return recipe, Job(run, workspace, pinned, EventLog(run.events_file))

    return make


@pytest.fixture
def make_job(make_job_in: MakeJob, workspace: Workspace) -> MakeJob:
    """The same, in the test's own workspace."""
    return partial(make_job_in, workspace)


@pytest.fixture(scope="session")
def tiny_bge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with random weights that calls itself bge-small-zh-v1.5 and knows the characters of one sentence."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "bge-small-zh-v1.5"
    folder.mkdir()
    characters = "患者出现持续性胸痛伴呼吸困难，首选药物治疗，肾功能不全时应减量或停用。为这个句子生成表示以用于检索相关文章：二甲双胍"
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = [*specials, *dict.fromkeys(characters), "heparin", "##s"]
    (folder / "vocab.txt").write_text("\n".join(tokens), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder
