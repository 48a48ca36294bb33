"""Runs that wait for their time, for one another, or stand in front of others."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from studio.core import recipe as recipes
from studio.core.errors import RecipeError
from studio.core.locks import grab
from studio.core.timing import local_now
from studio.core.workspace import Workspace
from studio.runs import control, launch, queue, slots, store
from studio.runs.directory import Run
from studio.runs.recipes import check_whole
from studio.runs.references import load, settled
from studio.runs.store import RunStore
from studio.runs.view import view
from tests.runs.helpers import wait
from tests.runs.queue_kinds import names, order, schedulers


@pytest.fixture
def busy(heavy: Workspace) -> int:
    """The open file that holds the machine's device; close it to let the queue go on."""
    file = grab(slots._folder() / "cpu.lock")
    assert file is not None
    return file


def start(workspace: Workspace, text: str) -> Run:
    return launch.start(workspace, check_whole(workspace, recipes.read(text, "r.yaml")).recipe)


def due(run: Run, in_s: float) -> None:
    """Set the time of a run that waits for one."""
    replace(run.ticket(), not_before=time.time() + in_s).save(run.path)


def test_the_higher_priority_goes_first_and_a_move_beats_it(heavy: Workspace, busy: int) -> None:
    for name, priority in (("low", -1), ("a", 0), ("high", 5), ("b", 0)):
        start(heavy, f"kind: heavy\nname: {name}\npriority: {priority}\n")
    assert names(heavy) == ["high", "a", "b", "low"]
    runs = {run.name: run for run in queue.waiting(heavy)}
    queue.move(heavy, runs["low"], 2)
    assert names(heavy) == ["high", "low", "a", "b"]
    queue.move(heavy, runs["b"], 1)
    assert names(heavy) == ["b", "high", "low", "a"]
    queue.move(heavy, runs["high"], 99)
    late = start(heavy, "kind: heavy\nname: late\n")
    assert names(heavy) == ["b", "low", "a", "high", "late"], "what came later stands behind what was moved to the end"
    for _ in range(80):  # until no number lies between two others
        queue.move(heavy, runs["low"], 3)
        queue.move(heavy, runs["a"], 3)
    assert names(heavy) == ["b", "low", "a", "high", "late"]
    os.close(busy)
    wait(lambda: late.status() == "finished", 60)
    assert order(heavy) == ["b", "low", "a", "high", "late"]


