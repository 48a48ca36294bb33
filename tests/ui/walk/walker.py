"""Somebody who walks through the page, station by station, and of whom is kept what it took and what was seen."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

from studio.core.text import Language
from tests.ui.walk.hands import Hands, Keyboard, Pointer
from tests.ui.walk.wire import Line, Wire

PLACES: dict[Language, str] = {"zh": "", "en": "en/"}
# What is not the page's own word: logs, recipes, what a model or a file says, names.
_READ = """(spared) => {
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent.closest(spared) || !parent.checkVisibility({ visibilityProperty: true })) continue;
    const text = walk.currentNode.textContent.trim();
    if (text) lines.push(text);
  }
  return lines;
}"""
_SPARED = (
    "script, style, pre, code, textarea, a.language, .prose, .asked, .cite, blockquote, .drawer, .sheet tbody,"
    " [data-example], .notice.good .hint, option, .log, .clients"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"\b[A-Za-z']+(?: [A-Za-z']+){4,}")


@dataclass(frozen=True)
class Station:
    """What one station took; bytes are those of the answers."""

    name: str
    clicks: int
    keys: int
    requests: int
    sent: float
    seconds: float

    def line(self) -> str:
        return (
            f"{self.name:<26}{self.clicks:>7}{self.keys:>7}{self.requests:>10}"
            f"{self.sent / 1000:>9.1f}{self.seconds:>9.1f}"
        )


HEAD = f"{'station':<26}{'clicks':>7}{'keys':>7}{'requests':>10}{'KB':>9}{'seconds':>9}"


class Walker:
    """Walks through a page.

    Args:
        page: a page that nothing was loaded in yet.
        url: where the studio is, without a language.
        language: of the page.
        by: what it is used with.
        line: how slow the wire is; as fast as it can be where there is none.
        pictures: a folder for a picture a station; none are taken without one.
    """

    def __init__(
        self,
        page: Page,
        url: str,
        language: Language,
        by: type[Pointer] | type[Keyboard] = Pointer,
        line: Line | None = None,
        pictures: Path | None = None,
    ) -> None:
        self.page = page
        self.language: Language = language
        self.url = f"{url}{PLACES[language]}"
        self.hands: Hands = by(page)
        self.wire = Wire(page, line)
        self.stations: list[Station] = []
        self.faults: list[str] = []
        self.loads = 0
        self._pictures = pictures
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error in the page: {error}"))
        page.on("load", lambda: setattr(self, "loads", self.loads + 1))

    @contextmanager
    def station(self, name: str) -> Iterator[None]:
        """Keep what the block takes, look for words of the other language, and take a picture."""
        hands, wire = self.hands, self.wire
        before = hands.clicks, hands.keys, wire.requests, wire.sent, time.monotonic()
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self._picture(f"{name}.broken")
        seconds = time.monotonic() - before[4]
        clicks, keys, requests = hands.clicks - before[0], hands.keys - before[1], wire.requests - before[2]
        self.stations.append(Station(name, clicks, keys, requests, wire.sent - before[3], seconds))
        self._words(name)
        self._picture(name)

    def open(self, place: str = "home") -> None:
        """Go to a place by its address."""
        self.page.goto(f"{self.url}#{place}", wait_until="commit")
        self.page.wait_for_selector(f"#tab-{place}:visible", timeout=60_000)

    def table(self) -> str:
        """Return one line a station and one for all."""
        all_of = Station(
            "all",
            sum(one.clicks for one in self.stations),
            sum(one.keys for one in self.stations),
            sum(one.requests for one in self.stations),
            sum(one.sent for one in self.stations),
            sum(one.seconds for one in self.stations),
        )
        return "\n".join([HEAD, *(one.line() for one in [*self.stations, all_of])])

    def _words(self, name: str) -> None:
        foreign = _CHINESE if self.language == "en" else _ENGLISH
        for text in self.page.evaluate(_READ, _SPARED):
            if foreign.search(text):
                fault = f"{name}: words of the other language: {text[:160]}"
                if fault not in self.faults:
                    self.faults.append(fault)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text[:200]} ({message.location.get('url', '')})")

    def _picture(self, name: str) -> None:
        if self._pictures is None:
            return
        self._pictures.mkdir(parents=True, exist_ok=True)
        number = len(self.stations)
        self.page.screenshot(path=str(self._pictures / f"{number:02d}-{name.replace(' ', '-')}.png"))
