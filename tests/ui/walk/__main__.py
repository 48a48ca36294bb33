"""The whole walk, with its table and its pictures: `python -m tests.ui.walk [--out FOLDER] [--only PART ...]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, Error

from studio.core.text import LANGUAGES, Language
from tests.ui.prefix_proxy import PrefixProxy
from tests.ui.walk import first_load, kills, many
from tests.ui.walk.hands import Keyboard
from tests.ui.walk.job import Job
from tests.ui.walk.place import browser, fresh, studio
from tests.ui.walk.walker import Walker
from tests.ui.walk.wire import TUNNEL

PREFIX = "/user/me/proxy/7860"
_LARGEST = 50_000_000  # bytes of a body that the proxy lets through: what it refuses is tried elsewhere

Part = Callable[[Browser, Path], str]


def direct(language: Language) -> Part:
    def walk(opened: Browser, pictures: Path) -> str:
        with studio() as running:
            walker = Walker(fresh(opened), running.url, language, pictures=pictures)
            return _told(walker, Job(walker).whole)

    return walk


def tunnelled(language: Language) -> Part:
    def walk(opened: Browser, pictures: Path) -> str:
        with studio() as running, PrefixProxy(running.port, PREFIX, True, True, _LARGEST).running() as url:
            walker = Walker(fresh(opened), url, language, line=TUNNEL, pictures=pictures)
            return _told(walker, Job(walker).whole)

    return walk


def by_keyboard(language: Language) -> Part:
    def walk(opened: Browser, pictures: Path) -> str:
        with studio() as running:
            walker = Walker(fresh(opened), running.url, language, Keyboard, pictures=pictures)
            return _told(walker, Job(walker).whole)

    return walk


def much(opened: Browser, pictures: Path) -> str:
    with studio(filled=True) as running:
        walker = Walker(fresh(opened), running.url, "en", pictures=pictures)
        return _told(walker, lambda: many.walk(walker, running))


def killed(opened: Browser, pictures: Path) -> str:
    with studio() as running, tempfile.TemporaryDirectory() as folder:
        walker = Walker(fresh(opened), running.url, "en", pictures=pictures)
        return _told(walker, lambda: kills.walk(walker, running, Path(folder)), spared="net::ERR_")  # it is gone


def first(opened: Browser, pictures: Path) -> str:
    with studio() as running:
        looks = first_load.looks(opened, running.url)
    lines = [first_load.HEAD, *(look.line() for look in looks), f"goals: {first_load.GOALS}"]
    lines += ["the largest answers of the form at #data:", first_load.largest(looks[2])]
    return "\n".join(lines)


PARTS: dict[str, Part] = {
    "first": first,
    "many": much,
    "killed": killed,
    **{f"direct-{language}": direct(language) for language in LANGUAGES},
    **{f"tunnel-{language}": tunnelled(language) for language in LANGUAGES},
    **{f"keyboard-{language}": by_keyboard(language) for language in LANGUAGES},
}


def main() -> int:
    """Walk, print what it took, and return 1 where a part of it did not come to its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/walk"), help="folder for pictures and the table")
    parser.add_argument("--only", nargs="*", choices=PARTS, help="only these parts")
    options = parser.parse_args()
    told, broken = [], 0
    with browser() as opened:
        for name in options.only or PARTS:
            try:
                said = PARTS[name](opened, options.out / name)
            except Broken as stopped:
                broken += 1
                said = str(stopped)
            told.append(f"== {name}\n{said}")
            print(told[-1], flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "table.txt").write_text("\n\n".join(told) + "\n", encoding="utf-8")
    print(f"pictures and table: {options.out}{os.sep}")
    return 1 if broken else 0


class Broken(Exception):
    """A walk that did not come to its end: what it took until then, and where it stood."""


def _told(walker: Walker, walk: Callable[[], None], spared: str = "") -> str:
    """Walk, and return the table and the faults, but for those that say what is spared.

    Raises:
        Broken: with the same and the reason.
    """
    reason = ""
    try:
        walk()
    except (AssertionError, Error) as error:
        reason = str(error)
    lines = [walker.table(), f"the page was loaded {walker.loads} times"]
    if isinstance(walker.hands, Keyboard):
        lines.append(f"most presses of Tab in a row: {walker.hands.farthest}")
        lines += [f"focus that cannot be seen: {tag}" for tag in walker.hands.unseen]
    lines += [f"fault: {fault}" for fault in walker.faults if not (spared and spared in fault)]
    with suppress(Error):  # it may be the browser that ended
        walker.page.context.close()
    if reason:
        raise Broken("\n".join([*lines, f"STOPPED: {reason}"]))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
