"""Importing Gradio without the rewriting of its type stubs, which takes half the page's start."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def skipping_stubs() -> Iterator[None]:
    """Let Gradio be imported without parsing and rewriting a `.pyi` file for each of its components.

    Gradio does so at every import (a second of work, and two processes that start at once write the same files).
    It leaves out components whose source file is unknown, so for the length of the block its classes have none.
    Telemetry and the look-up of a newer version are switched off as well: the page starts without a network.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    real = inspect.getfile

    def getfile(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("stubs are left as they are")
        return real(thing)

    setattr(inspect, "getfile", getfile)  # noqa: B010  mypy knows the real one by a narrower type
    try:
        yield
    finally:
        inspect.getfile = real
