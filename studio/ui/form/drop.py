"""The area that files are dropped on: first on every form that takes files. `assets/js/upload.js` brings it to life."""

from __future__ import annotations

import json

import gradio as gr

from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.kind import Uploads
from studio.ui.context import Context
from studio.ui.form.uploads import is_kept
from studio.ui.html import fill
from studio.ui.incoming import LARGEST
from studio.ui.polled import static

_WORDS = {
    "waits": Text("waiting for its turn", "排队等待"),
    "begins": Text("starting…", "准备上传……"),
    "sent": Text("{done} of {all}", "{done}，共 {all}"),
    "pace": Text("{rate}/s", "{rate}/秒"),
    "left": Text("about {time} left", "约剩 {time}"),
    "cut": Text("the connection is lost; goes on once it is back", "连接已断开，恢复后继续"),
    "looks": Text("reading what is in it…", "正在读取内容……"),
    "uploaded": Text("{name} is uploaded", "{name} 已上传"),
    "failed": Text("{name} could not be uploaded", "{name} 上传失败"),
    "cancel": Text("Cancel the upload of {name}", "取消上传 {name}"),
    "hide": Text("Hide the message about {name}", "不再显示 {name}"),
    "again": Text("Try again", "重试"),
    "folder": Text(
        "{name} is a folder. Drop the files in it.",
        "{name} 是文件夹，请拖入其中的文件。",
    ),
    "unread": Text(
        "{name}: the browser can no longer read the file. Choose it again.",
        "{name}：浏览器已无法读取这个文件，请重新选择。",
    ),
    "refused": Text("{name}: the server refused the upload ({status}).", "{name}：服务器拒绝了上传（{status}）。"),
    "unfinished": Text(
        "{name} was cut off at {percent}. Choose it again: the upload goes on from there.",
        "{name} 上次传到 {percent} 时中断。重新选择这个文件即可接着上传。",
    ),
    "wait": Text(
        "Files are still being uploaded; start once they are here.", "还有文件正在上传，请等上传完成后再开始。"
    ),
}


def area(context: Context, kind: str, uploads: Uploads) -> gr.HTML:
    """Place a kind's drop area."""
    suffixes = uploads.suffixes()
    words = {name: context.text(text) for name, text in _WORDS.items()}
    html = fill(
        '<section class="drop" data-kind="{kind}" data-words="{words}">'
        '<button type="button" class="drop-area"><svg viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="M12 16V4m0 0L7.5 8.5M12 4l4.5 4.5M4 15v3.5A1.5 1.5 0 0 0 5.5 20h13a1.5 1.5 0 0 0 1.5-1.5V15"/></svg>'
        "<strong>{title}</strong><span>{accepted}</span></button>"
        '<input type="file" multiple hidden accept="{accept}" aria-label="{title}">'
        '<ul class="drop-list"></ul><p class="drop-said" role="status"></p></section>',
        kind=kind,
        words=json.dumps(words, ensure_ascii=False),
        title=context.say("Drop files here, or click to choose", "把文件拖到这里，或点击选择"),
        accept=",".join(suffixes),
        accepted=context.say(
            f"{', '.join(suffixes)} · up to {LARGEST // 10**9}\u00a0GB each",
            f"{' '.join(suffixes)} · 单个文件不超过 {LARGEST // 10**9}\u00a0GB",
        ),
    )
    return static(html)


def read(workspace: Workspace, said: str) -> list[str]:
    """Return the uploads that the script names, as recipes write them; none that the page has not kept."""
    try:
        named = json.loads(said or "{}").get("kept", [])
    except (ValueError, RecursionError, AttributeError):
        return []
    return (
        [file for file in named if isinstance(file, str) and is_kept(workspace, file)]
        if isinstance(named, list)
        else []
    )
