"""The Models tab with a hub that stands in: a model by its id, with total and time left, cancelled; a token given and removed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from studio.hubs import accounts
from studio.runs.store import RunStore
from tests.hubs.huggingface import HuggingFace
from tests.hubs.server import serving
from tests.ui.conftest import Studio, until

_TOKEN = "hf_good_token_of_dr_li"


def _files(megabytes: int) -> dict[str, bytes]:
    size = megabytes * 10**6
    header = json.dumps({"weight": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + os.urandom(size)
    return {"config.json": b'{"model_type": "qwen2"}', "model.safetensors": weights}


def test_a_model_is_fetched_with_total_and_time_left_and_another_cancelled(
    studio: Studio, browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with serving(HuggingFace(_files(6), tokens=(_TOKEN,), slow_s=0.05)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        studio.start()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{studio.url}en/#models")
        page.locator("#fetch-id").fill("Owner/Slow-Model")
        page.locator("#fetch-id").press("Enter")
        going = page.locator(".fetching")
        expect(going).to_contain_text(re.compile(r"MB / 6 MB · .*[KM]B/s"))
        expect(going).to_contain_text("left")
        if folder := os.environ.get("STUDIO_SHOTS"):
            page.screenshot(path=f"{folder}/models.png")
        expect(page.locator("tr", has_text="slow-model")).to_be_visible(timeout=30_000)
        expect(going).to_have_count(0)
        assert (studio.workspace.models / "slow-model" / "model.safetensors").read_bytes() == hub.files[
            "model.safetensors"
        ]

        hub.slow_s = 0.5
        page.locator("#fetch-id").fill("Owner/Other")
        page.locator("#fetch-id").press("Enter")
        expect(going).to_contain_text("6 MB")
        going.get_by_role("button", name="Stop").click()
        page.locator("dialog .act").last.click()
        until(lambda: RunStore(studio.workspace).entries("fetch")[0].ended_as == "stopped")
        expect(going).to_have_count(0)

        page.locator(".tokens summary").click()
        page.locator("#token-huggingface").fill(_TOKEN)
        page.locator("#token-huggingface").press("Enter")
        expect(page.locator(".toast")).to_contain_text("dr-li")
        expect(page.locator(".tokens summary")).to_contain_text("token kept here")
        assert accounts.token_of("huggingface") == _TOKEN
        if folder := os.environ.get("STUDIO_SHOTS"):
            page.set_viewport_size({"width": 400, "height": 900})
            page.screenshot(path=f"{folder}/models-400.png")
        shown = httpx.post(
            f"{studio.url}studio/parts", json={"lang": "en", "parts": [{"name": "fetching"}, {"name": "listing", "query": {"listing": "models"}}]}
        )  # fmt: skip
        assert shown.status_code == 200 and _TOKEN not in shown.text and _TOKEN not in page.content()
        hub.gated = True
        page.locator("#fetch-id").fill("Owner/Gated")
        page.locator("#fetch-id").press("Enter")
        expect(going).to_contain_text("https://huggingface.co/Owner/Gated")
        page.locator(".tokens [data-post]").click()
        page.locator("dialog .act").last.click()
        expect(page.locator(".tokens summary")).not_to_contain_text("token kept here")
        assert accounts.token_of("huggingface") == ""
        page.close()
    written = [path for path in studio.workspace.root.rglob("*") if path.is_file()]
    assert written and all(_TOKEN.encode() not in path.read_bytes() for path in written)
