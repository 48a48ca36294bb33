"""A model in this process: many requests at once, on transformers' continuous batching."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from jinja2 import TemplateError

from studio.core.choice import Options
from studio.core.errors import ContextLengthError, InputError, StudioError, UnavailableError
from studio.core.records import Delta, Message, Request, Sampling
from studio.core.text import Text
from studio.engines.base import DEFAULT_CONTEXT, Backend
from studio.engines.detokenizer import Detokenizer
from studio.engines.generation import Generation, Listener, PendingAnswer, died
from studio.models.facts import facts_of

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
        from studio.engines.batching import start_manager
        from studio.models.load import load_causal, load_tokenizer

        self._tokenizer: Any = load_tokenizer(folder)
        self._tokenizer("")  # settles its state: threads may share a fast tokenizer as long as none changes it
        self._model: Any = load_causal(folder)
        facts = facts_of(folder)
        self.context: int = min(max_context, facts.context or max_context)
        self._ends = list(facts.ends)
        self._most_characters = self.context * max(_TOKEN_CHARACTERS, *map(len, self._tokenizer.get_vocab()))
        self._underway: dict[str, Generation] = {}
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
        """Answers asked for and not over."""
        return len(self._underway)

    @property
    def failure(self) -> UnavailableError | None:
        """Why the engine answers no more; None while it does."""
        return self._dead

    async def generate(self, request: Request) -> AsyncGenerator[Delta, None]:
        """See `Engine.generate`. Answers that are wanted whole wake nobody for a single token."""
        if request.retrieval is not None:
            raise InputError(
                Text("an engine alone searches no knowledge base", "引擎本身不能检索知识库"), where="retrieval"
            )
        ids = await asyncio.to_thread(self.encode, request.messages)
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Delta | StudioError] = asyncio.Queue()

        def hear(event: Delta | StudioError) -> None:
            with suppress(RuntimeError):  # the loop is closed: whoever asked is gone
                loop.call_soon_threadsafe(queue.put_nowait, event)

        pendings: list[PendingAnswer] = []
        try:
            for index in range(request.choices):
                pendings.append(self.enter(ids, _nth(request.sampling, index), hear, request.whole, index))
            left = request.choices
            while left:
                delta = await queue.get()
                if isinstance(delta, StudioError):
                    raise delta
                if delta.finish_reason == "cancelled":
                    raise UnavailableError(Text("the engine is shutting down", "引擎正在关闭"))
                left -= delta.finish_reason is not None
                yield delta
        finally:
            for pending in pendings:
                pending.cancel()

    async def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
        """See `Engine.score`."""
        return await asyncio.to_thread(self._score, messages, continuations)

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """See `Engine.count_tokens`."""
        return len(await asyncio.to_thread(self.encode, messages))

    async def aclose(self) -> None:
        """See `close`."""
        await asyncio.to_thread(self.close)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Return a conversation's token ids. Takes seconds for a long one; threads may call it at once.

        Raises:
            ContextLengthError: they leave no room for an answer.
            InputError: the model's chat template refuses the conversation.
        """
        from studio.models.chat_template import prompt_ids

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

    def enter(
        self, ids: list[int], sampling: Sampling, listener: Listener, whole: bool, index: int = 0
    ) -> PendingAnswer:
        """Ask for one answer to a prompt whose tokens are known; see `encode`.

        Args:
            listener: called from the generation thread, and must return at once: with each delta, the last of
                which has a finish reason, or with the error that ended the answer.
            whole: hears one delta only, with the whole text.
            index: which of a request's answers it is.

        Raises:
            UnavailableError: the engine is closed or died.
        """
        from studio.engines.sampler import drawing

        generation = Generation(len(ids), Detokenizer(self._decode, sampling.stop), self._ends, listener, index, whole)
        pending = PendingAnswer(f"r{next(self._numbers)}", self._cancel)
        with self._lock:
            if self._dead is not None:
                raise _anew(self._dead)
            self._underway[pending.id] = generation
        taken = self._manager.add_request(
            ids,
            request_id=pending.id,
            max_new_tokens=max(1, min(sampling.max_tokens, self.context - len(ids))),
            streaming=not whole or bool(sampling.stop),
            eos_token_id=self._ends,
            **drawing(sampling),
        )
        if taken is None and self._forget(pending.id):
            raise died("it takes no more requests")
        return pending

    def _cancel(self, identifier: str) -> None:
        with self._lock:
            generation = self._underway.pop(identifier, None)
        if generation is not None:
            self._manager.cancel_request(identifier)
            generation.listener(generation.cancelled())

    def _score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[tuple[float, int]]:
        from studio.engines.logprobs import log_likelihood

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
        generation = self._underway.get(output.request_id)
        if generation is None:
            return  # cancelled; the manager had not heard yet
        before = generation.tokens
        event = died(output.error) if output.error is not None else generation.take(output)
        self.generated += generation.tokens - before
        if event is None:
            return
        over = not isinstance(event, Delta) or event.finish_reason is not None
        if over:
            if not self._forget(output.request_id):
                return  # cancelled this very moment, and told so
            if not output.is_finished():
                self._manager.cancel_request(output.request_id)  # a stop text ended it
        generation.listener(event)

    def _forget(self, identifier: str) -> bool:
        with self._lock:
            return self._underway.pop(identifier, None) is not None

    def _fail(self, reason: UnavailableError, cancelled: bool = False) -> None:
        """Take no more requests, and end those under way; the first reason stays."""
        with self._lock:
            self._dead = self._dead or reason
            left, self._underway = self._underway, {}
        for generation in left.values():
            generation.listener(generation.cancelled() if cancelled else _anew(reason))

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _anew(error: UnavailableError) -> UnavailableError:
    """Return the same error for one more thread to raise: a shared one would gather everybody's traceback."""
    return UnavailableError(error.message, error.hint, error.where)


def _nth(sampling: Sampling, index: int) -> Sampling:
    """Return how one of several answers is drawn: with a seed of its own."""
    return sampling if sampling.seed is None else replace(sampling, seed=sampling.seed + index)


def load(folder: Path, max_context: int, _options: Options) -> LocalEngine:
    """See `Backend.load`."""
    return LocalEngine(folder, max_context)


BACKEND = Backend(
    Text("In this machine", "本机"),
    Text("Transformers' continuous batching in this machine.", "在本机上用 transformers 的连续批处理。"),
    load,
)
