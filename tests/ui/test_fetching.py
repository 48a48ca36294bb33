"""What stands above the listing of models: fetches under way, and the state of tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.text import Text
from studio.hubs import accounts
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.ui.context import Context
from studio.ui.parts import fetching
from studio.ui.secret_routes import router
from tests.hubs.huggingface import HuggingFace
from tests.hubs.server import serving

_HEADERS = {"X-Studio": "page"}


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for name in ("HF_TOKEN", "MODELSCOPE_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_tokens_are_shown_by_their_state_alone_in_both_languages(en: Context, zh: Context) -> None:
    before = fetching.version(en, {})
    assert "Hugging Face: no token; ModelScope: no token" in fetching.render(en, {})["tokens"]
    assert "Hugging Face：没有令牌；魔搭 ModelScope：没有令牌" in fetching.render(zh, {})["tokens"]
    accounts.keep("huggingface", "hf_good_token")
    assert fetching.version(en, {}) != before
    shown = fetching.render(zh, {})["tokens"]
    assert "Hugging Face：已保存令牌" in shown and 'data-post="token/huggingface/remove"' in shown
    assert "hf_good_token" not in shown


def test_a_fetch_under_way_shows_how_far_it_is(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("fetch", name="tiny", model="owner/tiny")
    EventLog(run.events_file).stage("download", Text("Fetching owner/tiny", "正在获取 owner/tiny"))
    EventLog(run.events_file).progress(1_500_000, 6_000_000, "bytes")
    shown = fetching.render(en, {})["fetches"]
    assert "1.5 MB / 6 MB" in shown and f"run/{run.id}/" in shown
    assert "tiny" in fetching.render(zh, {})["fetches"]


def test_the_routes_keep_a_token_and_never_give_one_back(en: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    app.include_router(router(en.workspace))
    with serving(HuggingFace(tokens=("hf_good_token",))) as hub, TestClient(app) as client:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        given = {"lang": "en", "token": "hf_good_token"}
        assert client.post("/token/huggingface", json=given).status_code == 403
        answer = client.post("/token/huggingface", json=given, headers=_HEADERS)
        assert answer.status_code == 200 and "dr-li" in answer.text
        for name, token in [("huggingface", "hf_bad_token"), ("nowhere", "hf_bad_token"), ("huggingface", "x" * 9_000)]:
            refused = client.post(f"/token/{name}", json={"lang": "zh", "token": token}, headers=_HEADERS)
            assert refused.status_code == 400 and token not in refused.text
        assert accounts.token_of("huggingface") == "hf_good_token"
        assert "hf_good_token" not in answer.text
        assert client.post("/token/huggingface/remove", headers=_HEADERS).status_code == 200
    assert accounts.token_of("huggingface") == ""
