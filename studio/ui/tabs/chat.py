"""对话 Chat: ask a model, with or without a knowledge base, and open the passages behind the answer."""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.core.text import Text
from studio.runs import names
from studio.ui.chat.chat_handlers import ChatHandlers
from studio.ui.chat.transcript import TEMPLATE, transcript
from studio.ui.html import fill
from studio.ui.place import Place, Restoring
from studio.ui.polled import static
from studio.ui.tabs.base import Tab


def build(place: Place) -> None:
    """Make the tab."""
    say = place.context.say
    handlers = ChatHandlers(place.context, place.gateway)
    with gr.Row(elem_classes="chat", equal_height=False):
        with gr.Column(scale=4, min_width=320, elem_classes="chat-main"):
            shown = gr.HTML(
                transcript(place.context, []), html_template=TEMPLATE, js_on_load=None, apply_default_css=False
            )
            with gr.Row(elem_classes="chat-line"):
                question = gr.Textbox(
                    show_label=False,
                    container=False,
                    placeholder=say("Ask a question (Enter to send)", "输入问题，按回车发送"),
                    lines=1,
                    max_lines=6,
                    scale=8,
                    elem_id="chat-input",
                )
                send = gr.Button(say("Send", "发送"), variant="primary", scale=0, min_width=84, elem_id="chat-send")
                stop = gr.Button(say("Stop", "停止"), scale=0, min_width=84, visible=False, elem_id="chat-stop")
            static(
                fill(
                    '<p class="caution">{}</p>',
                    say(
                        "Answers are generated and may be wrong. They are not medical advice.",
                        "回答由模型生成，可能有误，不能作为诊疗依据。",
                    ),
                )
            )
        with gr.Column(scale=1, min_width=260, elem_classes="chat-side"):
            model = gr.Dropdown(
                choices=names.model_names(place.context.workspace), label=say("Model", "模型"), allow_custom_value=True
            )
            knowledge = gr.Dropdown(
                choices=[(handlers.none, "")], value="", label=say("Knowledge base", "知识库"), allow_custom_value=True
            )
            with gr.Accordion(say("More options", "更多选项"), open=False, elem_classes="more"):
                warmth = say(
                    "At 0 the same question always gets the same answer.", "设为 0 时，同一问题的回答每次相同。"
                )
                temperature = gr.Slider(0, 1.5, value=0, step=0.1, label=say("Temperature", "温度"), info=warmth)
                most = gr.Slider(
                    16, 1024, value=256, step=16, label=say("Longest answer (tokens)", "最长回答（token）")
                )
                top_k = gr.Slider(1, 10, value=4, step=1, label=say("Passages", "段落数"))
            clear = gr.Button(say("New conversation", "新对话"), size="sm")

    wanted = place.wanted("chat")
    memory = place.memory("talk", [])
    beside = place.memory("talk-side", [])
    held = gr.State([])
    side: list[gr.Component] = [model, knowledge, temperature, most, top_k]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked = gr.on(
        [question.submit, send.click],
        handlers.ask,
        [question, held, *side],
        [question, shown, held, send, stop, memory, beside],
        concurrency_limit=None,
        **quiet,
    )
    asked.then(lambda turns: turns, [held], [memory], **quiet)
    stop.click(handlers.stopped, [held], [shown, held, memory, send, stop], cancels=[asked], **quiet)
    clear.click(handlers.forget, [model, knowledge], [shown, held, memory, send, stop], cancels=[asked], **quiet)
    gr.on([model.input, knowledge.input], handlers.suggest, [held, model, knowledge], [shown], **quiet)
    gr.on([part.input for part in side], lambda *values: list(values), side, [beside], **quiet)
    place.restored.append(Restoring("chat", handlers.restore, [memory, beside], [shown, held, *side]))
    for event, none in ((place.tab.select, '""'), (wanted.change, "null")):
        event(
            handlers.follow,
            [wanted, held, beside, *side],
            [model, knowledge, shown, beside],
            js=f"(wish, ...held) => [window.STUDIO.wish('chat', {none}), ...held]",
            **quiet,
        )


TAB = Tab(
    60,
    Text("Chat", "对话"),
    build,
    Text("ask, and open the passages behind the answer", "提问，并查看回答的出处"),
)
