"""Tokens: kept for their user alone, checked with their hub, and found nowhere else."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest

from studio.cli import main
from studio.core.errors import InputError, UnavailableError
from studio.hubs import accounts, signing
from tests.hubs.huggingface import HuggingFace
from tests.hubs.modelscope import ModelScope


def _studio(monkeypatch: pytest.MonkeyPatch, *arguments: str, said: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["studio", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_token_is_kept_for_its_user_alone(huggingface: HuggingFace, tmp_path: Path) -> None:
    told = signing.sign_in("huggingface", " hf_good_token\n")
    assert "knows it as dr-li" in told.en
    place = tmp_path / "config" / "tokens.json"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert (accounts.token_of("huggingface"), accounts.origin_of("huggingface")) == ("hf_good_token", "kept")
    assert accounts.token_of("modelscope") == ""
    assert signing.sign_out("huggingface").en == "the token of Hugging Face is removed"
    assert accounts.token_of("huggingface") == ""
    assert "hf_good_token" not in place.read_text()


def test_what_the_hub_does_not_accept_is_not_kept(huggingface: HuggingFace, modelscope: ModelScope) -> None:
    with pytest.raises(UnavailableError) as caught:
        signing.sign_in("huggingface", "hf_bad_token")
    assert "hf_bad_token" not in caught.value.to("en")
    assert accounts.token_of("huggingface") == ""
    assert "dr-wang" in signing.sign_in("modelscope", "ms_good_token").zh


def test_a_hub_that_is_away_does_not_keep_one_from_signing_in() -> None:
    assert "could not be asked" in signing.sign_in("huggingface", "hf_good_token").en
    assert accounts.token_of("huggingface") == "hf_good_token"


@pytest.mark.parametrize("given", ["", "short", "hf with blanks in it", "hf_中文令牌令牌", "x" * 600, "a\nb_c_d_e_f"])
def test_what_can_be_no_token_is_not_repeated(given: str) -> None:
    with pytest.raises(InputError) as caught:
        signing.sign_in("huggingface", given)
    assert not given or given not in caught.value.to("en")


def test_where_a_token_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("hf_of_the_client\n")
    assert signing.state("huggingface").en == "token of Hugging Face's own login"
    accounts.keep("huggingface", "hf_kept_here")
    assert (accounts.token_of("huggingface"), signing.state("huggingface").en) == ("hf_kept_here", "token kept here")
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_shell")
    assert (accounts.token_of("huggingface"), signing.state("huggingface").en) == (
        "hf_of_the_shell",
        "token from HF_TOKEN",
    )
    assert "still there: token from HF_TOKEN" in signing.sign_out("huggingface").en
    assert signing.state("modelscope").en == "no token"
    with pytest.raises(InputError, match="there is no account 'mirror'; accepted: huggingface, modelscope"):
        accounts.account("mirror")


def test_the_commands_read_it_from_standard_input(
    huggingface: HuggingFace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _studio(monkeypatch, "models", "login", "huggingface", said="hf_good_token\n") == 0
    assert _studio(monkeypatch, "models", "login", "huggingface", "hf_good_token") == 2, "never from the command line"
    printed = capsys.readouterr()
    assert "hf_good_token" not in printed.out
    assert "knows it as dr-li" in printed.out
    assert _studio(monkeypatch, "models", "logout", "huggingface") == 0
    assert accounts.token_of("huggingface") == ""


def test_doctor_says_what_each_hub_answers_and_whether_there_is_a_token(
    huggingface: HuggingFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signing.answer_of("huggingface").there and not signing.answer_of("modelscope").there
    monkeypatch.setenv("HF_TOKEN", "hf_good_token")
    assert signing.answer_of("huggingface").said.en.startswith("answers in ")
    monkeypatch.setenv("HF_TOKEN", "hf_bad_token")
    answer = signing.answer_of("huggingface")
    assert (answer.there, answer.token_refused, answer.said.en) == (True, True, "does not accept your token")
