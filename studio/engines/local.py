"""The local engine: a model in this process, many requests at once, on transformers' continuous batching."""

from __future__ import annotations

import itertools
import queue
import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Self

from jinja2 import TemplateError

from studio.core.errors import ContextLengthError, InputError, StudioError, UnavailableError
from studio.core.records import Answer, Delta, Message, Sampling, Usage
from studio.core.text import Text
from studio.engines.batching import end_tokens, start_manager
from studio.engines.engine import DEFAULT_CONTEXT
from studio.engines.likelihood import log_likelihood
from studio.engines.request import Listener, Request, Ticket, died
from studio.engines.sampler import COLDEST
from studio.engines.transcript import Transcript
from studio.models.chat import prompt_ids
from studio.models.load import load_causal, load_tokenizer

_POLL_S = 0.2
_TOKEN_CHARACTERS = 32


class LocalEngine:
    """A model that answers many conversations at once. Loads on creation, in the type `studio.models.load` chooses.

    At temperature 0 an answer repeats exactly as long as the engine computes it in batches of the same make-up; with
    others beside it the last bits of a bfloat16 sum may round differently, and a near tie fall the other way. The
    same holds for a seed above temperature 0: the random numbers repeat, the scores they meet only nearly.

    Args:
        folder: a whole model (see `studio.models.servable` for adapters).
        max_context: tokens of prompt and answer together; never more than the model was made for.

    Attributes:
        context: the tokens of prompt and answer together that it takes.
        generated: tokens generated since it came up.

    Raises:
        InputError: the folder holds no model that can be loaded, or no chat template.
    """

    def __init__(self, folder: Path, max_context: int = DEFAULT_CONTEXT) -> None:
        self._tokenizer: Any = load_tokenizer(folder)
        self._tokenizer("")  # settles its state: threads may share a fast tokenizer as long as none changes it
        self._model: Any = load_causal(folder)
        text_config = self._model.config.get_text_config()
        self.context: int = min(max_context, getattr(text_config, "max_position_embeddings", None) or max_context)
        self._ends = end_tokens(self._model.generation_config, self._tokenizer)
        self._most_characters = self.context * max(_TOKEN_CHARACTERS, *map(len, self._tokenizer.get_vocab()))
        self._requests: dict[str, Request] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._dead: UnavailableError | None = None
        self.generated = 0
        self._manager = start_manager(self._model, self._ends, self.context, self._deliver)
        self._watcher = threading.Thread(target=self._watch, name="engine-watcher", daemon=True)
        self._watcher.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def active(self) -> int:
        """Requests handed in and not over."""
        return len(self._requests)

    @property
    def failure(self) -> UnavailableError | None:
        """Why the engine answers no more; None while it does."""
        return self._dead

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Return a conversation's token ids. Takes seconds for a long one; threads may call it at once.

        Raises:
            ContextLengthError: they leave no room for an answer.
            InputError: the model's chat template refuses the conversation.
        """
        characters = sum(len(message.content) for message in messages)
        # Megabytes are not worth tokenizing to tell that they do not fit: no token is that long, no turn that short.
        if characters > self._most_characters or len(messages) > self.context:
            least = max(len(messages), characters * self.context // self._most_characters)
            raise ContextLengthError.of(least, self.context, at_least=True)
        try:
            ids = prompt_ids(self._tokenizer, messages)
        except TemplateError as error:
            raise InputError(
                Text(
                    f"the model's chat template refuses this conversation: {error}",
                    f"模型的对话模板不接受这段对话：{error}",
                )
            ) from error
        if len(ids) >= self.context:
            raise ContextLengthError.of(len(ids), self.context)
        return ids

    def submit(
        self, messages: Sequence[Message], sampling: Sampling, listener: Listener, whole: bool = False
    ) -> Ticket:
        """Hand in a request.

        Args:
            listener: called from the generation thread, and must return at once: with each piece, the last of
                which has a finish reason, or with the error that ended the request.
            whole: hears one piece only, with the whole text.

        Raises:
            ContextLengthError, InputError: see `encode`.
            UnavailableError: the engine is closed or died.
        """
        return self.enter(self.encode(messages), sampling, listener, whole)

    def enter(self, ids: list[int], sampling: Sampling, listener: Listener, whole: bool = False) -> Ticket:
        """Hand in a request whose tokens are known; see `submit` and `encode`."""
        request = Request(len(ids), Transcript(self._decode, sampling.stop), self._ends, listener, whole)
        ticket = Ticket(f"r{next(self._numbers)}", self._cancel)
        with self._lock:
            if self._dead is not None:
                raise _anew(self._dead)
            self._requests[ticket.id] = request
        drawn: dict[str, object] = {}
        if sampling.temperature >= COLDEST:
            seed = secrets.randbits(63) if sampling.seed is None else sampling.seed
            drawn = {"temperature": float(sampling.temperature), "top_p": float(sampling.top_p), "seed": seed}
        taken = self._manager.add_request(
            ids,
            request_id=ticket.id,
            max_new_tokens=max(1, min(sampling.max_tokens, self.context - len(ids))),
            streaming=not whole or bool(sampling.stop),
            eos_token_id=self._ends,
            **drawn,
        )
        if taken is None and self._forget(ticket.id):
            raise died("it takes no more requests")
        return ticket

    def _cancel(self, identifier: str) -> None:
        with self._lock:
            request = self._requests.pop(identifier, None)
        if request is not None:
            self._manager.cancel_request(identifier)
            request.listener(Delta("", "cancelled", request.usage))

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Generator[Delta, None, None]:
        """See `Engine.stream`. A prompt that is too long raises at once, not at the first piece."""
        return self._stream(self.encode(messages), sampling)

    def _stream(self, ids: list[int], sampling: Sampling) -> Generator[Delta, None, None]:
        heard: queue.SimpleQueue[Delta | StudioError] = queue.SimpleQueue()
        ticket = self.enter(ids, sampling, heard.put, whole=False)
        try:
            while True:
                piece = heard.get()
                if isinstance(piece, StudioError):
                    raise piece
                yield piece
                if piece.finish_reason is not None:
                    return
        finally:
            ticket.cancel()

    def answer_all(
        self,
        prompts: Sequence[Sequence[Message]],
        sampling: Sampling,
        on_answer: Callable[[int, Answer], None],
        concurrency: int = 16,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """See `Engine.answer_all`. Each answer is handed over whole: no thread wakes for a single token."""
        heard: queue.SimpleQueue[tuple[int, Delta | StudioError]] = queue.SimpleQueue()
        waiting = iter(enumerate(prompts))
        tickets: dict[int, Ticket] = {}
        try:
            while not should_stop():
                while len(tickets) < concurrency and (following := next(waiting, None)) is not None:
                    number, messages = following
                    try:
                        tickets[number] = self.submit(messages, sampling, _numbered(number, heard), whole=True)
                    except ContextLengthError:
                        on_answer(number, Answer(text="", finish_reason="error"))
                if not tickets:
                    return
                try:
                    index, piece = heard.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if isinstance(piece, StudioError):
                    raise piece
                del tickets[index]
                on_answer(
                    index,
                    Answer(text=piece.text, finish_reason=piece.finish_reason or "stop", usage=piece.usage or Usage()),
                )
        finally:
            for ticket in tickets.values():
                ticket.cancel()

    def log_likelihood(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
        """Return the summed natural log-probability of each continuation as the assistant's words, and its tokens.

        Raises:
            ContextLengthError: the prompt with its longest continuation does not fit.
        """
        prompt = self.encode(messages)
        tails = [self._tokenizer(text, add_special_tokens=False)["input_ids"] for text in continuations]
        longest = len(prompt) + max((len(tail) for tail in tails), default=0)
        if longest > self.context:
            raise ContextLengthError.of(longest, self.context)
        return log_likelihood(self._model, prompt, tails)

    def close(self) -> None:
        """End the engine; whoever still waits hears `cancelled`. May be called twice."""
        self._fail(UnavailableError(Text("the engine is closed", "引擎已关闭")), cancelled=True)
        if self._manager.is_running():
            self._manager.stop(block=True, timeout=30, hard_stop=True)
        self._watcher.join()

    def _watch(self) -> None:
        """Wait for the generation thread to end, and leave nobody waiting for it."""
        while self._manager.is_running():
            time.sleep(_POLL_S)
        reason = self._manager.background_thread_status.fatal_error
        self._fail(died(f"{type(reason).__name__}: {reason}" if reason else "the generation thread ended"))

    def _deliver(self, output: Any) -> None:
        request = self._requests.get(output.request_id)
        if request is None:
            return  # cancelled; the manager had not heard yet
        before = request.tokens
        piece = died(output.error) if output.error is not None else request.take(output)
        self.generated += request.tokens - before
        if piece is None:
            return
        over = not isinstance(piece, Delta) or piece.finish_reason is not None
        if over:
            if not self._forget(output.request_id):
                return  # cancelled this very moment, and told so
            if not output.is_finished():
                self._manager.cancel_request(output.request_id)  # a stop text ended it
        request.listener(piece)

    def _forget(self, identifier: str) -> bool:
        with self._lock:
            return self._requests.pop(identifier, None) is not None

    def _fail(self, reason: UnavailableError, cancelled: bool = False) -> None:
        """Take no more requests, and end those under way; the first reason stays."""
        with self._lock:
            self._dead = self._dead or reason
            left, self._requests = self._requests, {}
        for request in left.values():
            request.listener(Delta("", "cancelled", request.usage) if cancelled else _anew(reason))

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _anew(error: UnavailableError) -> UnavailableError:
    """Return the same error for one more thread to raise: a shared one would gather everybody's traceback."""
    return UnavailableError(error.message, error.hint, error.where)


def _numbered(index: int, heard: queue.SimpleQueue[tuple[int, Delta | StudioError]]) -> Listener:
    return lambda piece: heard.put((index, piece))
