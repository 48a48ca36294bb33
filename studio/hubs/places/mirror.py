"""The mirror of Hugging Face that is known in mainland China; where HF_ENDPOINT names one, that one is the hub."""

from __future__ import annotations

import os

from studio.core.text import Text
from studio.hubs.base import Hub
from studio.hubs.places import huggingface

_MIRROR = "https://hf-mirror.com"


def endpoint() -> str:
    """Return its address; empty where the user has named a mirror."""
    return "" if os.environ.get("HF_ENDPOINT", "").strip() else _MIRROR


HUB = Hub(
    Text("HF mirror", "HF 镜像"),
    20,
    endpoint,
    huggingface.ACCOUNT,
    huggingface.listing,
    huggingface.refusal,
    huggingface.page,
    Text(
        "Check the network; HF_ENDPOINT names another mirror.",
        "请检查网络；可用 HF_ENDPOINT 指定其他镜像。",
    ),
    trusted=lambda: False,  # it is somebody else's: who wants to send a token there says so by HF_ENDPOINT
)
