"""What the chat tab does when something is asked, stopped or begun anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from studio.api.gateway import Gateway
from studio.core.text import Text
from studio.models import names
from studio.ui.chat.answer import Wish, answered
from studio.ui.chat.transcript import transcript
from studio.ui.chat.turns import Turn, dump, load
from studio.ui.context import Context


@dataclass(frozen=True)
class Talk:
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

    def restore(self, stored: Any) -> tuple[Any, ...]:
        """Show the conversation as this browser left it."""
        turns = load(stored)
        return (transcript(self.context, turns), dump(turns), *self.offer())

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
            yield (gr.skip(),) * 5
            return
        turns.append(Turn(text.strip(), busy=True))
        yield ("", transcript(self.context, turns), dump(turns), *_buttons(asking=True))
        wish = Wish(model or "", knowledge or "", temperature, int(most), int(top_k))
        async with aclosing(answered(self.gateway, turns, wish)) as growing:
            async for turn in growing:
                turns[-1] = turn
                yield (gr.skip(), transcript(self.context, turns), dump(turns), gr.skip(), gr.skip())
        yield (gr.skip(), gr.skip(), gr.skip(), *_buttons(asking=False))

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
