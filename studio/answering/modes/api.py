"""api: over HTTP, through the endpoint that other programs use."""

from __future__ import annotations

from studio.answering.modes.base import Mode
from studio.core.text import Text

MODE = Mode(
    Text("Over the API (api)", "通过接口（api）"),
    Text("Over HTTP, as Dify does.", "通过 HTTP 接口，与 Dify 相同。"),
    order=10,
    asks=Text("Whether the way in matters", "接入方式有无影响"),
    against=Text(
        "{a} over HTTP against in process ({mode} against {other})", "{a} 通过接口与直接加载相比（{mode} 对比 {other}）"
    ),
    colour="#1f7a80",
)
