from __future__ import annotations

import math
from pathlib import Path

from studio.core.text import Text
from studio.runs.events import EventLog, read_events, read_log
from studio.runs.view import progress_of, series


def test_a_half_written_line_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.notice(Text("one", "一"))
    with path.open("ab") as stream:
        stream.write(b'{"time": 1, "type": "met')
    events, offset = read_events(path)
    assert [event["type"] for event in events] == ["notice"]
    assert offset < path.stat().st_size
    log.metric(1, {"loss": 2.0})  # the torn line is closed, not glued on
    more, _ = read_events(path, offset)
    assert [event["type"] for event in more] == ["metric"]


def test_following_by_offset_gives_each_event_once(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log, seen, offset = EventLog(path), [], 0
    for step in range(5):
        log.metric(step, {"loss": 1.0 / (step + 1)})
        events, offset = read_events(path, offset)
        seen += events
    assert [event["step"] for event in seen] == [0, 1, 2, 3, 4]
    assert read_events(path, offset) == ([], offset)


def test_a_log_is_never_cut_inside_a_character(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    whole = "训练开始 🩺 loss 1.0\n".encode()
    text, offset = "", 0
    for end in range(1, len(whole) + 1):
        path.write_bytes(whole[:end])
        part, offset = read_log(path, offset)
        text += part
    assert text == whole.decode()


def test_progress_and_its_pace() -> None:
    events = [
        {"time": 0.0, "type": "stage"},
        {"time": 10.0, "type": "progress", "done": 0, "total": 100, "unit": "steps"},
        {"time": 20.0, "type": "progress", "done": 25, "total": 100, "unit": "steps"},
    ]
    assert progress_of(events, running=True).eta_s == 30.0
    assert progress_of(events, running=False).eta_s is None


def test_a_step_measured_again_after_a_resume_counts_once() -> None:
    events = [
        {"type": "metric", "step": step, "values": {"loss": value}} for step, value in ((1, 3.0), (2, 2.0), (2, 1.5))
    ]
    assert series(events) == {"loss": [(1, 3.0), (2, 1.5)]}


def test_a_value_that_is_no_number_is_none(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"time": 1, "type": "metric", "step": 3, "values": {"loss": null, "rate": 0.1}}\n')
    assert series(read_events(path)[0]) == {"rate": [(3, 0.1)]}


def test_a_value_that_json_has_no_word_for_is_written_as_null(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventLog(path).metric(3, {"loss": math.nan, "norm": math.inf, "rate": 0.1})
    assert '"values": {"loss": null, "norm": null, "rate": 0.1}' in path.read_text()
    path.write_text('{"time": 1, "type": "metric", "step": 3, "values": {"loss": NaN, "rate": 0.1}}\n')
    assert series(read_events(path)[0]) == {"rate": [(3, 0.1)]}
