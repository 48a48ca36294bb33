"""A row as the model sees it: what is shown is what is learned, token by token."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError, UnavailableError
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.models.chat_template import IGNORED, training_row
from studio.models.load import load_tokenizer
from studio.training.encoding import encode
from studio.training.lesson import LessonOptions
from studio.training.token_service import TokenService
from studio.training.token_view import CUT, LEARNED, MOST, SPECIAL, token_view
from tests.training.conftest import questions, silent
from tests.training.test_encoding import long_rows

PLAIN = LessonOptions()
STRANGE = Question(id="s", stem="𠮷野家 é 👩‍⚕️ <|im_end|>\r\n\t药？", gold="鱼精蛋白 🩺 對")


@pytest.mark.parametrize("row", [*questions(), *long_rows()[:3], STRANGE], ids=lambda row: row.id)
def test_what_is_shown_is_what_is_learned(tiny_model: Path, row: Row) -> None:
    tokenizer = load_tokenizer(tiny_model)
    view = token_view(row, tokenizer, 80, PLAIN, 0)
    whole = training_row(tokenizer, row.turns)
    assert whole is not None
    ids = [id for _, ids, _ in view.pieces for id in ids]
    bits = [bits for _, ids, bits in view.pieces for _ in ids]
    assert ids == whole["input_ids"] and view.tokens == len(ids)
    assert "".join(text for text, _, _ in view.pieces) == tokenizer.decode(ids)
    assert [bool(bit & LEARNED) for bit in bits] == [label != IGNORED for label in whole["labels"]]
    [kept] = encode([row], tokenizer, 80).rows
    assert [id for id, bit in zip(ids, bits, strict=True) if not bit & CUT] == kept["input_ids"]
    assert (view.kept, view.kept_learned) == (len(kept["input_ids"]), sum(label != IGNORED for label in kept["labels"]))
    special = {text for text, _, bits in view.pieces if bits & SPECIAL}
    assert special == {"<|im_start|>", "<|im_end|>"}


def test_characters_that_take_several_tokens_stay_whole(tiny_model: Path) -> None:
    pieces = token_view(STRANGE, load_tokenizer(tiny_model), 512, PLAIN, 0).pieces
    assert not any("\ufffd" in text for text, _, _ in pieces)
    [(_, ids, _)] = [piece for piece in pieces if piece[0] == "𠮷"]
    assert len(ids) > 1


def test_of_a_row_beyond_all_measure_both_ends_are_shown(tiny_model: Path) -> None:
    row = Question(id="l", stem="药" * 9000, gold="Protamine.")
    view = token_view(row, load_tokenizer(tiny_model), 512, PLAIN, 0)
    ids = [id for _, ids, _ in view.pieces for id in ids]
    assert view.tokens > MOST == len(ids)
    assert [text for text, ids, _ in view.pieces if not ids] == [f" ⋯ +{view.tokens - MOST:,} ⋯ "]
    assert sum(len(ids) for _, ids, bits in view.pieces if bits & LEARNED) == view.learned


def test_each_fate_is_told(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(tiny_model)
    rows = [questions()[0], *long_rows(), silent()]
    views = [token_view(row, tokenizer, 80, PLAIN, 0) for row in rows]
    assert [view.fate for view in views] == ["whole", "cut", "cut", "cut", "too_long", "no_answer"]
    assert [view.lost_beginning for view in views] == [False, False, True, True, False, False]
    tokenizer.chat_template = "{{ raise_exception('only doctors may ask') }}"
    refused = token_view(rows[0], tokenizer, 80, PLAIN, 0)
    assert refused.fate == "refused" and refused.why is not None and "only doctors may ask" in refused.why.zh
    tokenizer.chat_template = "{% if add_generation_prompt %}x{% endif %}{{ messages[-1].content }}<|im_end|>"
    uncertain = token_view(rows[0], tokenizer, 80, PLAIN, 0).why
    assert uncertain is not None and "not certain" in " ".join(uncertain.en.split())


@pytest.fixture
def service() -> Iterator[TokenService]:
    made = TokenService()
    yield made
    made.close()


def asked(model: Path, **fields: Any) -> dict[str, Any]:
    row = json.loads(questions()[3].model_dump_json())
    return {"model": str(model), "record": "question", "row": row, "max_length": 64, "options": {}, "seed": 1, **fields}


def test_another_process_answers_the_same_and_is_begun_again_when_it_has_ended(
    service: TokenService, tiny_model: Path, tmp_path: Path
) -> None:
    expected = json.loads(json.dumps(token_view(questions()[3], load_tokenizer(tiny_model), 64, PLAIN, 1).dump()))
    ended = service._running()
    ended.kill()
    ended.wait()
    assert service.view(asked(tiny_model)) == expected
    began = time.monotonic()
    assert service.view(asked(tiny_model, options={"answer_style": "letter"}))["fate"] == "whole"
    assert time.monotonic() - began < 2  # warm
    plain = shutil.copytree(tiny_model, tmp_path / "plain")
    config = json.loads((plain / "tokenizer_config.json").read_text())
    config.pop("chat_template", None)
    (plain / "tokenizer_config.json").write_text(json.dumps(config))
    (plain / "chat_template.jinja").unlink(missing_ok=True)
    with pytest.raises(InputError, match="no chat template") as caught:
        service.view(asked(plain))
    assert caught.value.hint is not None and "-Instruct" in caught.value.hint.zh
    with pytest.raises(InputError, match="no row"):
        service.view(asked(tiny_model, row={"id": 1}))


def test_a_worker_that_takes_too_long_is_ended_and_told_of(tiny_model: Path) -> None:
    hasty = TokenService(patience_s=0.05)
    with pytest.raises(UnavailableError, match="does not answer"):
        hasty.view(asked(tiny_model))
    hasty.close()
