"""Datasets on Hugging Face, or the mirror that HF_ENDPOINT names: `hf://OWNER/NAME:config/split@revision`."""

from __future__ import annotations

import os

from studio.core.remote import Remote
from studio.core.text import Text
from studio.data.remotes._client import Hub

_TITLE = Text("Hugging Face", "Hugging Face")

HUB = Hub(
    scheme="hf",
    program="studio.data.remotes._hf_client",
    called=lambda: os.environ.get("HF_ENDPOINT") or "Hugging Face",
    page="https://huggingface.co/datasets",
    token="HF_TOKEN",
    mirror=Text(
        "Check the network. In mainland China set HF_ENDPOINT to a mirror, or take ms://OWNER/NAME; on a machine without a "
        "hub, upload the files.",
        "请检查网络。在中国大陆可把 HF_ENDPOINT 设为镜像，或改用 ms://OWNER/NAME；连不上 Hub 的机器请直接上传文件。",
    ),
)
REMOTE = Remote(_TITLE, HUB.place, HUB.fetch)
