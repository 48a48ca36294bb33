"""When a run may begin: what a recipe's `at` and `cron` say, by the machine's own clock and time zone."""

from __future__ import annotations

import datetime as dt
import re

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_WEEKDAY = re.compile(r"(\*|\d|[a-z]{3})(?:-(\d|[a-z]{3}))?(?:/(\d))?", re.IGNORECASE)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def as_written(value: object) -> object:
    """Return a moment as text where YAML took it for a date, or a number."""
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value) if isinstance(value, dt.date) or type(value) is int else value


def moment(at: str, now: dt.datetime) -> dt.datetime:
    """Return the moment that `at` names: `22:00` is the next time the clock shows it.

    Args:
        at: `HH:MM`, or `YYYY-MM-DD HH:MM`, with an offset (`+08:00`) where another place's time is meant.
        now: with its time zone.

    Raises:
        ValueError: it names none.

    >>> moment("06:30", dt.datetime(2026, 12, 1, 22, 0, tzinfo=dt.UTC)).isoformat()
    '2026-12-02T06:30:00+00:00'
    """
    clock = _CLOCK.fullmatch(at.strip())
    if clock is None:
        given = dt.datetime.fromisoformat(at.strip())
        return given if given.tzinfo is not None else given.replace(tzinfo=now.tzinfo)
    today = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
    return today if today > now else today + dt.timedelta(days=1)


def next_of(cron: str, after: dt.datetime) -> dt.datetime:
    """Return the first moment after another one that five fields of cron name: minute, hour, day, month, weekday.

    Weekdays are counted as cron counts them, 0 and 7 being Sunday.

    Args:
        after: with its time zone, by which the fields are read.

    Raises:
        ValueError: they are no such fields, or name no moment at all.
    """
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = cron.split()
    if day != "*" and weekday != "*":
        raise ValueError("a day of the month and a weekday: programs disagree about what both mean")
    trigger = CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=dt.UTC
    )
    # The fields are of the clock on the wall, which knows no zone: where it is put back, APScheduler would name a moment
    # that has been; and one that it skips comes an hour later.
    wall = after.replace(tzinfo=dt.UTC)
    while True:
        found = trigger.get_next_fire_time(None, wall + dt.timedelta(microseconds=1))
        if found is None:
            raise ValueError("no such day comes")
        named: dt.datetime = found.replace(tzinfo=after.tzinfo)
        if named.timestamp() > after.timestamp():
            return named
        wall = found


def local_now() -> dt.datetime:
    """Return the time by the machine's clock, with its time zone."""
    from tzlocal import reload_localzone  # get_localzone keeps for good the zone that it saw first

    try:
        zone: dt.tzinfo | None = reload_localzone()
    except (LookupError, ValueError):  # a zone by its offset alone (TZ=CST-8), or files at odds
        zone = None
    return dt.datetime.now(zone).astimezone(zone)


def shown(moment_s: float) -> str:
    """Return a moment (seconds since the epoch) as people of this machine's time zone read it, and which zone that is."""
    local = dt.datetime.fromtimestamp(moment_s).astimezone()
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"


def _weekdays(field: str) -> str:
    """Return cron's weekdays by their names: APScheduler counts them from Monday."""
    if field == "*":
        return field
    named: list[str] = []
    for part in field.split(","):
        matched = _WEEKDAY.fullmatch(part)
        if matched is None:
            raise ValueError(f"no weekday: {part}")
        first = 0 if matched[1] == "*" else _day(matched[1])
        last = _day(matched[2]) if matched[2] else 6 if matched[1] == "*" or matched[3] else first
        if last < first:
            last += 7  # fri-mon, or 5-0
        named += [_DAYS[day % 7] for day in range(first, last + 1, int(matched[3] or 1))]
    return ",".join(dict.fromkeys(named))


def _day(word: str) -> int:
    return int(word) if word.isdigit() and int(word) <= 7 else _DAYS.index(word.lower())
