"""What the machine costs and until when one has it: said by the user in the environment, or known of the platform."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from studio.core import timing
from studio.core.errors import InputError
from studio.core.text import Text, both

PRICE = "STUDIO_PRICE_PER_HOUR"
UNTIL = "STUDIO_RENTED_UNTIL"
_PRICE = re.compile(r"(\D*?)\s*(\d+(?:\.\d+)?)\s*(\D*)")


@dataclass(frozen=True)
class Price:
    """What an hour costs; the currency is whatever the user wrote before or behind the number."""

    per_hour: float
    before: str = ""
    behind: str = ""

    def of(self, seconds: float) -> str:
        """Return what so many seconds cost.

        >>> Price(2.5, behind="元").of(5400), Price(0.4, "$").of(60)
        ('3.75 元', '$0.01')
        """
        return f"{self.before}{self.per_hour * seconds / 3600:,.2f}{f' {self.behind}' if self.behind else ''}"


@dataclass(frozen=True)
class End:
    """The moment from which the machine is gone.

    Args:
        moment: seconds since the epoch.
        what: what ends then.
        known_by: how that is known, and how to say otherwise.
    """

    moment: float
    what: Text
    known_by: Text


@dataclass(frozen=True)
class Platform:
    """A place that ends every session after some hours.

    Args:
        sign: a variable that its environment has.
    """

    name: str
    sign: str
    hours: float
    known_by: Text

    def end(self, began: float) -> End:
        """Return when a session ends that began at a moment."""
        what = Text(f"the {self.name} session", f"{self.name} 会话")
        return End(began + 3600 * self.hours, what, self.known_by)


PLATFORMS = (
    Platform(
        "Kaggle",
        "KAGGLE_KERNEL_RUN_TYPE",
        12,
        Text(f"12 h after its start; {UNTIL} says otherwise", f"启动后 12 小时；可用 {UNTIL} 另行设定"),
    ),
    Platform(
        "Colab",
        "COLAB_RELEASE_TAG",
        12,
        Text(
            f"12 h after its start, 24 h with Pro+; {UNTIL} says otherwise",
            f"启动后 12 小时，Pro+ 为 24 小时；可用 {UNTIL} 另行设定",
        ),
    ),
)


@dataclass(frozen=True)
class Rental:
    """What is known of the machine's price and end; None where nothing is."""

    price: Price | None = None
    end: End | None = None


def read_rental(environ: Mapping[str, str] = os.environ) -> Rental:
    """Return what this process's environment says.

    A clock's time alone (`22:00`) is the next one after this process began: it does not move on to tomorrow by itself.

    Raises:
        InputError: a price without a number, or a moment that is none.
    """
    return Rental(_price(environ.get(PRICE, "").strip()), _end(environ))


def _price(given: str) -> Price | None:
    if not given:
        return None
    found = _PRICE.fullmatch(given)
    if found is None or float(found[2]) <= 0:
        raise InputError(
            Text(
                f"given '{given}', accepted: a price above 0, with its currency before or behind it (`2.5 CNY`, `$0.40`)",
                f"现为“{given}”，应为大于 0 的单价，币种写在前面或后面（如 `2.5 元`、`$0.40`）",
            ),
            where=PRICE,
        )
    return Price(float(found[2]), found[1].strip(), found[3].strip())


def _end(environ: Mapping[str, str]) -> End | None:
    given = environ.get(UNTIL, "").strip()
    if not given:
        platform = next((one for one in PLATFORMS if environ.get(one.sign)), None)
        return platform.end(psutil.Process(1).create_time()) if platform else None  # a session is a container
    now = timing.local_now()
    try:
        began = dt.datetime.fromtimestamp(psutil.Process().create_time(), now.tzinfo)
        moment = timing.moment(given, began).timestamp()
    except (ValueError, OverflowError) as error:
        raise InputError(
            Text(
                f"given '{given}', accepted: `22:00`, or a date with it, `2026-12-02 22:00`",
                f"现为“{given}”，应为 `22:00`，或带日期的 `2026-12-02 22:00`",
            ),
            where=UNTIL,
        ) from error
    return End(moment, Text("the rental", "租期"), both(UNTIL))
