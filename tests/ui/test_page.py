"""The page as a process: both languages, light, and beside the endpoint."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil
import pytest

from studio.ui.tabs import tabs
from tests.ui.conftest import Studio

HEAVY = ("libtorch", "_C.cpython", "faiss", "/transformers/", "/trl/")


def test_tabs_stand_in_order_with_a_title_in_both_languages() -> None:
    found = tabs()
    assert list(found) == ["home", "data", "train", "knowledge", "evaluate", "chat", "runs"]
    assert [tab.title.zh for tab in found.values()] == ["首页", "数据", "训练", "知识库", "评测", "对话", "运行"]


def test_the_page_answers_in_both_languages_and_keeps_light(studio: Studio) -> None:
    studio.start()
    chinese, english = httpx.get(studio.url), httpx.get(f"{studio.url}en/")
    assert "用这些题目微调模型" in chinese.text
    assert "fine-tune a model on them" in english.text
    assert httpx.get(f"{studio.url}en", follow_redirects=True).url.path == "/en/"
    assert httpx.get(f"{studio.url}healthz").status_code == 200
    assert httpx.get(f"{studio.url}v1/none").json()["error"]
    home = httpx.post(f"{studio.url}studio/parts", json={"lang": "en", "parts": [{"name": "home"}]})
    assert home.json()["parts"][0]["slices"]
    packed = [answer.headers for answer in (english, home)]
    assert [headers["content-encoding"] for headers in packed] == ["gzip", "gzip"]
    assert len(english.text) > 5 * int(packed[0]["content-length"])
    assert studio.process is not None
    process = psutil.Process(studio.process.pid)
    loaded = {Path(area.path).as_posix() for area in process.memory_maps()}
    assert not [path for path in loaded if any(heavy in path for heavy in HEAVY)]
    assert process.memory_info().rss < 400 * 2**20


@pytest.mark.parametrize(
    "outside", ["fonts.googleapis.com", "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "huggingface.co"]
)
def test_the_page_loads_nothing_from_elsewhere(outside: str) -> None:
    from studio.ui import frame, theme

    assert outside not in theme.css() + frame.head("en") + frame.head("zh")
