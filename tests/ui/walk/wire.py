"""What goes over the wire while a page is used, and how slow that wire is: Chromium's own account of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True)
class Line:
    """A connection: bits a second both ways, and milliseconds there and back."""

    bits: int
    latency_ms: int


TUNNEL = Line(1_000_000, 80)


@dataclass
class Response:
    """One answer: where it came from, and its bytes on the wire, head included, packed as they were sent."""

    url: str
    sent: float = 0
    cached: bool = False


@dataclass
class Wire:
    """Counts the requests of a page and the bytes of their answers; what the browser has kept is not counted."""

    page: Page
    line: Line | None = None
    _session: CDPSession = field(init=False)
    _answers: dict[str, Response] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._session = self.page.context.new_cdp_session(self.page)
        self._session.on("Network.requestWillBeSent", self._asked)
        self._session.on("Network.requestServedFromCache", self._kept)
        self._session.on("Network.dataReceived", self._came)
        self._session.on("Network.loadingFinished", self._ended)
        self._session.send("Network.enable")
        if self.line is not None:
            self.slow(self.line.bits / 8, self.line.bits / 8, self.line.latency_ms)

    def slow(self, down: float, up: float, latency_ms: float = 0) -> None:
        """Let so many bytes a second through from now on, -1 for all."""
        speed = {"latency": latency_ms, "downloadThroughput": down, "uploadThroughput": up}
        self._session.send("Network.emulateNetworkConditions", {"offline": False, **speed})

    @property
    def responses(self) -> list[Response]:
        """Return what was asked of the server so far, in order."""
        return [answer for answer in self._answers.values() if not answer.cached]

    @property
    def requests(self) -> int:
        return len(self.responses)

    @property
    def sent(self) -> float:
        """Return the bytes that came so far."""
        return sum(answer.sent for answer in self.responses)

    def _asked(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("http"):
            self._answers[event["requestId"]] = Response(url)

    def _kept(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._answers:
            self._answers[event["requestId"]].cached = True

    def _came(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._answers:
            self._answers[event["requestId"]].sent += event["encodedDataLength"]

    def _ended(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._answers:
            self._answers[event["requestId"]].sent = event["encodedDataLength"]
