"""What stands around the tabs: the name, the link to the other language, and the scripts."""

from __future__ import annotations

import json
from urllib.parse import quote

from markupsafe import Markup

from studio.core.text import Language
from studio.runs.kinds import KINDS
from studio.ui import scripts
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.listings import LISTINGS
from studio.ui.polled import static, waits
from studio.ui.tabs import tabs
from studio.ui.tabs.base import Tab

_LOCALE: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "lost": "与服务器的连接已断开，正在重连……已开始的运行会在后台继续。",
        "waiting": "重新连接后显示。",
        "back": "已重新连接。",
        "renews": "服务器已重启。上传完成后页面会自动刷新；在此之前请不要修改表单，否则修改会丢失。",
        "cancel": "取消",
        "confirm": "确定",
        "copied": "已复制",
        "close": "关闭",
        "save": "保存",
    },
    "en": {
        "lost": "Lost the connection to the server; reconnecting… Runs already started continue in the background.",
        "waiting": "Shown once connected again.",
        "back": "Connected again.",
        "renews": "The server has restarted. This page reloads once the upload is through; what you change in a form until then is lost.",
        "cancel": "Cancel",
        "confirm": "OK",
        "copied": "Copied",
        "close": "Close",
        "save": "Save",
    },
}
_MARK = (
    '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/>'
    '<path d="M13 7h6v6h6v6h-6v6h-6v-6H7v-6h6z"/></svg>'
)


def sheets() -> list[str]:
    """Return the listings of what lies inside something, which open at an address of their own."""
    return [name for name, listing in LISTINGS.all().items() if listing.inside]


def header(context: Context) -> None:
    """Place the page's top line."""
    other, path = ("English", "en/") if context.language == "zh" else ("中文", "../")
    title = context.say("MedQA Studio", "MedQA Studio")
    subtitle = context.say("from raw questions to cited answers", "从原始题目到有出处的回答")
    html = fill(
        '<a class="skip" href="#tabs" data-skip>{skip}</a><header class="top">{mark}<div class="name"><h1>{title}</h1><span>{subtitle}</span></div>'
        '<a class="language" href="{path}" lang="{lang}">{other}</a></header>',
        skip=context.say("Skip to content", "跳到内容"),
        mark=fill(_MARK),
        title=title,
        subtitle=subtitle,
        path=path,
        lang="en" if context.language == "zh" else "zh",
        other=other,
    )
    static(str(html))


def heading(context: Context, tab: Tab) -> None:
    """Place a tab's heading, which those who hear the page find their way by; the others see it on the tab."""
    static(fill('<h2 class="unseen">{}</h2>', context.text(tab.title)))


def head(context: Context) -> str:
    """Return what goes into the document's head: the language, for Gradio's own words too, and our scripts."""
    language = context.language
    titles = {name: tab.title.to(language) for name, tab in tabs().items()}
    words = json.dumps(
        {"language": language, "tabs": titles, "listings": sheets(), "words": _WORDS[language]}, ensure_ascii=False
    )
    locale = _LOCALE[language]
    icon = quote(_MARK.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ').replace("<rect", '<rect fill="#0f7a73"').replace("<path", '<path fill="#fff"'))  # fmt: skip
    return (
        f'<title>MedQA Studio</title><link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{icon}">'
        f'<script>document.documentElement.lang="{locale}";'
        f'Object.defineProperty(navigator,"language",{{get:()=>"{locale}",configurable:true}});'
        f'Object.defineProperty(navigator,"languages",{{get:()=>["{locale}"],configurable:true}});'
        f"window.STUDIO={words};</script>{_waiting()}{scripts.tags(context.base)}"
    )


def _waiting() -> Markup:
    """Return the style that hides the forms and the chat until they are as this browser left them."""
    forms = [name for name, kind in KINDS.all().items() if kind.introduction is not None]
    return join([waits("chat", ".chat"), *(waits(name, f"#form-{name}") for name in forms)])
