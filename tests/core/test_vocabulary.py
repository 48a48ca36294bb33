from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from studio.core.vocabulary import reads_han

HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]


@pytest.mark.real
def test_the_models_that_come_along_read_no_chinese(smollm2: Path, minilm: Path) -> None:
    assert (reads_han(smollm2), reads_han(minilm)) == (False, False)


@pytest.mark.parametrize(("known", "reads"), [(HAN, True), (HAN[:200], False)])
def test_a_vocabulary_of_bytes(tmp_path: Path, known: list[str], reads: bool) -> None:
    """As Qwen's and SmolLM2's are: a character is a token of three bytes, each written as a letter of its own."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=20_000, min_frequency=1, show_progress=False)
    backend.train_from_iterator([f"a {character} b" for character in known], trainer)
    backend.save(str(tmp_path / "tokenizer.json"))
    assert reads_han(tmp_path) is reads


@pytest.mark.parametrize("name", ["vocab.txt", "tokenizer.model", "tokenizer.json"])
@pytest.mark.parametrize(("known", "reads"), [(HAN, True), (HAN[:200], False)])
def test_a_vocabulary_of_characters(tmp_path: Path, name: str, known: list[str], reads: bool) -> None:
    written = json.dumps(known, ensure_ascii=False) if name.endswith("json") else "\n".join(known)
    (tmp_path / name).write_bytes(b"\xff\x00" * (name == "tokenizer.model") + written.encode())
    assert reads_han(tmp_path) is reads


def test_a_folder_without_a_vocabulary_tells_nothing(tmp_path: Path) -> None:
    assert reads_han(tmp_path) is None
