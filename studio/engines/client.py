"""Clients of the wire: one for our own threads, one for an event loop."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from studio.core.errors import BusyError, ContextLengthError, StudioError
from studio.core.records import Answer, Delta, Message, Passage, Sampling, Usage
from studio.engines.pool import Server
from studio.engines.reading import ChunkReader, broken, read_error, read_search, silent
from studio.engines.wire import write_call

# An engine that computes a long prompt is silent for a while; one that is gone refuses at once. Ours say `: ping` then.
_TIMEOUT = httpx.Timeout(10.0, read=600.0)
_TIMEOUT_HERE = httpx.Timeout(10.0, read=60.0)
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=64)
_POLL_S = 0.2
_RETRY_S = 0.5


class RemoteEngine:
    """An engine behind a URL: one of ours, our endpoint, or any that speaks OpenAI's chat completions.

    Args:
        url: what the openai client calls `base_url`; `/v1` is added to a bare `http://host:port`.
        model: the model's name there.
        key: the bearer token; empty sends none.
        extra: further fields of every request's body.
    """

    def __init__(self, url: str, model: str = "", key: str = "", extra: Mapping[str, Any] | None = None) -> None:
        self._url = _chat_url(url)
        self._model = model
        self._extra = dict(extra or {})
        # Reading the machine's certificates takes longer than an answer from next door that needs none.
        secure = urlsplit(self._url).scheme == "https"
        self._http = httpx.Client(
            headers=_headers(key), timeout=_TIMEOUT, limits=_LIMITS, trust_env=False, verify=secure
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Generator[Delta, None, None]:
        """See `Engine.stream`. The request is sent when the first piece is asked for.

        Raises:
            BusyError: it has too much to do.
            InputError: it refuses the request, the key or the model.
        """
        body = write_call(messages, sampling, self._model, self._extra)
        reader = ChunkReader(self._url)
        try:
            with self._http.stream("POST", self._url, json=body) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refused(response)
                for data in response.iter_bytes():
                    yield from reader.read(data)
        except httpx.HTTPError as error:
            raise silent(self._url, f"{type(error).__name__}: {error}") from error
        yield from reader.last()

    def answer_all(
        self,
        prompts: Sequence[Sequence[Message]],
        sampling: Sampling,
        on_answer: Callable[[int, Answer], None],
        concurrency: int = 16,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """See `Engine.answer_all`. Waits and asks again where the engine has too much to do."""
        heard: queue.SimpleQueue[tuple[int, Answer] | StudioError] = queue.SimpleQueue()
        ending = threading.Event()
        waiting, turn = iter(enumerate(prompts)), threading.Lock()

        def work() -> None:
            while not ending.is_set():
                with turn:
                    index, messages = next(waiting, (-1, ()))
                if index < 0:
                    return
                try:
                    answer = self._answer(messages, sampling, ending)
                except StudioError as error:
                    heard.put(error)
                    return
                if answer is not None:
                    heard.put((index, answer))

        workers = [
            threading.Thread(target=work, name=f"asking-{number}", daemon=True)
            for number in range(min(concurrency, len(prompts)))
        ]
        for worker in workers:
            worker.start()
        try:
            left = len(prompts)
            while left and not should_stop():
                try:
                    told = heard.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if isinstance(told, StudioError):
                    raise told
                on_answer(*told)
                left -= 1
        finally:
            ending.set()
            for worker in workers:
                worker.join(timeout=_TIMEOUT.connect)

    def _answer(self, messages: Sequence[Message], sampling: Sampling, ending: threading.Event) -> Answer | None:
        """Return one whole answer, or None where the asking ended meanwhile."""
        for attempt in itertools.count():
            pieces = self.stream(messages, sampling)
            text = ""
            try:
                for piece in pieces:
                    if ending.is_set():
                        return None
                    text += piece.text
                return Answer(
                    text=text,
                    finish_reason=piece.finish_reason or "stop",
                    usage=piece.usage or Usage(),
                    passages=piece.passages,
                )
            except ContextLengthError:
                return Answer(text="", finish_reason="error")
            except BusyError:
                if ending.wait(_RETRY_S * min(2**attempt, 8)):
                    return None
            finally:
                pieces.close()
        return None


class EngineClient:
    """Asks the serve runs of this machine from an event loop, through one pool of connections."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_HERE, limits=_LIMITS, trust_env=False, verify=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def astream(
        self, server: Server, messages: Sequence[Message], sampling: Sampling, choices: int = 1
    ) -> AsyncGenerator[Delta, None]:
        """Answer a conversation piece by piece, once or several times; closing the generator ends the work behind it.

        Raises:
            ContextLengthError: the prompt is too long.
            BusyError: the engine has too much to do.
            UnavailableError: it does not answer, or died.
        """
        place = _chat_url(server.url)
        reader = ChunkReader(place, choices)
        body = write_call(messages, sampling, server.model, {}, choices)
        try:
            async with self._http.stream("POST", place, json=body, headers=_headers(server.token)) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise _refused_here(response)
                async for data in response.aiter_bytes():
                    for piece in reader.read(data):
                        yield piece
        except httpx.HTTPError as error:
            raise silent(place, f"{type(error).__name__}: {error}") from error
        for piece in reader.last():
            yield piece

    async def left(self, server: Server, messages: Sequence[Message]) -> int:
        """Return how many tokens of the context a conversation leaves to its answer; 0: it does not fit.

        Raises:
            InputError: the model's template refuses it.
            UnavailableError: the engine does not answer.
        """
        place = f"{server.url}/tokens"
        found = await self._ask("POST", place, server, {"messages": [message.model_dump() for message in messages]})
        try:
            return int(found["left"])
        except (KeyError, TypeError, ValueError) as error:
            raise broken(place, str(found)[:80]) from error

    async def search(self, server: Server, query: str, top_k: int) -> list[Passage]:
        """Return a served knowledge base's best passages, best first.

        Raises:
            InputError: the query is empty or the number wrong.
            UnavailableError: it does not answer.
        """
        body = {"query": query, "top_k": top_k}
        # A large reranker on a slow machine takes its time, and has no way to say so.
        found = await self._ask("POST", f"{server.url}/search", server, body, _TIMEOUT)
        return read_search(found, server.url)

    async def passage(self, server: Server, passage_id: str) -> Passage | None:
        """Return a served knowledge base's passage by its id, or None."""
        place = f"{server.url}/passages/{quote(passage_id, safe='')}"
        found = await self._ask("GET", place, server, None)
        return None if found is None else read_search({"passages": [found]}, place)[0]

    async def _ask(
        self, method: str, place: str, server: Server, body: object, timeout: httpx.Timeout = _TIMEOUT_HERE
    ) -> Any:
        headers = _headers(server.token)
        try:
            response = await self._http.request(method, place, json=body, headers=headers, timeout=timeout)
        except httpx.HTTPError as error:
            raise silent(place, f"{type(error).__name__}: {error}") from error
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise _refused_here(response)
        return _json(response)


def search(server: Server, query: str, top_k: int = 5) -> list[Passage]:
    """Return a served knowledge base's best passages; for callers without an event loop. See `EngineClient.search`."""
    place = f"{server.url}/search"
    try:
        response = httpx.post(
            place,
            json={"query": query, "top_k": top_k},
            headers=_headers(server.token),
            timeout=_TIMEOUT,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise silent(place, f"{type(error).__name__}: {error}") from error
    if response.status_code != 200:
        raise _refused(response)
    return read_search(_json(response), place)


def _chat_url(url: str) -> str:
    base = url.rstrip("/")
    return f"{base}{'' if urlsplit(base).path else '/v1'}/chat/completions"


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _refused(response: httpx.Response) -> StudioError:
    try:
        body = response.json()
    except ValueError:
        body = response.text[:300]
    return read_error(response.status_code, body, str(response.url))


def _refused_here(response: httpx.Response) -> StudioError:
    """Return what a refusal by a server of ours means: one that does not know us took a dead one's port."""
    if response.status_code in (401, 403, 404):
        return silent(str(response.url), f"HTTP {response.status_code}")
    return _refused(response)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise broken(str(response.url), response.text[:80]) from error
