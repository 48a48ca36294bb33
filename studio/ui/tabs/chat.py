"""对话 Chat: ask a model, with or without a knowledge base, and open the passages behind the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import gradio as gr

from studio.core.text import Text
from studio.models import names
from studio.ui.chat import turns as kept
from studio.ui.chat.answer import Wish, answered
from studio.ui.chat.transcript import transcript
from studio.ui.chat.turns import Turn
from studio.ui.place import Place
from studio.ui.tabs._tab import Tab


def build(place: Place) -> None:
    """Make the tab."""
    context = place.context
    say = context.say
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    none = say("none: from memory alone", "不用：只凭模型记忆")

    with gr.Row(elem_classes="chat", equal_height=False):
        with gr.Column(scale=4, min_width=320, elem_classes="chat-main"):
            talk = gr.HTML(
                transcript(context, []), js_on_load=None, apply_default_css=False, elem_classes="chat-scroll"
            )
            with gr.Row(elem_classes="chat-line"):
                question = gr.Textbox(
                    show_label=False,
                    container=False,
                    placeholder=say("Ask a question; Enter sends it", "输入问题，按回车发送"),
                    lines=1,
                    max_lines=6,
                    scale=8,
                    elem_id="chat-input",
                )
                send = gr.Button(say("Send", "发送"), variant="primary", scale=0, min_width=84, elem_id="chat-send")
                stop = gr.Button(say("Stop", "停止"), scale=0, min_width=84, visible=False, elem_id="chat-stop")
        with gr.Column(scale=1, min_width=260, elem_classes="chat-side"):
            model = gr.Dropdown(
                choices=names.model_names(context.workspace),
                label=say("Model", "模型"),
                allow_custom_value=True,
                info=say("It starts with the first question.", "问第一个问题时启动。"),
            )
            knowledge = gr.Dropdown(
                choices=[(none, "")], value="", label=say("Knowledge base", "知识库"), allow_custom_value=True
            )
            with gr.Accordion(say("More options", "更多选项"), open=False):
                temperature = gr.Slider(
                    0, 1.5, value=0, step=0.1, label=say("Temperature", "温度"),
                    info=say("0 gives the same answer every time.", "0 表示每次回答相同。"),
                )  # fmt: skip
                most = gr.Slider(
                    16, 1024, value=256, step=16, label=say("Longest answer (tokens)", "最长回答（token）")
                )
                top_k = gr.Slider(1, 10, value=4, step=1, label=say("Passages", "段落数"))
            clear = gr.Button(say("New conversation", "新对话"))

    # A list in the browser, not on the server: a reload, and the other language, show the same conversation.
    memory = gr.BrowserState([], storage_key="studio-talk", secret="studio")
    held = gr.State([])

    def offer(chosen: str | None = None, base: str | None = None) -> tuple[Any, Any]:
        models = names.model_names(context.workspace)
        bases = names.knowledge_names(context.workspace)
        return (
            gr.update(choices=models, value=chosen or (models[0] if models else None)),
            gr.update(choices=[(none, ""), *((name, name) for name in bases)], value=base or ""),
        )

    def restore(stored: Any) -> tuple[Any, ...]:
        turns = kept.load(stored)
        return (transcript(context, turns), kept.dump(turns), *offer())

    async def ask(
        text: str, past: Any, name: str | None, base: str | None, *rest: float
    ) -> AsyncIterator[tuple[Any, ...]]:
        turns = kept.load(past)
        asking = (gr.update(visible=False), gr.update(visible=True))
        done = (gr.update(visible=True), gr.update(visible=False))
        if not (text or "").strip():
            yield (gr.skip(),) * 3 + done
            return
        turns.append(Turn(text.strip(), busy=True))
        yield ("", transcript(context, turns), kept.dump(turns), *asking)
        wish = Wish(name or "", base or "", rest[0], int(rest[1]), int(rest[2]))
        async for turn in answered(context, place.gateway, turns, wish):
            turns[-1] = turn
            yield (gr.skip(), transcript(context, turns), kept.dump(turns), gr.skip(), gr.skip())
        yield (gr.skip(), gr.skip(), gr.skip(), *done)

    def stopped(past: Any) -> tuple[Any, ...]:
        turns = kept.load(past)
        if turns:
            turns[-1] = replace(turns[-1], busy=False, note=say("stopped", "已停止"))
        shown = kept.dump(turns)
        return transcript(context, turns), shown, shown, gr.update(visible=True), gr.update(visible=False)

    def keep(past: Any) -> Any:
        return past

    def forget() -> tuple[Any, ...]:
        return transcript(context, []), [], [], gr.update(visible=True), gr.update(visible=False)

    asked = gr.on(
        [question.submit, send.click],
        ask,
        [question, held, model, knowledge, temperature, most, top_k],
        [question, talk, held, send, stop],
        concurrency_limit=None,
        **quiet,
    )
    asked.then(keep, [held], [memory], **quiet)
    stop.click(stopped, [held], [talk, held, memory, send, stop], cancels=[asked], **quiet)
    clear.click(forget, None, [talk, held, memory, send, stop], cancels=[asked], **quiet)
    place.page.load(restore, [memory], [talk, held, model, knowledge], **quiet)
    place.tab.select(offer, [model, knowledge], [model, knowledge], **quiet)


TAB = Tab(60, Text("Chat", "对话"), build)