def test_a_run_does_not_begin_before_its_time(heavy: Workspace) -> None:
    later = (local_now() + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M")
    evening = start(heavy, f"kind: heavy\nname: evening\nat: {later}\n")
    assert view(evening).stage.en.startswith(f"Starts at {later} (UTC")
    now = start(heavy, "kind: heavy\nname: now\n")
    wait(lambda: now.status() == "finished", 30)
    assert (evening.status(), names(heavy)) == ("queued", ["evening"])
    wait(lambda: len(schedulers(heavy)) == 1, 20)
    due(evening, 0.5)
    wait(lambda: evening.status() == "finished", 30)
    wait(lambda: not schedulers(heavy), 20)


def test_a_run_that_is_moved_waits_for_its_time_no_more(heavy: Workspace) -> None:
    evening = start(heavy, "kind: heavy\nname: evening\nat: 2099-01-01 00:00\n")
    queue.cancel(heavy, evening)
    launch.resume(heavy, evening)
    assert "2099-01-01" in view(evening).stage.en, "a run that is resumed still has its time"
    queue.move(heavy, evening, 1)
    wait(lambda: evening.status() == "finished", 30)


def test_a_run_of_a_cron_is_followed_by_the_next_once(heavy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_start_scheduler", lambda workspace: None)
    first = start(heavy, 'kind: heavy\nname: nightly\ncron: "0 2 * * *"\n')
    assert local_now() < local_now().fromtimestamp(first.ticket().not_before, local_now().tzinfo)
    assert (first.status(), order(heavy)) == ("queued", [])
    due(first, -1)

    def killed(workspace: Workspace, run: Run, slot: object = None) -> None:
        raise KeyboardInterrupt  # as good as a kill: nothing of ours catches it

    with monkeypatch.context() as patched:
        patched.setattr(launch, "launch", killed)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                queue.advance(heavy, launch.begin)
            due(first, -1)
    queue.advance(heavy, launch.begin)
    wait(lambda: first.status() == "finished", 30)
    (second,) = queue.waiting(heavy)
    assert (second.name, second.ticket().follows, second.ticket().repeats) == ("nightly", first.id, True)
    assert second.ticket().not_before > time.time() and order(heavy) == ["nightly"]
    queue.cancel(heavy, second)
    assert queue.waiting(heavy) == [], "the one that waits carries the repetition"


def test_what_a_cron_names_is_looked_up_when_it_is_due(heavy: Workspace) -> None:
    start(heavy, "kind: product\nname: thing\n")
    wait(lambda: bool(list(RunStore(heavy).finished("product"))), 30)
    nightly = start(heavy, 'kind: uses\nname: nightly\nthing: thing\ncron: "0 2 * * *"\n')
    newer = start(heavy, "kind: product\nname: thing\n")
    wait(lambda: newer.status() == "finished", 30)
    due(nightly, -1)
    queue.advance(heavy, launch.begin)
    wait(lambda: nightly.status() == "finished", 30)
    assert nightly.inputs()["references"]["thing"]["run"] == newer.id


def test_a_cron_goes_on_though_one_of_its_runs_cannot(heavy: Workspace) -> None:
    made = start(heavy, "kind: product\nname: thing\n")
    wait(lambda: made.status() == "finished", 30)
    nightly = start(heavy, 'kind: uses\nname: nightly\nthing: thing\ncron: "0 2 * * *"\n')
    (made.path / "thing" / "thing.json").unlink()
    due(nightly, -1)
    queue.advance(heavy, launch.begin)
    wait(lambda: nightly.status() == "failed", 30)
    assert "thing" in str(view(nightly).error) and names(heavy) == ["nightly"]


def test_what_another_run_will_make_is_waited_for(heavy: Workspace, busy: int) -> None:
    maker = start(heavy, "kind: product\nname: thing\n")
    user = start(heavy, "kind: uses\nname: user\nthing: thing\n")
    assert view(user).stage.en == f"Waiting for {maker.id} to finish"
    other = start(heavy, "kind: heavy\nname: other\n")
    queue.move(heavy, user, 1)
    assert names(heavy) == ["user", "thing", "other"]
    os.close(busy)
    wait(lambda: user.status() == "finished", 60)
    pinned = user.inputs()["references"]["thing"]
    assert (pinned["run"], pinned["path"], pinned["coming"]) == (maker.id, f"runs/{maker.id}/thing", False)
    assert pinned["sha256"]
    wait(lambda: other.status() == "finished", 30)
    newer = start(heavy, "kind: product\nname: thing\nseconds: 30\n")
    again = start(heavy, "kind: uses\nname: again\nthing: thing\n")
    assert again.inputs()["references"]["thing"]["run"] == maker.id, "one that is finished goes before one that is not"
    control.ask(newer)


def test_a_run_that_waits_in_vain_says_for_what(heavy: Workspace, busy: int) -> None:
    maker = start(heavy, "kind: product\nname: thing\n")
    user = start(heavy, "kind: uses\nname: user\nthing: thing\n")
    queue.cancel(heavy, maker)
    os.close(busy)
    queue.advance(heavy, launch.begin)
    wait(lambda: user.status() == "failed", 20)
    assert view(user).error and f"it waited for {maker.id}, which is stopped" in view(user).error["message"]
    launch.resume(heavy, maker)
    launch.resume(heavy, user)
    wait(lambda: user.status() == "finished", 60)


def test_a_light_run_waits_for_its_time_and_for_no_device(heavy: Workspace, busy: int) -> None:
    light = start(heavy, "kind: light\nname: light\nat: 2099-01-01 00:00\n")
    assert light.status() == "queued"
    due(light, 0.3)
    wait(lambda: light.status() == "finished", 30)
    os.close(busy)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at: 2020-01-01 00:00", "r.yaml line 3: at: this is over"),
        ('at: "23:59"\ncron: "0 2 * * *"', "line 4: cron: give 'Start at' (at) or 'Repeat' (cron), not both"),
        ("at: tonight", "accepted: 22:00"),
        ('cron: "0 2 * *"', "accepted: minute, hour, day, month, weekday"),
        ("priority: 5000", "accepted: 1000 or less"),
    ],
)
def test_times_that_are_none_are_faults_with_their_line(heavy: Workspace, text: str, words: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(words)):
        start(heavy, f"kind: heavy\nname: x\n{text}\n")


def test_a_step_of_a_pipeline_does_not_repeat(heavy: Workspace) -> None:
    (heavy.recipes / "step.yaml").write_text('kind: heavy\nname: step\ncron: "0 2 * * *"\n')
    with pytest.raises(RecipeError, match="a step cannot repeat"):
        start(heavy, "kind: pipeline\nname: p\nsteps:\n- recipe: recipes/step.yaml\n")


