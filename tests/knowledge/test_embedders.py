from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import InputError
from studio.knowledge.embedders import bge
from studio.knowledge.embedders.bge import BgeEmbedder
from studio.knowledge.embedders.sentence_transformers import SentenceEmbedder
from studio.knowledge.embedding import embed_all, load_embedder

TEXTS = ["Protamine reverses heparin.", "A short one.", "Vitamin K reverses warfarin. " * 9]


@pytest.fixture(scope="module")
def loaded(minilm: Path) -> SentenceEmbedder:
    embedder = load_embedder(minilm)
    assert isinstance(embedder, SentenceEmbedder)
    return embedder


def test_minilm_is_what_it_is(loaded: SentenceEmbedder) -> None:
    assert (loaded.dimension, loaded.max_tokens, loaded.reads_han) == (384, 254, False)


def test_vectors_are_normalised_float32_and_close_to_plain_encoding(loaded: SentenceEmbedder) -> None:
    vectors = embed_all(loaded, TEXTS)
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, 384))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    plain = loaded.model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert (vectors * plain).sum(axis=1).min() > 0.999


def test_blocks_tell_how_far_they_are(loaded: SentenceEmbedder) -> None:
    told: list[int] = []
    vectors = embed_all(loaded, [f"text {n}" for n in range(70)], told.append)
    assert told[-1] == 70
    assert told == sorted(told)
    alone = loaded.embed_passages(["text 41"])
    assert float((vectors[41] * alone[0]).sum()) > 0.999


def test_offsets_are_slices_of_the_text(loaded: SentenceEmbedder) -> None:
    text = "Hyperkalaemia 二甲双胍 é" + " word" * 600
    spans = loaded.offsets(text)
    assert [text[start:end] for start, end in spans if "二" <= text[start] <= "龥"] == list("二甲双胍")
    assert spans[-1][1] == len(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_bge_folder_goes_through_flag_embedding(tiny_bge: Path) -> None:
    embedder = load_embedder(tiny_bge)
    assert isinstance(embedder, BgeEmbedder)
    assert (embedder.dimension, embedder.max_tokens, embedder.reads_han) == (32, 62, True)
    assert type(embedder.flag).__module__.startswith("FlagEmbedding")
    texts = ["二甲双胍", "患者" * 90, "胸痛"]
    vectors = embedder.embed_passages(texts)
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, 32))
    assert embedder.embed_passages([]).shape == (0, 32)
    reference = embedder.flag.encode(texts, batch_size=8, max_length=64)
    assert (vectors * reference).sum(axis=1).min() > 0.999


def test_a_bge_query_has_the_instruction_of_its_language(tiny_bge: Path, tmp_path: Path) -> None:
    embedder = load_embedder(tiny_bge)
    told = "为这个句子生成表示以用于检索相关文章："
    assert np.allclose(embedder.embed_queries(["胸痛"]), embedder.embed_passages([told + "胸痛"]), atol=1e-5)
    for name, expected in {"bge-m3": "", "bge-base-en-v1.5": "Represent this", "my-bge-small": ""}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
        assert bge.fits(folder) == 2
        assert bge._instruction(folder).startswith(expected)
        assert bool(bge._instruction(folder)) == bool(expected)


def test_rerankers_and_other_models_are_no_bge(tmp_path: Path) -> None:
    for name, kind in {"bge-reranker-base": "xlm-roberta", "bge-multilingual-gemma2": "gemma2", "gte": "bert"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"model_type": kind}))
        assert bge.fits(tmp_path / name) == 0


def test_a_chat_model_is_no_embedding_model(tiny_model: Path) -> None:
    with pytest.raises(InputError, match=r"no embedding model; accepted: .*modules\.json"):
        load_embedder(tiny_model)


def test_pickled_weights_are_refused(minilm: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(minilm, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    with pytest.raises(InputError, match="holds no weights"):
        load_embedder(folder)
    (folder / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(InputError, match=r"pickled \(pytorch_model.bin\)"):
        load_embedder(folder)


def test_modules_of_the_folders_own_are_refused(minilm: Path, tmp_path: Path) -> None:
    folder = tmp_path / "foreign"
    shutil.copytree(minilm, folder)
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "evil.Module"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(InputError, match=r"evil\.Module"):
        load_embedder(folder)
