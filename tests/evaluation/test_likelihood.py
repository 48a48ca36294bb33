"""How likely a model takes an ending for, in batches behind a cached prompt, against one whole pass for each."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.core.records import Message
from studio.evaluation.likelihood import Asker
from studio.models.load import load_causal, load_tokenizer


def test_endings_in_batches_are_as_likely_as_alone(tiny_model: Path) -> None:
    model, tokenizer = load_causal(tiny_model, torch.float32), load_tokenizer(tiny_model)
    asker = Asker(model, tokenizer)
    before = [Message(role="user", content="How can she be reached?")]
    endings = [f"41{number}-555" + "0" * (number % 4) for number in range(70)]
    _, scores = asker.ask(before, "assistant", "Call ", endings)
    text, blank = asker._rendered(before, "assistant", "Call ")
    prompt = asker._ids(text)
    assert text.endswith("Call") and blank == " "
    for number in (0, 1, 2, 3, 69):
        ending = asker._ids(blank + endings[number])
        with torch.inference_mode():
            logits = model(torch.tensor([prompt + ending])).logits[0].float().log_softmax(-1)
        alone = sum(float(logits[len(prompt) - 1 + place, token]) for place, token in enumerate(ending))
        assert scores[number] == pytest.approx(alone, abs=1e-3)


def test_what_the_model_says_by_itself_is_completed(tiny_model: Path) -> None:
    model, tokenizer = load_causal(tiny_model, torch.float32), load_tokenizer(tiny_model)
    asker = Asker(model, tokenizer)
    tried = 0
    for begun in ("Call", "Write to", "电话", "MRN", "Her name is", "ask for", "7"):
        text, _ = asker._rendered([], "user", begun)
        with torch.inference_mode():
            token = int(model(torch.tensor([asker._ids(text)])).logits[0, -1].argmax())
        said = tokenizer.decode([token])
        if said.strip() != said or asker._ids(said) != [token]:
            continue  # half a character, or a blank
        tried += 1
        assert asker.ask([], "user", begun, [said, f"{said}x"])[0] is True
        assert asker.ask([], "user", begun, [f"~{said}", said])[0] is False
    assert tried
