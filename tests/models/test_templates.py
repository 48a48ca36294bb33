"""Chat templates by choice: on tokenizers that have none, each teaches an answer and its end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from studio.core.records import Message
from studio.models.chat_template import IGNORED, end_id, prompt_ids, training_row
from studio.models.conversation_template import REFUSES, render, takes_system, thinking
from studio.models.facts import facts_of
from studio.models.templates import TEMPLATES, fitting
from studio.models.tokenizer_files import tokenizer_files
from tests.conftest import CORPUS

TURNS = [
    Message(role="user", content="What reverses heparin?"),
    Message(role="assistant", content="Protamine sulfate."),
    Message(role="user", content="肝素过量用什么拮抗？"),
    Message(role="assistant", content="鱼精蛋白。"),
]


@pytest.fixture(scope="module")
def mistral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer like that of Mistral-7B-v0.1: blanks are letters, bytes the last resort, `<s>`, `</s>`, no template."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers

    folder = tmp_path_factory.mktemp("mistral")
    special = ["<unk>", "<s>", "</s>"]
    backend = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    letters = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=[*special, *letters], show_progress=False)
    backend.train_from_iterator([CORPUS] * 4, trainer)
    backend.add_special_tokens([AddedToken(text, special=True) for text in special])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>", add_bos_token=True
    )
    tokenizer.save_pretrained(folder)
    return folder


def with_tokens(tiny_model: Path, folder: Path, *tokens: str) -> Path:
    """The tiny model's tokenizer with more control tokens and no template."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.add_special_tokens({"additional_special_tokens": list(tokens)})
    tokenizer.chat_template = None
    tokenizer.save_pretrained(folder)
    return folder


def learned(tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """The runs of learned tokens in a conversation."""
    row = training_row(tokenizer, TURNS)
    assert row is not None
    assert row["input_ids"][: len(prompt_ids(tokenizer, TURNS[:1]))] == prompt_ids(tokenizer, TURNS[:1])
    spans: list[list[int]] = [[]]
    for label in row["labels"]:
        if label != IGNORED:
            spans[-1].append(label)
        elif spans[-1]:
            spans.append([])
    return [span for span in spans if span]


@pytest.mark.parametrize("name", TEMPLATES.names())
def test_each_teaches_both_answers_and_their_end(tiny_model: Path, tmp_path: Path, name: str) -> None:
    template = TEMPLATES.load(name)
    folder = with_tokens(tiny_model, tmp_path / "tokenizer", *template.tokens)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = template.source
    end = end_id(tokenizer)
    assert end is not None and template.lacking(tokenizer_files(folder)) == []
    for span, turn in zip(learned(tokenizer), TURNS[1::2], strict=True):
        assert span[-1] == end
        assert tokenizer.decode(span[:-1]).strip() == turn.content


@pytest.mark.parametrize("name", TEMPLATES.names())
def test_each_is_written_as_transformers_writes_it(mistral: Path, name: str) -> None:
    tokenizer, files = AutoTokenizer.from_pretrained(mistral), tokenizer_files(mistral)
    source = TEMPLATES.load(name).source
    system = Message(role="system", content="Be brief.")
    for turns in (TURNS, [system, *TURNS], TURNS[:1]):
        for prompt in (True, False):
            asked = [turn.model_dump() for turn in turns]
            theirs = tokenizer.apply_chat_template(
                asked, chat_template=source, add_generation_prompt=prompt, tokenize=False
            )
            assert render(source, turns, files.names, prompt) == theirs
    assert takes_system(source, files.names)


def test_a_mistral_base_learns_where_to_stop(mistral: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(mistral)
    assert fitting(tokenizer_files(mistral)) == ["alpaca", "mistral", "zephyr"]
    tokenizer.chat_template = TEMPLATES.load("mistral").source
    spans = learned(tokenizer)
    assert [span[-1] for span in spans] == [tokenizer.eos_token_id] * 2
    assert [tokenizer.decode(span[:-1]).strip() for span in spans] == [turn.content for turn in TURNS[1::2]]
    assert prompt_ids(tokenizer, TURNS[:1])[0] == tokenizer.bos_token_id
    assert TEMPLATES.load("llama3").lacking(tokenizer_files(mistral)) == list(TEMPLATES.load("llama3").tokens)


def test_smollm2s_own_is_the_one_of_its_name(smollm2: Path) -> None:
    own, names = facts_of(smollm2).template, tokenizer_files(smollm2).names
    for turns in (TURNS, [Message(role="system", content="Be brief."), *TURNS[:2]]):
        assert render(own, turns, names, prompt=True) == render(
            TEMPLATES.load("smollm2").source, turns, names, prompt=True
        )


def test_a_template_that_raises_is_no_crash(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    for broken in ("{{ raise_exception('no') }}", "{% if", "{{ messages[9].content + 1 }}", "{{ 1 / 0 }}"):
        (folder / "chat_template.jinja").write_text(broken)
        facts = facts_of(folder)
        assert (facts.end, facts.thinks, facts.takes_system) == ("", "never", False)
        with pytest.raises(REFUSES):
            render(broken, TURNS, {}, prompt=True)
    assert thinking("{{ messages[0].content }}", {}) == "never"
