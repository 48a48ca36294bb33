"""Asks one hub: with the token where it may go, by checked addresses, waiting where the hub asks to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from studio.hubs import accounts
from studio.hubs.base import Hub, Refusal, RefusedError
from studio.hubs.route import require_address, require_way

_LOOK_S = 0.2
_WAITS = 5
_LONGEST_S = 300.0  # that a hub is waited for at its word
_UNSAID_S = 2.0  # where it says no number; doubled each time
_AGENT = "medqa-studio"
_RESET = re.compile(r";\s*t=(\d+)")
_ERRNO = re.compile(r"\[Errno -?\d+\] ")


class HubClient:
    """A hub as it is asked; closed by `with`.

    Args:
        hub: which.
        check_stop: raises Stopped where somebody asked to; called while it waits.
        timeout_s: for a connection, and for each piece of an answer.
        patient: whether to wait where the hub says that there were too many requests.
        token: to send instead of the user's own, which is sent to an address that the user has chosen.
    """

    def __init__(
        self,
        hub: Hub,
        check_stop: Callable[[], None] = lambda: None,
        timeout_s: float = 20.0,
        patient: bool = True,
        token: str | None = None,
    ) -> None:
        self.hub = hub
        self.base = hub.endpoint().strip().rstrip("/")
        require_address(self.base)
        self._check_stop = check_stop
        self._patient = patient
        named = bool(httpx.URL(self.base).userinfo)  # a name and a password go in the header that a token would go in
        own = accounts.token_of(hub.account.name) if token is None and hub.trusted() and not named else ""
        self._token = own if token is None else token
        self._http = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(10.0, timeout_s)),
            headers={"User-Agent": _AGENT, **(hub.account.headers(self._token) if self._token else {})},
            follow_redirects=True,
            event_hooks={"request": [lambda request: require_way(self.base, request.url)]},
        )

    def __enter__(self) -> HubClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Part with the hub."""
        self._http.close()

    @property
    def has_token(self) -> bool:
        """Whether requests carry a token."""
        return bool(self._token)

    def ask(self, url: str, method: str = "GET") -> httpx.Response:
        """Return a good answer, read whole. Raises RefusedError."""
        with self.open(url, method) as response:
            self._read(response)
            return response

    @contextmanager
    def open(self, url: str, method: str = "GET", start: int = 0) -> Iterator[httpx.Response]:
        """Yield a good answer whose body is still to come, from a byte on.

        Raises:
            RefusedError: there is none; inside the block, that it broke off.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        for again in range(_WAITS + 1):
            try:
                with self._http.stream(method, url, headers=headers) as response:
                    if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                        self._require_good(response)
                        yield response
                        return
                    asked_s = wait_of(response)
            except httpx.UnsupportedProtocol as error:
                raise RefusedError(Refusal.ASTRAY, "no http or https address") from error
            except httpx.TransportError as error:
                raise RefusedError(Refusal.OFFLINE, self._without_token(str(error) or type(error).__name__)) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:  # redirects in a circle, an unreadable answer
                raise RefusedError(Refusal.OTHER, self._without_token(str(error))) from error
            wait_s = asked_s or _UNSAID_S * 2**again
            if not self._patient or again == _WAITS or wait_s > _LONGEST_S:
                break
            self._wait(wait_s)
        raise RefusedError(Refusal.RATE, "HTTP 429", asked_s)

    def _require_good(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        self._read(response)
        broken = response.is_server_error  # it is there, and cannot now
        refusal = Refusal.OFFLINE if broken else self.hub.refusal(response, self.has_token)
        said = response.headers.get("X-Error-Message") or f"HTTP {response.status_code}"
        raise RefusedError(refusal, self._without_token(said))

    def _read(self, response: httpx.Response) -> None:
        try:
            response.read()
        except httpx.HTTPError as error:
            raise RefusedError(Refusal.OFFLINE, self._without_token(str(error) or type(error).__name__)) from error

    def _without_token(self, said: str) -> str:
        """Return what a hub said, in one line, should it say the token back."""
        line = _ERRNO.sub("", " ".join(said.split()))[:160]
        return line.replace(self._token, "***") if self._token else line

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._check_stop()
            time.sleep(min(left, _LOOK_S))


def wait_of(response: httpx.Response) -> float:
    """Return the seconds that an answer asks to wait, by `Retry-After` or by `RateLimit`'s `t`; 0 where it names none."""
    limited = _RESET.search(response.headers.get("RateLimit", ""))
    try:
        return max(0.0, float(response.headers.get("Retry-After") or (limited[1] if limited else 0)))
    except ValueError:
        return 0.0
