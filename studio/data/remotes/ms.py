"""Datasets on ModelScope: `ms://OWNER/NAME/split@revision`."""

from __future__ import annotations

import os

from studio.core.remote import Remote
from studio.core.text import Text
from studio.data.remotes._client import Hub

HUB = Hub(
    scheme="ms",
    program="studio.data.remotes._ms_client",
    called=lambda: os.environ.get("MODELSCOPE_ENDPOINT") or "ModelScope",
    page="https://www.modelscope.cn/datasets",
    token="MODELSCOPE_API_TOKEN",
    mirror=Text(
        "Check the network, or take hf://OWNER/NAME; on a machine without a hub, upload the files.",
        "请检查网络，或改用 hf://OWNER/NAME；连不上 Hub 的机器请直接上传文件。",
    ),
)
REMOTE = Remote(Text("ModelScope", "魔搭 ModelScope"), HUB.place, HUB.fetch)
