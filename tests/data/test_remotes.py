"""Datasets by address: what an address means, and fetching it from a server that speaks as the hubs do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from studio.core import recipe as recipes
from studio.core.errors import InputError, RecipeError, StudioError, UnavailableError
from studio.core.remote import bring, place_of, revision_of
from studio.core.reporter import Silent, Stopped
from studio.core.workspace import Workspace
from studio.data.dataset_folder import read_rows
from studio.data.remotes._address import chosen, parse
from studio.runs.job import Termination
from studio.runs.launch import prepare
from studio.runs.recipes import check_whole
from studio.runs.work import perform
from tests.hubs.huggingface import SHA, HuggingFace
from tests.hubs.modelscope import ModelScope
from tests.hubs.server import StandIn, serving

_ROWS = "".join(f'{{"question": "What reverses drug {n}?", "answer": "Antidote {n}."}}\n' for n in range(20)).encode()
_CONFIGS = [
    {"config_name": "zh", "data_files": [{"split": "train", "path": "zh/train-*.jsonl"}, {"split": "test", "path": ["zh/t.jsonl"]}]},
    {"config_name": "en", "data_files": "en/**/*.jsonl", "default": True},
]  # fmt: skip
_DECLARED = {"zh/train-0.jsonl": 1, "zh/train-1.jsonl": 1, "zh/t.jsonl": 1, "en/a.jsonl": 1, "en/b/c.jsonl": 1}
_PLAIN = {"README.md": 1, "data/train-00000.parquet": 1, "data/dev-00000.parquet": 1, "dataset_infos.json": 1}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HuggingFace]:
    """A hub with one file of twenty questions."""
    with serving(HuggingFace({"README.md": b"# A dataset", "train.jsonl": _ROWS})) as standing:
        monkeypatch.setenv("HF_ENDPOINT", standing.url)
        yield standing


@pytest.fixture
def modelscope(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelScope]:
    """The other hub with the same."""
    with serving(ModelScope({"README.md": b"# A dataset", "train.jsonl": _ROWS})) as standing:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", standing.url)
        yield standing


@pytest.mark.parametrize(
    "text", ["", "name", "a/b/../c", "../a", "a/b@", "a//b", "a/b:", "/etc/passwd", "a/b\n", "a/b c"]
)
def test_what_is_no_address(text: str, workspace: Workspace) -> None:
    with pytest.raises(InputError, match=r"accepted: hf://OWNER/NAME"):
        place_of(workspace, f"hf://{text}")


def test_the_kinds_of_addresses_are_listed(workspace: Workspace) -> None:
    with pytest.raises(InputError, match=r"no kind of address 'https'; accepted: hf, ms"):
        place_of(workspace, "https://example.org/a.jsonl")


def test_an_address_is_a_folder_name_of_its_own(workspace: Workspace) -> None:
    given = ("a/b", "a/b/train", "a/b:c", "a/b:c/train", "a/b@c", "a/b/x/train.jsonl", "a/b/x--train.jsonl")
    places = {place_of(workspace, f"hf://{text}").parent for text in given}
    assert len(places) >= len(given) - 1
    assert all(place.parent == workspace.downloads / "hf" for place in places)


@pytest.mark.parametrize(
    ("text", "files", "configs", "expected"),
    [
        ("a/b", {"x.jsonl": 1, "README.md": 1, "../y.jsonl": 1, "/z.jsonl": 1, ".c/w.json": 1}, [], ["x.jsonl"]),
        ("a/b/train", _PLAIN, [], ["data/train-00000.parquet"]),
        ("a/b/validation", _PLAIN, [], ["data/dev-00000.parquet"]),
        ("a/b/dev", _PLAIN, [], ["data/dev-00000.parquet"]),
        ("a/b/data/dev-00000.parquet", _PLAIN, [], ["data/dev-00000.parquet"]),
        ("a/b:zh/train", _DECLARED, _CONFIGS, ["zh/train-0.jsonl", "zh/train-1.jsonl"]),
        ("a/b", _DECLARED, _CONFIGS, ["en/a.jsonl", "en/b/c.jsonl"]),
        ("a/b:zh", {"zh/x.jsonl": 1, "en/y.jsonl": 1}, [], ["zh/x.jsonl"]),
    ],
)
def test_the_files_that_an_address_means(
    text: str, files: dict[str, int], configs: list[dict[str, object]], expected: list[str]
) -> None:
    assert chosen(parse(text, "hf"), files, configs, "hf") == expected


@pytest.mark.parametrize(
    ("text", "files", "configs", "said"),
    [
        ("a/b", _PLAIN, [], "several splits; say which: hf://a/b/validation, hf://a/b/train"),
        ("a/b:zh", _DECLARED, _CONFIGS, "say which: hf://a/b:zh/train, hf://a/b:zh/test"),
        ("a/b:fr", _DECLARED, _CONFIGS, "no config 'fr'; there are: zh, en"),
        ("a/b/test", _PLAIN, [], "no split 'test'; there are: validation, train"),
        ("a/b/x.jsonl", _PLAIN, [], "no file 'x.jsonl'; there are: data/dev-00000.parquet"),
        ("a/b", {"b.py": 1, "README.md": 1}, [], "no data; there are: README.md, b.py"),
    ],
)
def test_what_an_address_leaves_open_is_asked(
    text: str, files: dict[str, int], configs: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        chosen(parse(text, "hf"), files, configs, "hf")


@pytest.mark.parametrize("scheme", ["hf", "ms"])
def test_a_dataset_is_fetched_once_and_pinned(
    scheme: str, workspace: Workspace, hub: HuggingFace, modelscope: ModelScope
) -> None:
    standing: StandIn = {"hf": hub, "ms": modelscope}[scheme]
    given = f"{scheme}://owner/name"
    bring(workspace, given, Silent())
    place = place_of(workspace, given)
    assert (place.name, place.read_bytes()) == ("train.jsonl", _ROWS)
    assert [file.name for file in place.parent.iterdir()] == ["train.jsonl"]
    assert revision_of(workspace, given).startswith(SHA if scheme == "hf" else "master+")
    asked = len(standing.asked)
    bring(workspace, given, Silent())
    assert asked == len(standing.asked) > 0


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("gated", UnavailableError, "Accept them on https://huggingface.co/datasets/owner/name, make a token on"),
        ("missing", InputError, "has no dataset owner/name that you may see"),
        ("revision", InputError, "has no revision 'v9'"),
        ("rate", UnavailableError, "asks to wait: too many requests"),
    ],
)
def test_faults_of_a_hub_are_told_apart(
    fault: str, error: type[StudioError], said: str, workspace: Workspace, hub: StandIn
) -> None:
    hub.fault, hub.gated = fault.replace("gated", ""), fault == "gated"
    with pytest.raises(error) as caught:
        bring(workspace, "hf://owner/name@v9", Silent())
    assert said in caught.value.to("en")
    assert caught.value.to("zh") != caught.value.to("en")
    assert revision_of(workspace, "hf://owner/name@v9") == ""


def test_a_hub_that_cannot_be_reached_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        bring(workspace, "hf://owner/name", Silent())
    assert "Hugging Face (127.0.0.1:9) cannot be reached" in caught.value.to("en")
    assert "ModelScope" in caught.value.to("en")


class _Stopping(Silent):
    """Asks to stop once a file is under way."""

    def __init__(self, hub: HuggingFace) -> None:
        self._hub = hub

    def check_stop(self) -> None:
        if any("/resolve/" in item.path and item.method == "GET" for item in self._hub.requests):
            raise Stopped


def test_fetching_stops_at_once(workspace: Workspace, hub: HuggingFace) -> None:
    hub.stalls = True
    with pytest.raises(Stopped):
        bring(workspace, "hf://owner/name", _Stopping(hub))
    assert revision_of(workspace, "hf://owner/name") == ""
    hub.stalls = False
    bring(workspace, "hf://owner/name", Silent())
    assert place_of(workspace, "hf://owner/name").read_bytes() == _ROWS


def test_a_run_fetches_what_its_recipe_names_and_writes_down_the_revision(
    workspace: Workspace, hub: HuggingFace
) -> None:
    page = workspace.confined({})
    text = "kind: dataset\nname: d\nsources: [{file: 'hf://owner/name'}]\n"
    checked = check_whole(page, recipes.read(text, "r.yaml"))
    assert hub.asked == [], "nothing is fetched by a check"
    run = prepare(page, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    pinned = run.inputs()["references"]["sources.0.file"]
    assert (pinned["revision"], pinned["rows"], len(pinned["sha256"])) == (SHA, 20, 64)
    assert json.loads((run.path / "dataset" / "dataset.json").read_text())["rows"] == 20
    with pytest.raises(RecipeError, match=r"accepted: hf://OWNER/NAME"):
        check_whole(page, recipes.read(text.replace("owner/name", "owner"), "r.yaml"))


def test_a_split_of_several_files_is_read_whole(workspace: Workspace, hub: HuggingFace, tmp_path: Path) -> None:
    hub.files = {"data/test-0.jsonl": b"{}"}
    for part in range(2):
        rows = [{"question": f"What reverses {part}-{n}?", "answer": f"Antidote {n}."} for n in range(5)]
        parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "part.parquet")
        hub.files[f"data/train-{part}.parquet"] = (tmp_path / "part.parquet").read_bytes()
    text = "kind: dataset\nname: d\nval: 0\ntest: 0\nsources: [{file: 'hf://owner/name/train'}]\n"
    checked = check_whole(workspace, recipes.read(text, "r.yaml"))
    run = prepare(workspace, checked.recipe, checked.resolved)
    assert perform(run, Termination()) == 0
    files = {(row.source.file, row.source.line) for row in read_rows(run.path / "dataset", "train") if row.source}
    assert files == {(f"train/data/train-{part}.parquet", line) for part in range(2) for line in range(1, 6)}
