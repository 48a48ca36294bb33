"""What the chat tab does when something is asked, stopped or begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from studio.answering.gateway import Gateway
from studio.answering.system import System
from studio.core.records import Sampling
from studio.core.text import Text
from studio.runs import names
from studio.ui.chat.answer import answered
from studio.ui.chat.transcript import transcript
from studio.ui.chat.turns import NOTHING, Turn, conversation, dump, load
from studio.ui.chat.unsupported import unsupported
from studio.ui.context import Context

_SIDE = 5  # model, knowledge base, and three sliders
_LEFT = Text("the page was left before the answer came", "页面在回答完成前被关闭或刷新")


@dataclass(frozen=True)
class ChatHandlers:
    """The handlers of one page; the conversation itself is the browser's."""

    context: Context
    gateway: Gateway

    @property
    def none(self) -> str:
        """What stands for no knowledge base."""
        return self.context.say("No knowledge base", "不使用知识库")

    def offer(self, model: str | None = None, knowledge: str | None = None) -> tuple[Any, Any]:
        """Return the models and knowledge bases that are here now, keeping what is chosen."""
        models = names.model_names(self.context.workspace)
        bases = names.knowledge_names(self.context.workspace)
        return (
            gr.update(choices=models, value=model or (models[0] if models else None)),
            gr.update(choices=[(self.none, ""), *((name, name) for name in bases)], value=knowledge or ""),
        )

    def refresh(self, model: str | None) -> tuple[Any, Any]:
        """Return what is here now to choose from; what is chosen stays, for a link may be choosing at this moment."""
        models, bases = self.offer()
        return (gr.update(choices=models["choices"]) if model else models), gr.update(choices=bases["choices"])

    def choose(self, wanted: str, model: str | None, knowledge: str | None) -> tuple[Any, Any]:
        """Choose what a link names: `model:NAME` or `kb:NAME`."""
        sort, _, name = wanted.partition("#")[0].partition(":")
        return self.offer(name if sort == "model" else model, name if sort == "kb" else knowledge)

    def restore(self, stored: Any, side: Any) -> tuple[Any, ...]:
        """Show the conversation and what stands beside it as this browser left them.

        Where it left nothing, the newest knowledge base is chosen: an answer with passages can be checked.
        """
        turns = load(stored)
        models = names.model_names(self.context.workspace)
        bases = names.knowledge_names(self.context.workspace)
        kept = side if isinstance(side, list) and len(side) == _SIDE else [None, *bases[:1]]
        model = kept[0] if kept[0] in models else None
        knowledge = kept[1] if len(kept) > 1 and kept[1] in bases else None
        sliders = [value if isinstance(value, int | float) else gr.skip() for value in kept[2:]]
        sliders += [gr.skip()] * (_SIDE - 2 - len(sliders))
        return (transcript(self.context, turns), dump(turns), *self.offer(model, knowledge), *sliders)

    async def ask(
        self,
        text: str,
        past: Any,
        model: str | None,
        knowledge: str | None,
        temperature: float,
        most: float,
        top_k: float,
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Yield the conversation while the answer comes in; Gradio closes the iterator when Stop is pressed."""
        turns = load(past)
        if not (text or "").strip():
            yield (gr.skip(),) * 7
            return
        turns.append(Turn(text.strip(), busy=True))
        left = [*dump(turns[:-1]), *dump([replace(turns[-1], busy=False, note=_LEFT)])]  # should the page be left now
        side = [model, knowledge, temperature, most, top_k]
        yield ("", transcript(self.context, turns), dump(turns), *_buttons(asking=True), left, side)
        system = System.served(model or "", conversation, knowledge or "", int(top_k))
        sampling = Sampling(int(most), float(temperature))
        async with aclosing(answered(self.gateway, turns, system, sampling)) as growing:
            async for turn in growing:
                turns[-1] = turn
                yield (gr.skip(), transcript(self.context, turns), dump(turns), *(gr.skip(),) * 4)
        if system.knowledge and not turns[-1].passages and turns[-1].fault == NOTHING:
            said = await asyncio.to_thread(unsupported, self.context.workspace, system.knowledge, turns[-1].question)
            turns[-1] = replace(turns[-1], warning=said)
        yield (gr.skip(), transcript(self.context, turns), dump(turns), *_buttons(asking=False), *(gr.skip(),) * 2)

    def stopped(self, past: Any) -> tuple[Any, ...]:
        """Leave the answer as far as it came."""
        turns = load(past)
        if turns:
            turns[-1] = replace(turns[-1], note=Text("stopped", "已停止"))
        return (transcript(self.context, turns), dump(turns), dump(turns), *_buttons(asking=False))

    def forget(self) -> tuple[Any, ...]:
        """Begin a new conversation."""
        return (transcript(self.context, []), [], [], *_buttons(asking=False))


def _buttons(asking: bool) -> tuple[Any, Any]:
    """Return Send and Stop, one of which shows."""
    return gr.update(visible=not asking), gr.update(visible=asking)
