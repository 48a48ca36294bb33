"""What a model is shown."""

from __future__ import annotations

import time

from studio.answering.gateway import shown
from studio.core.records import Message, Passage


def test_passages_are_put_before_megabytes_at_once() -> None:
    began = time.monotonic()
    [turn] = shown([Message(role="user", content="肝素" * 2_000_000)], [Passage(id="p", content="c", source="s")])
    assert turn.content.startswith("参考资料：")
    assert time.monotonic() - began < 0.5
