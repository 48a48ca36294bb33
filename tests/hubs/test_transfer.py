"""Loading from stand-ins of both hubs: whole, from where it broke off, with the right bytes, with room for it."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest

from studio.core import space
from studio.core.errors import StudioError, UnavailableError
from studio.core.reporter import Silent, Stopped
from studio.core.text import Text
from studio.hubs.base import HubListing, Repository, is_safe
from studio.hubs.reach import ask
from studio.hubs.transfer import load, missing_bytes
from tests.hubs.conftest import FILES, WEIGHTS
from tests.hubs.huggingface import SHA, HuggingFace
from tests.hubs.modelscope import ModelScope
from tests.hubs.server import StandIn

_ASKED = Repository("owner/name")
_SAFE = {name: data for name, data in FILES.items() if is_safe(name)}


class Told(Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.counts: list[tuple[int, int, str]] = []
        self.said: list[Text] = []

    def progress(self, done: int, total: int, unit: str, saved: int | None = None) -> None:
        self.counts.append((done, total, unit))

    def notice(self, text: Text) -> None:
        self.said.append(text)

    def stage(self, name: str, text: Text) -> None:
        self.said.append(text)


@pytest.fixture(params=["huggingface", "modelscope"])
def hub(request: pytest.FixtureRequest, huggingface: HuggingFace, modelscope: ModelScope) -> tuple[str, StandIn]:
    """Each hub by its name, with its stand-in."""
    standing: dict[str, StandIn] = {"huggingface": huggingface, "modelscope": modelscope}
    return request.param, standing[request.param]


def _load(name: str, folder: Path, report: Silent | None = None) -> HubListing:
    listing = ask(_ASKED, name, Silent())
    load(name, _ASKED, listing.files, folder, report or Silent())
    return listing


def _held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_a_hub_has_is_loaded_and_nothing_leaves_the_folder(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    told = Told()
    listing = _load(hub[0], tmp_path / "in" / "it", told)
    assert _held(tmp_path / "in") == {f"it/{name}": data for name, data in _SAFE.items()}
    total = sum(map(len, _SAFE.values()))
    assert told.counts[-1][1:] == (total, "bytes")
    assert listing.revision.startswith(SHA if hub[0] == "huggingface" else "master+")
    asked = len(hub[1].asked)
    load(hub[0], _ASKED, listing.files, tmp_path / "in" / "it", Silent())
    assert len(hub[1].asked) == asked, "what is whole is not loaded again"


def test_a_cut_is_gone_on_from(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    hub[1].cuts, hub[1].cut_at = 3, 90_000
    _load(hub[0], tmp_path)
    assert _held(tmp_path) == _SAFE
    ranges = [item.headers["range"] for item in hub[1].requests if "range" in item.headers]
    assert ranges == ["bytes=90000-", "bytes=180000-", "bytes=270000-"]


def test_what_breaks_off_for_good_is_kept_and_gone_on_from_later(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    hub[1].cuts, hub[1].cut_at, hub[1].ranges = 99, 0, False
    (tmp_path / "model.safetensors.part").write_bytes(WEIGHTS[:200_000])
    with pytest.raises(UnavailableError) as caught:
        _load(hub[0], tmp_path)
    assert "broke off again and again while owner/name" in caught.value.to("en")
    assert "goes on where it broke off" in caught.value.to("en")
    hub[1].cuts, hub[1].ranges = 0, True
    (tmp_path / "model.safetensors.part").write_bytes(WEIGHTS[:200_000])
    assert missing_bytes(ask(_ASKED, hub[0], Silent()).files, tmp_path) < 150_000
    _load(hub[0], tmp_path)
    assert _held(tmp_path) == _SAFE
    assert "bytes=200000-" in [item.headers.get("range") for item in hub[1].requests]


def test_a_server_without_ranges_gives_it_all_again(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    hub[1].cuts, hub[1].ranges = 1, False
    told = Told()
    _load(hub[0], tmp_path, told)
    assert _held(tmp_path) == _SAFE
    assert told.counts[-1][0] <= told.counts[-1][1]


def test_wrong_bytes_are_loaded_again_once_and_then_refused(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    hub[1].files = {"model.safetensors": WEIGHTS}
    hub[1].wrong = 1
    _load(hub[0], tmp_path)
    assert _held(tmp_path) == {"model.safetensors": WEIGHTS}
    shutil.rmtree(tmp_path)
    hub[1].wrong, before = 99, len(hub[1].asked)
    with pytest.raises(UnavailableError, match=r"model\.safetensors of owner/name came twice with another content"):
        _load(hub[0], tmp_path)
    assert _held(tmp_path) == {}
    assert sum(item.method == "GET" and not item.path.startswith("/api/models") and "/files" not in item.path for item in hub[1].requests[before:]) == 2  # fmt: skip


def test_part_of_another_file_is_found_out(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.part").write_bytes(b"x" * 200_000)
    _load(hub[0], tmp_path)
    assert _held(tmp_path) == _SAFE


def test_it_waits_where_the_hub_asks_to(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    hub[1].busy, hub[1].retry_after = 1, "1"
    began = time.monotonic()
    _load(hub[0], tmp_path)
    assert time.monotonic() - began >= 1
    assert _held(tmp_path) == _SAFE


def test_a_stop_is_heard_while_the_hub_says_nothing(hub: tuple[str, StandIn], tmp_path: Path) -> None:
    class Stopping(Silent):
        def check_stop(self) -> None:
            if any(
                item.method == "GET" and ("/resolve/" in item.path or "FilePath" in item.query)
                for item in hub[1].requests
            ):
                raise Stopped

    hub[1].stalls = True
    began = time.monotonic()
    with pytest.raises(Stopped):
        _load(hub[0], tmp_path, Stopping())
    assert time.monotonic() - began < 5


def test_room_is_looked_for_first_and_a_disk_that_fills_is_told(
    hub: tuple[str, StandIn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5 * 10**6))
    with pytest.raises(UnavailableError) as caught:
        space.require_room(tmp_path / "not" / "yet", 3 * 10**9, "owner/name")
    assert f"no room for owner/name: 3.3 GB needed, 5 MB free where {tmp_path}/not/yet is" in caught.value.to("en")
    assert "需要 3.3 GB" in caught.value.to("zh")
    (tmp_path / "model.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(UnavailableError, match="no room for owner/name"):
        _load(hub[0], tmp_path)


def test_a_hub_does_not_lead_where_nothing_is_asked(huggingface: HuggingFace, tmp_path: Path) -> None:
    huggingface.leads = "ftp://mirror.example/x"
    with pytest.raises(StudioError) as caught:
        _load("huggingface", tmp_path)
    assert "leads where the studio does not follow (no http or https address)" in caught.value.to("en")
    assert _held(tmp_path) == {}


def test_a_token_does_not_follow_to_another_host(huggingface: HuggingFace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from tests.hubs.server import serving

    monkeypatch.setenv("HF_TOKEN", "hf_good_token")
    with serving(HuggingFace(tokens=("hf_good_token",))) as store:
        huggingface.leads = f"{store.url.replace('127.0.0.1', 'localhost')}/owner/name/resolve/{SHA}/x"
        with pytest.raises(StudioError):
            _load("huggingface", tmp_path)
        assert store.requests and all(not item.token for item in store.requests)
    assert all(item.token == "hf_good_token" for item in huggingface.requests)
