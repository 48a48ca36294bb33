"""首页 Home: what the studio is, what is here, the demo, and how other programs reach it."""

from __future__ import annotations

from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.place import Place
from studio.ui.polled import polled, static
from studio.ui.tabs import tabs
from studio.ui.tabs.base import Tab


def build(place: Place) -> None:
    """Make the tab."""
    static(_welcome(place.context))
    polled("home")
    static(_clients(place.context))


def _welcome(context: Context) -> str:
    stations = [(name, tab.title, tab.summary) for name, tab in tabs().items() if tab.summary is not None]
    steps = join(
        fill('<a href="#{}"><b>{}</b><strong>{}</strong><span>{}</span></a>', name, number, context.text(title), context.text(summary))
        for number, (name, title, summary) in enumerate(stations, 1)
    )  # fmt: skip
    return str(
        fill(
            '<section class="welcome"><div class="lead"><h2>{}</h2><p>{}</p>'
            '<div class="live" data-part="demo"></div></div>'
            '<nav class="stations">{}</nav></section>',
            context.say("Build medical question answering, step by step", "从数据到回答，一步步搭建医学问答"),
            context.say(
                "The demo runs the whole flow on its own questions and textbook, and ends with a report: "
                "before and after fine-tuning, with and without a knowledge base.",
                "演示会用自带的题目和教材跑完整个流程，并给出报告：微调前后、有无知识库的对比。",
            ),
            steps,
        )
    )


def _clients(context: Context) -> str:
    code = (
        "from openai import OpenAI\n\n"
        'client = OpenAI(base_url="{url}/v1", api_key="…")\n'
        "client.chat.completions.create(\n"
        '    model="NAME@KNOWLEDGE",\n'
        '    messages=[{{"role": "user", "content": "…"}}],\n'
        ")"
    )
    return str(
        fill(
            '<section class="clients"><h3>{}</h3><div class="two"><div><p>{}</p>'
            '<dl class="facts"><dt>Base URL</dt><dd><code data-origin="/v1"></code></dd>'
            "<dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd></dl></div>"
            '<pre class="code" data-origin-code>{}</pre></div></section>',
            context.say("Use it from Dify or any OpenAI client", "在 Dify 或任何 OpenAI 客户端中使用"),
            context.say(
                "Every model here can be called over HTTP at this address. In Dify add an "
                "“OpenAI-API-compatible” model provider with these values.",
                "这里的所有模型都可通过下面的地址以 HTTP 调用。在 Dify 中添加“OpenAI-API-compatible”模型供应商，填入以下值。",
            ),
            context.say("Model", "模型"),
            context.say(
                "its name, or NAME@KNOWLEDGE to answer with cited passages", "模型名称；写成“名称@知识库”则附带引用段落"
            ),
            context.say("API key", "API 密钥"),
            fill(context.say("created by {}", "运行 {} 生成"), fill("<code>python -m studio keys add NAME</code>")),
            code.replace("{{", "{").replace("}}", "}"),
        )
    )


TAB = Tab(10, Text("Home", "首页"), build)
