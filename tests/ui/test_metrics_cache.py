"""Courses of metrics followed by byte offset: the same as read whole, at every moment."""

from __future__ import annotations

import json
from collections.abc import Callable

from studio.runs.directory import Run
from studio.runs.events import EventLog, read_events
from studio.runs.view import series
from studio.ui.metrics_cache import MetricsCache


def test_followed_is_the_same_as_read_whole(new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="m", dataset="d")
    metrics_cache = MetricsCache()
    assert metrics_cache.courses(run) == {}
    events = EventLog(run.events_file)
    for step in (1, 2, 3, 2, 4):  # a resumed training measures a step again
        events.metric(step, {"loss": 1.0 / step, "pace": float(step)})
        assert metrics_cache.courses(run) == series(read_events(run.events_file)[0])
    with run.events_file.open("a") as stream:
        stream.write('{"type": "metric", "step": 9')
    assert metrics_cache.courses(run) == series(read_events(run.events_file)[0])


def test_events_begun_anew_are_read_anew(new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="m", dataset="d")
    metrics_cache = MetricsCache()
    events = EventLog(run.events_file)
    for step in range(5):
        events.metric(step, {"loss": 1.0})
    assert len(metrics_cache.courses(run)["loss"]) == 5
    run.events_file.unlink()
    EventLog(run.events_file).metric(0, {"loss": 2.0})
    assert metrics_cache.courses(run) == {"loss": [(0, 2.0)]}


def test_the_time_between_a_stop_and_a_resume_is_no_work(new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="m", dataset="d")
    lines = [
        {"time": 100.0, "type": "stage", "name": "preparing", "text": {}},
        {"time": 110.0, "type": "metric", "step": 1, "values": {"loss": 1.0}},
        {"time": 120.0, "type": "metric", "step": 2, "values": {"loss": 1.0}},
        {"time": 9000.0, "type": "stage", "name": "preparing", "text": {}},
        {"time": 9005.0, "type": "metric", "step": 2, "values": {"loss": 1.0}},
    ]
    metrics_cache = MetricsCache()
    for line in lines:
        with run.events_file.open("a") as stream:
            stream.write(json.dumps(line) + "\n")
        metrics_cache.courses(run)
    assert metrics_cache.seconds(run) == {1: 10.0, 2: 25.0} == MetricsCache().seconds(run)
