"""Fixtures that every package's tests share: a workspace, a tiny model made on the spot, and the real models."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")  # as for workers: see studio/runs/launch.py
os.environ["STUDIO_LANG"] = "en"
os.environ["STUDIO_CACHE"] = tempfile.mkdtemp(prefix="studio-cache-")  # of every workspace that a test makes
os.environ["STUDIO_SLOTS"] = os.environ["STUDIO_CACHE"] + "/slots"  # not what the developer's runs wait for
os.environ["STUDIO_CONFIG"] = os.environ["STUDIO_CACHE"]  # not what the developer allowed

from studio.core.workspace import REPOSITORY, Workspace

CORPUS = (
    "Protamine sulfate reverses heparin. Vitamin K reverses warfarin. Naloxone reverses opioids. "
    "What reverses heparin? Which antidote is given for an opioid overdose? Answer with the letter of the right option. "
    "肝素过量用鱼精蛋白拮抗。华法林过量用维生素K拮抗。阿片类中毒用纳洛酮解救。下列哪一项是正确的？请回答正确选项的字母。"
)
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="session", autouse=True)
def _no_cache_is_left() -> Iterator[None]:
    yield
    shutil.rmtree(os.environ["STUDIO_CACHE"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_workspace_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands leave word of their workspace in the environment."""
    monkeypatch.setenv("STUDIO_WORKSPACE", os.environ.get("STUDIO_WORKSPACE", ""))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace of its own."""
    return Workspace(tmp_path / "workspace").prepare()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2-shaped model with random weights and a byte-level tokenizer: 0.3 million parameters, 2 layers."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("models") / "tiny"
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=512, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator([CORPUS] * 4, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=512,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen2ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def talkative_model(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """The tiny model, but answering greedily it never ends: it goes round all words of Latin letters.

    Random weights with tied embeddings make the last token the likeliest next one; an output layer of its own, with
    the embeddings moved on by one word, makes it the next word instead.
    """
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("models") / "talkative"
    shutil.copytree(tiny_model, folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    round_trip = [token for token in range(len(tokenizer)) if re.fullmatch(" ?[A-Za-z]{2,}", tokenizer.decode([token]))]
    [*_, begin] = tokenizer.apply_chat_template([{"role": "user", "content": "x"}], add_generation_prompt=True)[
        "input_ids"
    ]
    weights = load_file(folder / "model.safetensors")
    embeddings = weights["model.embed_tokens.weight"]
    head = torch.zeros_like(embeddings)
    for before, after in itertools.pairwise([begin, *round_trip, round_trip[0]]):
        head[after] += embeddings[before]
    save_file({**weights, "lm_head.weight": head}, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": False}))
    return folder


def _real(name: str) -> Path:
    folder = REPOSITORY / "models" / name
    assert (folder / "model.safetensors").exists(), f"run `make models` first: models/{name} is missing"
    return folder


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """SmolLM2-135M-Instruct, as `models fetch` left it."""
    return _real("smollm2-135m-instruct")


@pytest.fixture(scope="session")
def minilm() -> Path:
    """all-MiniLM-L6-v2, as `models fetch` left it."""
    return _real("all-minilm-l6-v2")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public QA files that may lie beside the checkout; tests that read them only add to those that need none."""
    return REPOSITORY.parent / "shared" / "data"
