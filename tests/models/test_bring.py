"""What comes from hubs in other forms, with its base, and from this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from studio.core import recipe as recipes
from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.modelcard import CARD, fetched, find_model_folder
from studio.core.reporter import Silent
from studio.core.workspace import Workspace
from studio.hubs.base import HubFile
from studio.models import local
from studio.models.fetch import fetch
from studio.models.folder import base_of, check_folder
from studio.models.kinds.fetch import check
from studio.models.load import load_causal
from studio.models.parts import parts_of
from studio.models.recipe import FetchRecipe
from studio.runs.job import Termination
from studio.runs.launch import prepare
from studio.runs.recipes import check_whole
from studio.runs.references import resolve_all
from studio.runs.removal import remove_model
from studio.runs.view import view
from studio.runs.work import perform
from tests.hubs.huggingface import SHA, HuggingFace
from tests.hubs.server import serving
from tests.hubs.test_transfer import Told


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> Iterator[HuggingFace]:
    """A hub that has the tiny model under every id."""
    files = {path.name: path.read_bytes() for path in tiny_model.iterdir()}
    with serving(HuggingFace(files, card={"license": "apache-2.0"})) as standing:
        monkeypatch.setenv("HF_ENDPOINT", standing.url)
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
        yield standing


@pytest.fixture
def pickled(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model with its weights as two pickles, the embedding shared by two names."""
    folder = tmp_path / "Pickled"
    shutil.copytree(tiny_model, folder)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    shared = weights["model.embed_tokens.weight"]
    names = sorted(weights)
    halves = [{name: weights[name] for name in names[:5]}, {name: weights[name] for name in names[5:]}]
    halves[0] |= {"model.embed_tokens.weight": shared, "lm_head.weight": shared}
    halves[1].pop("model.embed_tokens.weight", None)
    for number, half in enumerate(halves, 1):
        torch.save(half, folder / f"pytorch_model-0000{number}-of-00002.bin")
    (folder / "pytorch_model.bin.index.json").write_text("{}")
    return folder


def _files(*paths: str) -> list[HubFile]:
    return [HubFile(path, 10, "") for path in paths]


def test_which_files_make_a_model() -> None:
    beside = ("config.json", "tokenizer.json", "1_Pooling/config.json", "README.md", "LICENSE")
    other = ("onnx/model.onnx", "onnx/config.json", "pytorch_model.bin", "consolidated.safetensors", "original/x.safetensors", "run.py")  # fmt: skip
    index = "model.safetensors.index.json"
    weights = ("model-1.safetensors", "2_Dense/model.safetensors")
    found = parts_of("a/b", _files(*beside, *other, *weights, index, "pytorch_model.bin.index.json"))
    assert {file.path for file in found.files} == {*beside, *weights, index}
    assert (found.pickled, found.extra) == (False, 0)
    found = parts_of("a/b", _files("config.json", "pytorch_model.bin", "training_args.bin"))
    assert ([file.path for file in found.files], found.pickled, found.extra) == (["config.json", "pytorch_model.bin"], True, 10)  # fmt: skip
    with pytest.raises(InputError, match=r"a/b holds GGUF files alone; say which: b-Q4\.gguf, b-Q8\.gguf"):
        parts_of("a/b", _files("config.json", "b-Q4.gguf", "b-Q8.gguf"))
    with pytest.raises(InputError, match=r"no weights that are read here; .* it has: \.h5, \.json"):
        parts_of("a/b", _files("config.json", "model.h5"))


def test_a_model_comes_with_total_hub_revision_and_licence(workspace: Workspace, hub: HuggingFace) -> None:
    told = Told()
    folder = fetch(workspace, "Owner/Tiny", "auto", told)
    card = read_json(folder / CARD) or {}
    assert (card["source"], card["revision"], card["licence"]) == ("huggingface", SHA, "apache-2.0")
    assert told.counts[-1][0] == told.counts[-1][1] == sum(map(len, hub.files.values()))
    assert any("files, " in text.en and "free" in text.en for text in told.said)
    assert list((workspace.models / ".partial").iterdir()) == []


def test_pickled_weights_become_safetensors(
    workspace: Workspace, hub: HuggingFace, pickled: Path, tiny_model: Path
) -> None:
    hub.files = {path.name: path.read_bytes() for path in pickled.iterdir()}
    folder = fetch(workspace, "owner/pickled", "auto", Silent())
    assert not list(folder.glob("pytorch_model*"))
    assert len(list(folder.glob("model-0000*.safetensors"))) == 2
    mine, theirs = load_causal(folder).state_dict(), load_causal(tiny_model).state_dict()
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_a_pickle_that_would_run_something_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    ran, evil = tmp_path / "ran", tmp_path / "evil"
    evil.mkdir()
    (evil / "config.json").write_text("{}")
    (evil / "pytorch_model.bin").write_bytes(b"cposix\nsystem\n(S'touch " + str(ran).encode() + b"'\ntR.")
    with pytest.raises(InputError, match="cannot be converted to safetensors"):
        fetch(workspace, str(evil), "auto", Silent())
    assert not ran.exists()
    assert fetched(workspace) == []
    assert [path.name for path in workspace.models.iterdir()] == []
    assert (evil / "pytorch_model.bin").is_file(), "what is somebody's stays as it is"


