"""The page as a process: both languages, light, and beside the endpoint."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.workspace import Workspace
from studio.ui import frame, routes, scripts, stylesheet
from studio.ui.context import Context
from studio.ui.tabs import tabs
from tests.ui.conftest import Studio

HEAVY = ("libtorch", "_C.cpython", "faiss", "/transformers/", "/trl/")


def test_tabs_stand_in_order_with_a_title_in_both_languages() -> None:
    found = tabs()
    assert list(found) == [
        "home",
        "data",
        "leaks",
        "train",
        "knowledge",
        "evaluate",
        "probe",
        "chat",
        "models",
        "compare",
        "runs",
    ]
    assert [tab.title.zh for tab in found.values()] == [
        "首页",
        "数据",
        "泄漏检查",
        "训练",
        "知识库",
        "评测",
        "隐私探测",
        "对话",
        "模型",
        "对比",
        "运行",
    ]


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
    for answer, base in ((chinese, "studio"), (english, "../studio")):  # not seconds later, when Gradio has begun
        head = answer.text.partition("window.gradio_config")[0]
        assert f'<script type="module" src="{base}/assets/{scripts.edition()}/{scripts.LINKED}">' in head
        assert "<title>MedQA Studio</title>" in head
    packed = [answer.headers for answer in (english, home)]
    assert [headers["content-encoding"] for headers in packed] == ["gzip", "gzip"]
    assert len(english.text) > 5 * int(packed[0]["content-length"])
    assert studio.process is not None
    process = psutil.Process(studio.process.pid)
    loaded = {Path(area.path).as_posix() for area in process.memory_maps()}
    assert not [path for path in loaded if any(heavy in path for heavy in HEAVY)]
    assert process.memory_info().rss < 400 * 2**20


def test_nothing_of_a_form_is_shown_before_it_is_restored(en: Context) -> None:
    head = frame.head(en)
    for name, selector in (("chat", ".chat"), ("train", "#form-train"), ("evaluate", "#form-evaluate")):
        assert f"body:not(.ready-{name}) {selector}>*{{visibility:hidden}}" in head
    assert "&lt;" not in head


@pytest.mark.parametrize(
    "outside", ["fonts.googleapis.com", "cdn.jsdelivr.net", "cdnjs.cloudflare.com", "huggingface.co"]
)
def test_the_page_loads_nothing_from_elsewhere(en: Context, zh: Context, outside: str) -> None:
    loaded = [
        stylesheet.css(),
        frame.head(en),
        frame.head(zh),
        *(path.read_text() for path in scripts.modules().values()),
    ]
    assert outside not in "".join(loaded)


def test_modules_may_be_kept_and_nothing_else_lies_there(workspace: Workspace) -> None:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client = TestClient(app)
    for name in (scripts.LINKED, "main.js"):
        script = client.get(f"/studio/assets/{scripts.edition()}/{name}")
        assert script.headers["content-type"].startswith("text/javascript")
        assert "immutable" in script.headers["cache-control"]
    assert scripts.LINKED not in scripts.modules()
    old = client.get("/studio/assets/0/parts.js")
    assert old.status_code == 200 and old.headers["cache-control"] == "no-store", "a page of before goes on"
    library = client.get(f"/studio/assets/{scripts.edition()}/vendor/tus.min.js")
    assert library.status_code == 200 and "immutable" in library.headers["cache-control"]
    assert "vendor" not in scripts.tags("studio/"), "loaded when first needed"
    assert client.get("/studio/assets/0/vendor/uPlot.min.css").headers["content-type"].startswith("text/css")
    for name in (
        "vendor/main.js",
        "vendor/..%2Fmain.js",
        "vendor/uPlot.LICENSE.txt",
        "tus.min.js",
        "..%2Finputs.js",
        "inputs.js",
        "main.py",
        "%2e%2e%2f%2e%2e%2fpage.py",
    ):
        assert client.get(f"/studio/assets/0/{name}").status_code == 404


def test_every_style_sheet_is_served_with_its_selectors_whole_and_above_gradios() -> None:
    files = {path.stem for path in (scripts.ASSETS / "css").glob("*.css")}
    assert files == set(stylesheet.FILES)
    css = stylesheet.css()
    assert ":root:root:root .runs :is(th, td):not(.pick, .long, .keep, :nth-child(-n + 2)){" in css, (
        "in a narrow window"
    )
    assert "@keyframes pulse" in css and "\n.act{" not in css