def test_a_cron_goes_on_though_what_it_names_was_never_made(heavy: Workspace, busy: int) -> None:
    maker = start(heavy, "kind: product\nname: thing\n")
    nightly = start(heavy, 'kind: uses\nname: nightly\nthing: thing\ncron: "0 2 * * *"\n')
    queue.cancel(heavy, maker)
    os.close(busy)
    due(nightly, -1)
    queue.advance(heavy, launch.begin)
    wait(lambda: nightly.status() == "failed", 20)
    (after,) = queue.waiting(heavy)
    assert after.ticket().follows == nightly.id
    launch.resume(heavy, nightly)  # the name means nothing still: it says so, and no crash of ours
    wait(lambda: nightly.status() == "failed", 20)
    assert nightly.result()["error"]["type"] == "RecipeError"  # type: ignore[index]
    launch.resume(heavy, maker)
    wait(lambda: maker.status() == "finished", 30)
    launch.resume(heavy, nightly)
    wait(lambda: nightly.status() == "finished", 30)
    assert names(heavy) == ["nightly"], "it is followed by one alone"


def test_a_cron_outlasts_a_full_disk(heavy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_start_scheduler", lambda workspace: None)
    nightly = start(heavy, 'kind: light\nname: nightly\ncron: "0 2 * * *"\n')
    due(nightly, -1)
    with monkeypatch.context() as patched:
        patched.setattr(store, "LEAST_FREE_BYTES", 2**60)
        queue.advance(heavy, launch.begin)
    assert nightly.status() == "queued" and 0 < nightly.ticket().not_before - time.time() < 90
    due(nightly, -1)
    queue.advance(heavy, launch.begin)
    wait(lambda: nightly.status() == "finished", 20)
    assert names(heavy) == ["nightly"]


def test_what_is_cancelled_as_it_begins_makes_nothing(heavy: Workspace) -> None:
    nightly = start(heavy, 'kind: light\nname: nightly\ncron: "0 2 * * *"\npriority: -5\n')
    queue.cancel(heavy, nightly)
    launch.begin(heavy, nightly)
    assert nightly.status() == "stopped" and queue.waiting(heavy) == []
    again = start(heavy, 'kind: light\nname: again\ncron: "0 2 * * *"\npriority: -5\n')
    replace(again.ticket(), priority=9, not_before=1.0).save(again.path)  # as it is after "start now"
    launch.begin(heavy, again)
    assert [run.ticket().priority for run in queue.waiting(heavy)] == [-5], "the recipe's own"


def test_what_a_run_has_just_made_is_found_at_once(heavy: Workspace, busy: int) -> None:
    maker = start(heavy, "kind: product\nname: thing\n")
    user = start(heavy, "kind: uses\nname: user\nthing: thing\n")
    assert RunStore(heavy).entries()[0].ended_as is None
    (maker.path / "thing").mkdir()
    (maker.path / "thing" / "thing.json").write_text("{}")
    ended = {"status": "finished", "outputs": {"thing": "thing"}, "sha256": {"thing": "a" * 64}}
    (maker.path / "result.json").write_text(json.dumps(ended))  # and nobody said so yet
    reference = settled(heavy, load(user.inputs()["references"])["thing"])
    assert (reference.path, reference.sha256, reference.coming) == (f"runs/{maker.id}/thing", "a" * 64, False)
    os.close(busy)


@pytest.mark.parametrize(
    "text",
    [
        '{"counter": %s, "created": 1}' % ("9" * 400),
        '{"counter": 1, "created": 1, "waits": true, "place": %s}' % ("9" * 400),
        '{"counter": 1, "created": 1, "waits": true, "not_before": 1e300}',
        '{"counter": 1, "created": NaN, "waits": true}',
        '{"counter": 1, "created": 1, "waits": true, "not_before": Infinity, "needs": [1, null], "priority": "x"}',
        "[" * 200_000,
    ],
)
def test_a_ticket_somebody_wrote_in_stops_nothing(heavy: Workspace, busy: int, text: str) -> None:
    bad, good = start(heavy, "kind: heavy\nname: bad\n"), start(heavy, "kind: heavy\nname: good\n")
    (bad.path / "ticket.json").write_text(text)
    good.announce()
    assert view(bad).stage.en and len(RunStore(heavy).entries()) == 2
    os.close(busy)
    queue.advance(heavy, launch.begin)
    wait(lambda: good.status() == "finished", 30)


def test_a_run_whose_submitter_was_killed_can_be_resumed(heavy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = check_whole(heavy, recipes.read("kind: light\nname: light\n", "r.yaml")).recipe
    light = launch.prepare(heavy, recipe)
    replace(light.ticket(), created=time.time() - 100).save(light.path)
    assert "resume it" in view(light).stage.en
    launch.resume(heavy, light)
    wait(lambda: light.status() == "finished", 30)
