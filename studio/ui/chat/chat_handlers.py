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
from studio.ui.chat.examples import examples
from studio.ui.chat.transcript import Pieces, transcript
from studio.ui.chat.turns import NOTHING, Turn, conversation, dump, load
from studio.ui.chat.unsupported import unsupported
from studio.ui.context import Context
from studio.ui.wanted import things

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

    def follow(
        self, wish: str | None, past: Any, side: Any, model: str | None, knowledge: str | None, *sliders: Any
    ) -> tuple[Any, ...]:
        """Choose what a link names (`model:NAME+knowledge:NAME`), else what is newest where nobody has chosen yet.

        Args:
            wish: None where there is nothing to follow.

        Returns:
            What model and knowledge base become, the questions that fit them, and what this browser keeps of them.
        """
        if wish is None:
            return (gr.skip(),) * 4
        models, bases = names.model_names(self.context.workspace), names.knowledge_names(self.context.workspace)
        named = dict(things(wish))
        if named:
            chosen = named.get("model", model), named.get("knowledge", knowledge)
        elif _is_kept(side):
            chosen = model, knowledge
        else:
            chosen = next(iter(models), None), next(iter(bases), "")
        fitting = gr.skip() if chosen == (model, knowledge) else self.suggest(past, *chosen)
        return (*self.offer(*chosen), fitting, [*chosen, *sliders] if named else gr.skip())

    def restore(self, stored: Any, side: Any) -> tuple[Any, ...]:
        """Show the conversation and what stands beside it as this browser left them.

        Where it left nothing, the newest knowledge base is chosen: an answer with passages can be checked.
        """
        turns = load(stored)
        models = names.model_names(self.context.workspace)
        bases = names.knowledge_names(self.context.workspace)
        kept = side if _is_kept(side) else [None, *bases[:1]]
        model = kept[0] if kept[0] in models else None
        knowledge = kept[1] if len(kept) > 1 and kept[1] in bases else None
        sliders = [value if isinstance(value, int | float) else gr.skip() for value in kept[2:]]
        sliders += [gr.skip()] * (_SIDE - 2 - len(sliders))
        shown = self._begun(turns, model or (models[0] if models else None), knowledge)
        return (shown, dump(turns), *self.offer(model, knowledge), *sliders)

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

    def forget(self, model: str | None, knowledge: str | None) -> tuple[Any, ...]:
        """Begin a new conversation."""
        return (self._begun([], model, knowledge), [], [], *_buttons(asking=False))

    def suggest(self, past: Any, model: str | None, knowledge: str | None) -> Any:
        """Show questions that fit what is now chosen, where nothing has been asked yet."""
        turns = load(past)
        return gr.skip() if turns else self._begun(turns, model, knowledge)

    def _begun(self, turns: list[Turn], model: str | None, knowledge: str | None) -> Pieces:
        found = [] if turns else examples(self.context, model or "", knowledge or "")
        return transcript(self.context, turns, found)


def _is_kept(side: Any) -> bool:
    """Return whether somebody has chosen what stands beside the conversation."""
    return isinstance(side, list) and len(side) == _SIDE


def _buttons(asking: bool) -> tuple[Any, Any]:
    """Return Send and Stop, one of which shows."""
    return gr.update(visible=not asking), gr.update(visible=asking)
