"""direct: the model in this process, without a server."""

from __future__ import annotations

from studio.answering.modes.base import Mode
from studio.core.text import Text

MODE = Mode(
    Text("direct", "direct"),
    Text("Loads the model itself.", "直接加载模型。"),
    order=0,
    asks=Text("Whether the way in matters", "接入方式有无影响"),
    over_http=False,
    colour="#4a5a6a",
)