def test_an_adapter_comes_with_its_base(workspace: Workspace, hub: HuggingFace, tiny_model: Path) -> None:
    config = {"base_model_name_or_path": "Owner/Tiny", "peft_type": "LORA", "r": 4}
    weights = tiny_model / "model.safetensors"

    class Two(HuggingFace):
        def _file(self, asked):  # type: ignore[no-untyped-def]
            self.files = adapter if "adapter" in asked.path.split("/")[2] else base
            return super()._file(asked)

        def answer(self, asked):  # type: ignore[no-untyped-def]
            self.files = adapter if "/adapter/" in asked.path else base
            return super().answer(asked)

    base = dict(hub.files)
    adapter = {"adapter_config.json": json.dumps(config).encode(), "adapter_model.safetensors": weights.read_bytes()}
    with serving(Two()) as standing, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", standing.url)
        told = Told()
        folder = fetch(workspace, "owner/adapter", "auto", told)
    assert "Its base is fetched as well: Owner/Tiny" in [text.en for text in told.said]
    assert base_of(workspace, folder).path == find_model_folder(workspace, "owner/tiny")
    assert {path.name for path in fetched(workspace)} == {"adapter", "tiny"}


def test_an_adapter_whose_base_cannot_be_had_stays_and_says_so(workspace: Workspace, hub: HuggingFace, tiny_model: Path) -> None:  # fmt: skip
    config = {"base_model_name_or_path": "/home/somebody/llama"}
    hub.files = {
        "adapter_config.json": json.dumps(config).encode(),
        "adapter_model.safetensors": (tiny_model / "model.safetensors").read_bytes(),
    }
    told = Told()
    folder = fetch(workspace, "owner/lonely", "auto", told)
    assert any("its base model is not here: /home/somebody/llama" in text.en for text in told.said)
    with pytest.raises(InputError, match="the base model of this adapter is not here"):
        base_of(workspace, folder)


def test_a_folder_is_linked_to_and_its_removal_leaves_it(
    workspace: Workspace, tiny_model: Path, tmp_path: Path
) -> None:
    owned = tmp_path / "Qwen Tiny"
    shutil.copytree(tiny_model, owned)
    folder = local.add(workspace, str(owned), Silent())
    assert folder == workspace.models / "qwen-tiny" and folder.is_symlink()
    assert local.add(workspace, str(owned), Silent()) == folder, "once more is the same"
    assert not (owned / CARD).exists()
    check_folder(folder)
    with pytest.raises(InputError, match="there is a model 'qwen-tiny' already"):
        local.add(workspace, str(tiny_model), Silent(), name="qwen-tiny")
    copied = local.add(workspace, str(owned), Silent(), name="mine", copy=True)
    assert not copied.is_symlink() and (copied / "model.safetensors").is_file()
    remove_model(workspace, "qwen-tiny")
    assert (owned / "model.safetensors").is_file() and not folder.exists()


def test_a_clients_cache_is_looked_into(workspace: Workspace, tiny_model: Path, tmp_path: Path) -> None:
    cache = tmp_path / "models--owner--tiny"
    shutil.copytree(tiny_model, cache / "snapshots" / SHA)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(SHA)
    assert local.add(workspace, str(cache), Silent(), name="tiny").resolve() == cache / "snapshots" / SHA


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("./nowhere", "there is no file or folder './nowhere'"),
        ("./a.txt", "this file is no model"),
        ("./two", "several GGUF files; name one: a.gguf, b.gguf"),
        ("./none", "config.json is missing"),
        ("./bad.gguf", "this is no GGUF file"),
    ],
)
def test_what_is_no_model_here(given: str, said: str, workspace: Workspace) -> None:
    (workspace.root / "a.txt").write_text("x")
    (workspace.root / "none").mkdir()
    (workspace.root / "two").mkdir()
    for name in ("two/a.gguf", "two/b.gguf", "bad.gguf"):
        (workspace.root / name).write_bytes(b"no GGUF")
    with pytest.raises(InputError) as caught:
        fetch(workspace, given, "auto", Silent())
    assert said in caught.value.to("en")
    assert fetched(workspace) == []


def test_the_page_reads_no_model_outside_of_what_it_may(workspace: Workspace, tiny_model: Path) -> None:
    page = workspace.confined({})
    recipe = FetchRecipe(name="f", model=str(tiny_model))
    faults = check(recipe, replace(resolve_all(page, recipe), workspace=page))
    assert "outside of what recipes of the page may read" in faults[0].message.en
    with pytest.raises(InputError, match="outside of what recipes"):
        fetch(page, str(tiny_model), "auto", Silent())
    assert check(recipe, resolve_all(workspace, recipe)) == []
    assert (
        "there is no file"
        in check(FetchRecipe(name="f", model="./x.gguf"), resolve_all(workspace, recipe))[0].message.en
    )


def test_a_run_fetches_what_is_gated_and_nowhere_writes_the_token(
    workspace: Workspace, hub: HuggingFace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    token = "hf_agreed_token_of_dr_li"
    hub.gated, hub.agreed = True, (token,)
    monkeypatch.setenv("HF_TOKEN", token)
    monkeypatch.setenv("STUDIO_WORKSPACE", str(workspace.root))
    checked = check_whole(
        workspace, recipes.read("kind: fetch\nname: f\nmodel: owner/tiny\nhub: huggingface\n", "r.yaml")
    )
    run = prepare(workspace, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    assert {item.token for item in hub.requests} == {token}
    told = view(run)
    assert (told.progress.done, told.progress.unit) == (told.progress.total, "bytes")
    assert [path for path in workspace.root.rglob("*") if path.is_file() and token.encode() in path.read_bytes()] == []
    assert token not in "".join(capfd.readouterr())
