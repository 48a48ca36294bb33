from __future__ import annotations

import pytest

from studio.cli.doctor import _hubs
from studio.core.workspace import Workspace
from tests.hubs.huggingface import HuggingFace
from tests.hubs.server import serving


def test_each_hub_is_asked_and_a_password_is_not_shown(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    with serving(HuggingFace(tokens=("hf_good_token",))) as standing:
        host = standing.url.removeprefix("http://")
        monkeypatch.setenv("HF_ENDPOINT", f"http://me:secret@{host}")
        monkeypatch.setenv("HF_TOKEN", "hf_good_token")
        found = _hubs(workspace)
        assert found.good
        assert f"Hugging Face ({host}): answers" in found.found.en
        assert "ModelScope (127.0.0.1:9): cannot be reached" in found.found.en
        assert "Hugging Face: token from HF_TOKEN" in found.found.en
        assert "secret" not in found.found.en and "hf_good_token" not in found.found.en
        assert all("hf_good_token" not in item.headers["authorization"] for item in standing.requests)
        monkeypatch.setenv("HF_ENDPOINT", standing.url)
        monkeypatch.setenv("HF_TOKEN", "hf_bad_token")
        found = _hubs(workspace)
        assert not found.good and "models login" in found.mend.en
    found = _hubs(workspace)
    assert not found.good and "models add PATH" in found.mend.en


@pytest.mark.parametrize("endpoint", ["http://mirror.example:port", "http://[::1", "mirror.example"])
def test_an_endpoint_that_is_no_address_cannot_be_reached(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    assert not _hubs(workspace).good
