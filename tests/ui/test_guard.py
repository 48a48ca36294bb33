"""A piece of the page that fails says so in its place, and the rest stays alive."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.workspace import Workspace
from studio.ui import routes
from studio.ui.context import Context
from studio.ui.guard import guarded
from studio.ui.parts.base import Part


def broken(*asked: object) -> str:
    raise ValueError("<b>three</b> & more")


def test_a_part_that_raises_takes_no_other_with_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("studio.ui.parts.demo.PART", Part(broken, broken))
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client = TestClient(app)

    def look(have: str = "") -> list[dict[str, dict[str, str]]]:
        asked = [{"name": "demo", "have": have}, {"name": "home"}, {"name": "no such part"}]
        parts: list[dict[str, dict[str, str]]] = client.post("/studio/parts", json={"lang": "en", "parts": asked}).json()["parts"]  # fmt: skip
        return parts

    with caplog.at_level(logging.ERROR):
        demo, home, unknown = look()
    assert "cannot be shown (ValueError: &lt;b&gt;three" in demo["slices"]["failed"]
    assert "machine" in home["slices"] and "not" not in home["slices"]
    assert "there is no" in unknown["slices"]["failed"]
    assert "part demo cannot be shown" in caplog.text and "three" in caplog.text
    caplog.clear()
    look(have="failed")
    assert caplog.text == "", "once is enough"


def test_a_tab_that_cannot_be_built_is_a_message(zh: Context) -> None:
    said = guarded(zh, "tab mine", broken, str)
    assert "页面的这一部分无法显示" in said and "<b>three" not in said
