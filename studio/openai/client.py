"""A client of the wire."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from studio.core.errors import StudioError
from studio.core.records import Delta, Request
from studio.openai.body import json_bytes
from studio.openai.chat import write_chat
from studio.openai.delta_reader import DeltaReader
from studio.openai.errors import broken, read_error, silent
from studio.openai.sse import EventReader

# A server that computes a long prompt is silent for a while; one that is gone refuses at once. Ours say `: ping` then.
_PATIENT = httpx.Timeout(10.0, read=600.0)
_PINGED = httpx.Timeout(10.0, read=60.0)


def connections(secure: bool = False) -> httpx.AsyncClient:
    """Return a pool of connections for clients of one event loop; whoever asks for it closes it.

    Args:
        secure: whether it is to speak `https` too: reading the machine's certificates takes longer than an answer
            from next door that needs none.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    return httpx.AsyncClient(limits=limits, trust_env=False, verify=secure)


@dataclass(frozen=True)
class Client:
    """Asks one server; light, since the connections are somebody else's.

    Args:
        http: the connections; see `connections`.
        url: what the openai client calls `base_url`; `/v1` is added to a bare `http://host:port`.
        token: the bearer token; empty sends none.
        ours: whether it is a server of the studio's on this machine. One that does not know us has then taken a dead
            one's port, and is no server at all.
    """

    http: httpx.AsyncClient
    url: str
    token: str = ""
    ours: bool = False

    async def chat(self, request: Request, model: str) -> AsyncGenerator[Delta, None]:
        """Answer a request delta by delta; closing the generator ends the work behind it.

        Raises:
            ContextLengthError: the prompt is too long.
            BusyError: the server has too much to do.
            InputError: it refuses the request, the key or the model.
            UnavailableError: it does not answer, or died.
        """
        base = self.url.rstrip("/")
        place = f"{base}{'' if urlsplit(base).path else '/v1'}/chat/completions"
        events, reader = EventReader(), DeltaReader(place, request.choices)
        asked = self.http.stream(
            "POST",
            place,
            content=json_bytes(write_chat(request, model)),
            headers=self._headers(),
            timeout=_PINGED if self.ours else _PATIENT,
        )
        try:
            async with asked as response:
                if response.status_code != 200:
                    await response.aread()
                    raise self._refused(response)
                async for data in response.aiter_bytes():
                    for event in events.read(data):
                        for delta in reader.read(event):
                            yield delta
        except httpx.HTTPError as error:
            raise silent(place, f"{type(error).__name__}: {error}") from error
        for delta in reader.last():
            yield delta

    async def post(self, path: str, body: object, slow: bool = False) -> Any:
        """Return the JSON document that a path answers with.

        Args:
            slow: whether the answer may take minutes without a sign of life.

        Raises:
            StudioError: see `chat`.
        """
        place = f"{self.url.rstrip('/')}{path}"
        timeout = _PATIENT if slow or not self.ours else _PINGED
        try:
            response = await self.http.post(place, content=json_bytes(body), headers=self._headers(), timeout=timeout)
        except httpx.HTTPError as error:
            raise silent(place, f"{type(error).__name__}: {error}") from error
        if response.status_code != 200:
            raise self._refused(response)
        try:
            return response.json()
        except ValueError as error:
            raise broken(place, response.text[:80]) from error

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers

    def _refused(self, response: httpx.Response) -> StudioError:
        if self.ours and response.status_code in (401, 403, 404):
            return silent(str(response.url), f"HTTP {response.status_code}")
        try:
            body = response.json()
        except ValueError:
            body = response.text[:300]
        return read_error(response.status_code, body, str(response.url))
