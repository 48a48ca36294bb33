"""The scorers of an evaluation at work: those that ask a model reach it through the endpoint, and ask nothing twice."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from studio.answering.ask import ask
from studio.answering.endpoint import Endpoint
from studio.core.choice import Chosen
from studio.core.jsonl import JsonLines
from studio.core.records import Message, Request, Sampling
from studio.core.reporter import Reporter, Stopped
from studio.engines.remote import RemoteEngine
from studio.scoring.base import Marker
from studio.scoring.scorers import SCORERS, markers


def asking(chosen: Sequence[Chosen]) -> dict[str, str]:
    """Return the scorers that ask a model, each with the recipe's field that names it: `scorers.0.model`."""
    named = ((place, item.name, SCORERS.load(item.name)) for place, item in enumerate(chosen))
    return {name: f"scorers.{place}.{scorer.asks}" for place, name, scorer in named if scorer.asks}


@asynccontextmanager
async def at_work(
    chosen: Sequence[Chosen],
    at: Endpoint | None,
    models: Mapping[str, str],
    journal: JsonLines,
    concurrency: int,
    report: Reporter,
) -> AsyncIterator[Mapping[str, Marker]]:
    """Yield the scorers, each that asks a model with the way to it.

    Args:
        chosen: as the recipe names them; none: every usual one.
        at: where models are asked; needed where a scorer asks one.
        models: by scorer, the name that the endpoint knows its model by.
        journal: what was asked and answered; an evaluation that is resumed asks on.
        concurrency: requests under way at once.
        report: asks to stop.
    """
    found = markers(chosen)
    async with AsyncExitStack() as stack:
        turns = asyncio.Semaphore(concurrency)
        known = {line["asked"]: str(line["answer"]) for line in journal.read()}
        for name, model in models.items():
            if at is None:
                raise ValueError(f"{name} asks a model, and nothing says how")
            engine = await stack.enter_async_context(RemoteEngine(at.url, model, at.key))
            judge = _Judge(name, model, engine, journal, known, turns, report)
            found[name] = replace(found[name], ask=judge.ask)
        yield found


@dataclass(frozen=True)
class _Judge:
    scorer: str
    model: str
    engine: RemoteEngine
    journal: JsonLines
    known: dict[str, str]
    turns: asyncio.Semaphore
    report: Reporter

    async def ask(self, messages: Sequence[Message], max_tokens: int) -> str:
        """See `studio.scoring.base.Ask`."""
        asked: list[Any] = [self.model, max_tokens, [message.model_dump() for message in messages]]
        digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        if digest in self.known:
            return self.known[digest]
        async with self.turns:
            if self.report.stopping():
                raise Stopped
            answer = await ask(self.engine, Request(tuple(messages), Sampling(max_tokens), whole=True))
        self.known[digest] = answer.text
        self.journal.append({"asked": digest, "scorer": self.scorer, "prompt": asked[2], "answer": answer.text})
        return answer.text
