"""Keys: shown once, kept as hashes, safe with two writers, never mistaken for none."""

from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from studio.api import keys
from studio.api.keys import KeyStore
from studio.api.settings import Settings
from studio.core.errors import InputError
from studio.core.workspace import REPOSITORY, Workspace
from studio.openai.errors import ApiError


def test_a_key_is_shown_once_and_stored_hashed(workspace: Workspace) -> None:
    secret = keys.add(workspace, "dify", [])
    assert secret.startswith("mq-")
    assert secret not in workspace.keys.read_text()
    assert stat.S_IMODE(workspace.keys.stat().st_mode) == 0o600
    [key] = keys.listing(workspace)
    assert (key.name, key.knowledge) == ("dify", ())
    assert keys.match([key], secret) == key
    assert keys.match([key], secret + "x") is None


def test_names_are_plain_and_taken_once(workspace: Workspace) -> None:
    keys.add(workspace, "dify")
    for name in ("dify", "../x", "", "a b"):
        with pytest.raises(InputError):
            keys.add(workspace, name)
    with pytest.raises(InputError, match="no knowledge base 'textbook'"):
        keys.add(workspace, "other", ["textbook"])
    assert [key.name for key in keys.listing(workspace)] == ["dify"]


def test_revoking_takes_one_away(workspace: Workspace) -> None:
    keys.add(workspace, "a")
    keys.add(workspace, "b")
    keys.revoke(workspace, "a")
    assert [key.name for key in keys.listing(workspace)] == ["b"]
    with pytest.raises(InputError, match="no key 'a'; there are: b"):
        keys.revoke(workspace, "a")


def test_writers_at_once_lose_nothing(workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path; from studio.api import keys; from studio.core.workspace import Workspace\n"
        "for n in range(10): keys.add(Workspace(Path(sys.argv[1])), f'{sys.argv[2]}{n}')"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(workspace.root), name], cwd=REPOSITORY) for name in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(keys.listing(workspace)) == 30


def test_a_broken_file_opens_nothing(workspace: Workspace) -> None:
    key_store = KeyStore(workspace.keys, Settings())
    assert not key_store.required()
    entries = (
        "a",
        5,
        {"name": "a"},
        {"name": "a", "sha256": 5},
        {"name": "a", "sha256": "é"},
        {"name": "a", "sha256": "0" * 63},
        {"name": 5, "sha256": "0" * 64},
        {"name": "a", "sha256": "0" * 64, "knowledge": 5},
        {"name": "a", "sha256": "0" * 64, "knowledge": [5]},
    )
    for broken in ("", "{", "[]", '{"keys": 5}', *(json.dumps({"keys": [entry]}) for entry in entries)):
        workspace.keys.write_text(broken)
        with pytest.raises(InputError, match="cannot be read"):
            keys.listing(workspace)
        with pytest.raises(ApiError) as caught:
            key_store.holder("Bearer x")
        assert caught.value.status == 503


def test_the_ring_sees_changes_at_once(workspace: Workspace) -> None:
    key_store = KeyStore(workspace.keys, Settings())
    assert key_store.holder("").name == ""
    secret = keys.add(workspace, "dify")
    assert key_store.holder(f"Bearer {secret}").name == "dify"
    assert key_store.holder(f"bearer  {secret} ").name == "dify"
    for wrong in ("", "Bearer", "Bearer ", f"Basic {secret}", secret, "Bearer mq-wrong", "Bearer \xff"):
        with pytest.raises(ApiError) as caught:
            key_store.holder(wrong)
        assert (caught.value.status, caught.value.code) == (401, "invalid_api_key")
    keys.revoke(workspace, "dify")
    assert key_store.holder("").name == ""


def test_a_limit_is_about_knowledge_alone(workspace: Workspace) -> None:
    limited, free = keys.Key("a", "", ("textbook",)), keys.Key("b", "")
    assert [limited.may_use(name) for name in ("", "textbook", "other")] == [True, True, False]
    assert free.may_use("other")


def test_reachable_from_elsewhere_a_key_is_always_needed(workspace: Workspace) -> None:
    key_store = KeyStore(workspace.keys, Settings(loopback=False))
    with pytest.raises(ApiError):
        key_store.holder("")


def test_the_token_of_a_process_is_one_more_key(workspace: Workspace) -> None:
    key_store = KeyStore(workspace.keys, Settings(token="t0"))
    assert key_store.required()
    assert key_store.holder("Bearer t0").name == "this process"
    assert not workspace.keys.exists()
    workspace.keys.write_text(json.dumps({"keys": []}))
    assert key_store.required()
