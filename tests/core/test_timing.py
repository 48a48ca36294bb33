"""Moments as people write them."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest

from studio.core import yamlfile
from studio.core.timing import as_written, local_now, moment, next_of, shown

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 27, 22, 30, tzinfo=SHANGHAI)  # a Friday


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("23:00", "2026-11-27 23:00"),
        ("22:30", "2026-11-28 22:30"),
        ("6:05", "2026-11-28 06:05"),
        ("2026-12-01 22:00", "2026-12-01 22:00"),
        ("2026-12-01T22:00:30", "2026-12-01 22:00"),
        ("2026-12-01", "2026-12-01 00:00"),
        ("2026-12-01 22:00+00:00", "2026-12-02 06:00"),
    ],
)
def test_a_moment_is_read_by_the_machines_clock(at: str, then: str) -> None:
    assert f"{moment(at, NOW).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == then


@pytest.mark.parametrize("at", ["24:00", "tonight", "22:60", "2026-13-01 10:00", "", "10"])
def test_what_is_no_moment(at: str) -> None:
    with pytest.raises(ValueError):
        moment(at, NOW)


@pytest.mark.parametrize(
    ("cron", "then"),
    [
        ("0 2 * * *", "2026-11-28 02:00"),
        ("*/15 * * * *", "2026-11-27 22:45"),
        ("30 22 * * *", "2026-11-28 22:30"),
        ("0 2 * * 1", "2026-11-30 02:00"),  # Monday
        ("0 2 * * 0", "2026-11-29 02:00"),  # Sunday
        ("0 2 * * 7", "2026-11-29 02:00"),
        ("0 2 * * 1-5", "2026-11-30 02:00"),
        ("0 2 * * 5-7", "2026-11-28 02:00"),
        ("0 2 * * sat,wed", "2026-11-28 02:00"),
        ("0 2 * * */3", "2026-11-28 02:00"),  # Sunday, Wednesday, Saturday
        ("0 2 1 * *", "2026-12-01 02:00"),
        ("0 2 29 2 *", "2028-02-29 02:00"),
    ],
)
def test_cron_counts_weekdays_as_cron_does(cron: str, then: str) -> None:
    found = next_of(cron, NOW)
    assert f"{found:%Y-%m-%d %H:%M}" == then and found > NOW


@pytest.mark.parametrize(
    ("zone", "cron", "after", "then"),
    [
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00", "2026-11-01T01:30:00-04:00"),
        ("America/New_York", "30 2 * * *", "2026-03-08T00:00", "2026-03-08T02:30:00-05:00"),  # 3:30 on the wall
        ("Europe/Berlin", "0 * * * *", "2026-10-25T00:30", "2026-10-25T01:00:00+02:00"),
    ],
)
def test_where_clocks_are_put_back_each_moment_is_later(zone: str, cron: str, after: str, then: str) -> None:
    found = next_of(cron, dt.datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone)))
    assert found.isoformat() == then
    for _ in range(200):
        later = next_of(cron, found)
        assert later.timestamp() > found.timestamp()
        found = later
    last = dt.datetime(2026, 11, 1, 1, 31, tzinfo=ZoneInfo("America/New_York"), fold=1)
    assert next_of("30 1 * * *", last).isoformat() == "2026-11-02T01:30:00-05:00"


def test_a_zone_that_has_no_name_is_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CST-8")
    time.tzset()
    try:
        assert local_now().utcoffset() == dt.timedelta(hours=8)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("cron", ["", "0 2 * *", "0 25 * * *", "0 2 * * 8", "a b c d e", "0 2 1 * 1", "0 2 31 2 *"])
def test_what_is_no_cron(cron: str) -> None:
    with pytest.raises(ValueError):
        next_of(cron, NOW)


def test_what_yaml_makes_of_a_moment_is_undone() -> None:
    written, _ = yamlfile.parse("at: 22:00\nearly: 08:30\nbatch: 800", "r.yaml")
    assert written == {"at": "22:00", "early": "08:30", "batch": 800}, "YAML of old counts in sixties"
    assert as_written("08:30") == "08:30" and as_written(800) == "800" and as_written(True) is True
    assert as_written(dt.datetime(2026, 12, 1, 22, 0)) == "2026-12-01 22:00:00"
    assert as_written(dt.date(2026, 12, 1)) == "2026-12-01"


def test_a_moment_is_shown_with_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert shown(NOW.timestamp()) == "2026-11-27 22:30 (UTC+08:00)"
    finally:
        monkeypatch.undo()
        time.tzset()
