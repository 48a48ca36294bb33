"""direct: the model in this process, without a server."""

from __future__ import annotations

from studio.answering.modes.base import Mode
from studio.core.text import Text

MODE = Mode(
    Text("In process (direct)", "直接加载（direct）"),
    Text("The evaluation loads the model itself and asks it.", "由评测程序自己加载模型来提问。"),
    order=0,
    asks=Text("Whether the way in matters", "接入方式有无影响"),
    over_http=False,
    colour="#4a5a6a",
)
