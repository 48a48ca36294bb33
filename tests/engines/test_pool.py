"""Which servers are there, as their files say, without any that runs."""

from __future__ import annotations

import time

import pytest

from studio.core.files import write_json
from studio.core.workspace import Workspace
from studio.engines import pool
from studio.engines.recipe import ServeRecipe
from studio.runs.store import RunStore
from studio.runs.ticket import Ticket


def test_a_server_that_waits_for_its_time_is_not_up(workspace: Workspace) -> None:
    later = Ticket(waits=True, not_before=time.time() + 3600)
    RunStore(workspace).create(ServeRecipe(name="auto-evening", model="m"), {}, later)
    assert pool.automatic(workspace) == []
    coming = RunStore(workspace).create(ServeRecipe(name="auto-now", model="m"), {})
    assert pool.automatic(workspace) == [coming]


@pytest.mark.parametrize(
    "told",
    [
        {"ready": True},
        {"ready": True, "url": 5, "token": "t", "model": "m", "knowledge": ""},
        {"ready": True, "url": "no address", "token": "t", "model": "m", "knowledge": ""},
        {"ready": True, "url": "http://127.0.0.1:1", "token": "t", "model": "m", "knowledge": ""},
    ],
)
def test_a_server_whose_file_somebody_wrote_in_is_not_idle(workspace: Workspace, told: dict[str, object]) -> None:
    run = RunStore(workspace).create(ServeRecipe(name="auto-m", model="m", idle_minutes=1), {})
    write_json(run.server_file, told)
    assert pool.idle_s(run) is None
